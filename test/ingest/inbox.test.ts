import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeFiles, listInbox } from '../../src/ingest/inbox.ts';

const root = mkdtempSync(join(tmpdir(), 'inbox-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('inbox', () => {
  it('lists CSV files of the folder and its subfolders, and leaves unfinished and other files alone', async () => {
    const names = [
      ...['b.csv', 'a.CSV.GZ', 'c.csv.part', '.d.csv', 'e.txt', 'acme/z.csv', 'acme/.y.csv', 'acme/x.csv.gz.part'],
      ...['acme/deep/w.csv', '.hidden/v.csv', 'f.csv/u.csv'],
    ];
    for (const name of names) {
      mkdirSync(join(root, name, '..'), { recursive: true });
      writeFileSync(join(root, name), 'four');
    }
    const files = await listInbox(root);
    expect(files?.map(({ name, source, size }) => [name, source, size])).toEqual([
      ['a.CSV.GZ', 'inbox', 4],
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
