import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeFiles, type InboxFile } from '../../src/ingest/inbox.ts';
import { putAway } from '../../src/ingest/processed.ts';

const SHA = 'abcdef0123456789'.repeat(4);

let root: string;
let inbox: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'processed-'));
  inbox = join(root, 'inbox');
});
afterEach(() => rmSync(root, { recursive: true }));

async function put(name: string, content = name): Promise<InboxFile> {
  const path = join(inbox, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  const [file] = await describeFiles(inbox, [path]);
  if (!file) throw new Error('not described');
  return file;
}

/** Every file below the inbox. */
const left = (): string[] =>
  readdirSync(inbox, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(inbox.length + 1))
    .sort();

describe('a file that was read', () => {
  it('stays where it is by default', async () => {
    expect(await putAway(await put('a.csv'), SHA, { inbox, processed: 'keep' })).toBeUndefined();
    expect(left()).toEqual(['a.csv']);
  });

  it('that is gone already is none to delete', async () => {
    const [gone] = await describeFiles(inbox, [join(inbox, 'gone.csv')]);
    expect(gone && (await putAway(gone, SHA, { inbox, processed: 'delete' }))).toBeUndefined();
  });

  it('is deleted where the settings say so, alone', async () => {
    const file = await put('acme/a.csv');
    await put('acme/b.csv');
    expect(await putAway(file, SHA, { inbox, processed: 'delete' })).toBeUndefined();
    expect(left()).toEqual(['acme/b.csv']);
  });

  it.each(['archive', 'delete'] as const)(
    'stays when rows were added since, or it is not of the inbox: %s',
    async (processed) => {
      const file = await put('a.csv');
      appendFileSync(file.path, 'more');
      expect(await putAway(file, SHA, { inbox, processed })).toBeUndefined();
      const elsewhere = { ...(await put('b.csv')), inside: false };
      expect(await putAway(elsewhere, SHA, { inbox, processed })).toBeUndefined();
      expect(left()).toEqual(['a.csv', 'b.csv']);
    },
  );

  it.each([
    ['a.csv', 'a-abcdef012345.csv'],
    ['acme/posts.of.may.CSV', 'acme/posts.of.may-abcdef012345.CSV'],
    ['a.csv.gz', 'a-abcdef012345.csv.gz'],
    ['a.jsonl.zst', 'a-abcdef012345.jsonl.zst'],
    ['a.csv.tsv', 'a.csv-abcdef012345.tsv'],
  ])('%s is archived under its name, or as %s beside an earlier one', async (name, second) => {
    expect(await putAway(await put(name, 'one'), SHA, { inbox, processed: 'archive' })).toBe(
      join(inbox, '.archive', name),
    );
    expect(left()).toEqual([join('.archive', name)]);
    expect(await putAway(await put(name, 'two'), SHA, { inbox, processed: 'archive' })).toBe(
      join(inbox, '.archive', second),
    );
    expect(left()).toEqual([join('.archive', name), join('.archive', second)].sort());
  });
});
