import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  describeFiles,
  type InboxFile,
  isReadableName,
  isUnchanged,
  isYoung,
  listInbox,
} from '../../src/ingest/inbox.ts';

const root = mkdtempSync(join(tmpdir(), 'inbox-'));
afterAll(() => rmSync(root, { recursive: true }));

const NO_FILE: InboxFile = { path: '', name: '', source: '', size: 0, changedMs: 0, inside: true };

describe('inbox', () => {
  it('lists CSV files of the folder and its subfolders, and leaves unfinished and other files alone', async () => {
    const names = [
      ...['b.csv', 'a.CSV.GZ', 'c.csv.part', '.d.csv', 'e.txt', 'acme/z.csv', 'acme/.y.csv', 'acme/x.csv.gz.part'],
      ...['acme/deep/w.csv', '.hidden/v.csv', 'f.csv/u.csv', 'acme.csv'],
    ];
    for (const name of names) {
      mkdirSync(join(root, name, '..'), { recursive: true });
      writeFileSync(join(root, name), 'four');
    }
    const files = await listInbox(root);
    expect(files?.map(({ name, source, size }) => [name, source, size])).toEqual([
      ['a.CSV.GZ', 'inbox', 4],
      // Before the folder of that name: files are read in the order of their paths.
      ['acme.csv', 'inbox', 4],
      ['acme/z.csv', 'acme', 4],
      ['b.csv', 'inbox', 4],
      ['f.csv/u.csv', 'f.csv', 4],
    ]);
  });

  it('tells a missing folder from an empty one', async () => {
    expect(await listInbox(join(root, 'nowhere'))).toBeUndefined();
    mkdirSync(join(root, 'empty'));
    expect(await listInbox(join(root, 'empty'))).toEqual([]);
  });

  it.each([
    ['a.csv', true],
    ['a.tsv', true],
    ['a.JSONL', true],
    ['a.ndjson.zst', true],
    ['a.b.csv.gz', true],
    ['.a.csv', false],
    ['a.csv.part', false],
    ['a.csv.gz.tmp', false],
    ['a.gz', false],
    ['csv', false],
    ['a.csvx', false],
    ['a.xcsv', false],
  ])('reads %s: %s', (name, expected) => {
    expect(isReadableName(name)).toBe(expected);
  });

  it('takes a file for young for ten seconds after it changed, and not before', () => {
    const at = (changedMs: number) => isYoung({ ...NO_FILE, changedMs }, 100_000);
    expect([89_999, 90_000, 90_001, 100_000, 100_001].map(at)).toEqual([false, false, true, true, false]);
  });

  it('sees that a file changed by its size or its time', async () => {
    const path = join(root, 'watched.csv');
    writeFileSync(path, 'four');
    const [file = NO_FILE] = await describeFiles(root, [path]);
    expect(file).toMatchObject({ size: 4, changedMs: statSync(path).mtimeMs });
    expect(await isUnchanged(file)).toBe(true);
    expect(await isUnchanged({ ...file, size: 5 })).toBe(false);
    expect(await isUnchanged({ ...file, changedMs: file.changedMs - 1 })).toBe(false);
    rmSync(path);
    expect(await isUnchanged(file)).toBe(false);
    expect(await describeFiles(root, [path])).toMatchObject([{ size: 0, changedMs: 0, inside: true }]);
  });

  it('knows its own files by their folder, however it is called', async () => {
    const inbox = join(root, 'in');
    const paths = [join(inbox, '..x', 'a.csv'), join(inbox, '..b.csv'), join(root, 'in.csv'), inbox, join(root, '..')];
    const found = await describeFiles(inbox, paths);
    expect(found.map(({ name, source, inside }) => [name, source, inside])).toEqual([
      ['..x/a.csv', '..x', true],
      ['..b.csv', 'inbox', true],
      ['in.csv', 'inbox', false],
      ['in', 'inbox', false],
      [basename(join(root, '..')), 'inbox', false],
    ]);
  });

  it('names files from elsewhere by their bare name', async () => {
    const inbox = join(root, 'acme');
    expect(
      await describeFiles(inbox, [join(root, 'b.csv'), join(inbox, 'z.csv'), join(inbox, 'deep', 'w.csv')]),
    ).toMatchObject([
      { path: join(root, 'b.csv'), name: 'b.csv', source: 'inbox', size: 4, inside: false },
      { path: join(inbox, 'z.csv'), name: 'z.csv', source: 'inbox', size: 4, inside: true },
      { path: join(inbox, 'deep', 'w.csv'), name: 'deep/w.csv', source: 'deep', size: 4 },
    ]);
  });
});
