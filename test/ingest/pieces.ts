import { expect } from 'vitest';
import { type RawRow, readRows } from '../../src/ingest/reader.ts';

/** Content as a file is read, piece by piece. */
export async function* pieces(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** All records of content that comes in pieces of a size. */
export async function read(content: string | Uint8Array, size = 65_536): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  for await (const some of readRows(pieces(content, size))) {
    expect(some.length).toBeGreaterThan(0);
    for (const row of some) rows.push(row);
  }
  return rows;
}

/** Each record by its number, its line, and what is wrong with it, else its fields. */
export const short = (rows: RawRow[]): unknown[] =>
  rows.map(({ row, line, fields, problem }) => [row, line, problem?.code ?? fields]);
