import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readColumns, type TableRow } from '../../src/model/table-columns.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-columns-'));

async function read(name: string, content: string, optional: string[] = []): Promise<TableRow[]> {
  const file = join(folder, name);
  writeFileSync(file, content);
  const rows: TableRow[] = [];
  for await (const some of readColumns(file, ['Text', 'label'], new Set(optional), () => undefined)) rows.push(...some);
  return rows;
}

it('reads the same cells of CSV and of JSON lines', async () => {
  expect(await read('a.csv', 'label,id, text \n1,7,"fine, really"\n,8\n')).toEqual([
    ['fine, really', '1'],
    ['', ''],
  ]);
  expect(await read('a.jsonl', '{"Text":"fine","label":1}\nno JSON\n{"Text":{"a":1}}\n')).toEqual([
    ['fine', '1'],
    { skipped: 'not a JSON object' },
    [undefined, undefined],
  ]);
});

it('tells a row that is too long from one that can be read', async () => {
  const [long, fine] = await read('long.csv', `text,label\n"${'a'.repeat(1_100_000)}",1\nfine,1\n`);
  expect(long).toHaveProperty('skipped');
  expect(fine).toEqual(['fine', '1']);
});

it('refuses a file without a column, unless it may be missing', async () => {
  for (const name of ['b.csv', 'b.jsonl']) {
    const content = name === 'b.csv' ? 'Text,id\nfine,1\n' : '{"Text":"fine"}\n';
    await expect(read(name, content)).rejects.toThrow('The file has no column "label".');
    expect(await read(name, content, ['label'])).toEqual([['fine', undefined]]);
    await expect(read(`empty-${name}`, '')).rejects.toThrow('The file is empty.');
  }
});
