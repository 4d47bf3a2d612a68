import { gzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { writeFileInParts } from '../../files.ts';
import { THREE_CLASSES } from '../spec.ts';
import { type SyntheticOptions, type SyntheticRow, syntheticRows } from './rows.ts';

/** Rows that are turned into text, and packed, at once. */
const ROWS_PER_PART = 1_000;

export interface SyntheticFile {
  readonly file: string;
  readonly rows: number;
  readonly labels: Readonly<Record<string, number>>;
}

/**
 * Writes a synthetic set as CSV: `text,label`, or with days `created_at,text,user_id,brand,label` in the order of time. With
 * `test`, that share of the rows goes to a second file beside it (`set.csv` and `set.test.csv`). Packed where the name ends in
 * `.gz`. The same options give the same bytes. Errors: writeFileInParts'.
 */
export async function writeSynthetic(
  options: SyntheticOptions & { readonly out: string; readonly test: number },
): Promise<SyntheticFile[]> {
  const { out, test, days } = options;
  const all = syntheticRows(options);
  const kept = all.length - Math.round(all.length * test);
  const parts: [string, SyntheticRow[]][] = [[out, all.slice(0, kept)]];
  if (test > 0) parts.push([testFileOf(out), all.slice(kept)]);
  const files: SyntheticFile[] = [];
  for (const [file, rows] of parts) {
    if (days) rows.sort((a, b) => (a.createdAt < b.createdAt ? -1 : Number(a.createdAt > b.createdAt)));
    const pack = (text: string): string | Uint8Array => (/\.gz$/i.test(file) ? gzipSync(text) : text);
    await writeFileInParts(file, async (write) => {
      // Pieces of gzip one after the other are gzip.
      await write(pack(days ? 'created_at,text,user_id,brand,label\n' : 'text,label\n'));
      for (let start = 0; start < rows.length; start += ROWS_PER_PART)
        await write(pack(linesOf(rows.slice(start, start + ROWS_PER_PART), days !== undefined)));
    });
    files.push({ file, rows: rows.length, labels: countsOf(rows) });
  }
  return files;
}

/** `set.csv.gz` has its test part in `set.test.csv.gz`. */
function testFileOf(out: string): string {
  return out.replace(/(\.csv(?:\.gz)?)$/i, '.test$1');
}

function linesOf(rows: readonly SyntheticRow[], dated: boolean): string {
  const cells = rows.map(({ createdAt, text, userId, brand, label }) =>
    dated ? [createdAt, text, userId, brand, label] : [text, label],
  );
  return `${Papa.unparse(cells, { newline: '\n' })}\n`;
}

function countsOf(rows: readonly SyntheticRow[]): Record<string, number> {
  const present = THREE_CLASSES.filter((name) => rows.some(({ label }) => label === name));
  return Object.fromEntries(present.map((name) => [name, rows.filter(({ label }) => label === name).length]));
}
