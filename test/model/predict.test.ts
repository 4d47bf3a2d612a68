import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model/artifact.ts';
import { createPool, type Pool } from '../../src/model/pool.ts';
import { predictFile } from '../../src/model/predict.ts';
import { smallModel, temporaryDirectory } from './support.ts';

const never = new AbortController().signal;
const progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };
const ADDED = ['p_negative', 'p_neutral', 'p_positive', 'score', 'predicted'];

let three: Model;
let pool: Pool;
let directory: string;

beforeAll(async () => {
  three = await smallModel('gru_1layer_bi_3out');
  pool = createPool({ model: three, workers: 1 });
  directory = await temporaryDirectory();
});
afterAll(() => pool.close());

/** Predicts a CSV's content; rows come back as another parser reads them. */
async function predict(content: string | Uint8Array, name = 'posts.csv') {
  const input = join(directory, name);
  const output = join(directory, 'predicted.csv');
  await writeFile(input, content);
  const told = await predictFile({ input, output, model: three, pool, signal: never, progress });
  const rows = parse(await readFile(output), { relax_column_count: true }) as string[][];
  return { ...told, header: rows[0] ?? [], rows: rows.slice(1), count: told.rows };
}

describe('predictFile', () => {
  it('adds its columns to the file’s own, a row for a row', async () => {
    const { header, rows, count, repaired } = await predict('id,text\n1,w2 w3\n2,\n3,w2 w3\n');
    expect(header).toEqual(['id', 'text', ...ADDED]);
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ['1', 'w2 w3'],
      ['2', ''],
      ['3', 'w2 w3'],
    ]);
    expect([count, repaired]).toEqual([3, 0]);
    expect(rows[0]?.slice(2)).toEqual(rows[2]?.slice(2));
    for (const row of rows) {
      const [negative = 0, neutral = 0, positive = 0, score] = row.slice(2, 6).map(Number);
      expect(negative + neutral + positive).toBeCloseTo(1, 12);
      expect(score).toBeCloseTo(positive + neutral / 2, 12);
      const largest = Math.max(negative, neutral, positive);
      expect(row[6]).toBe(largest === neutral ? 'neutral' : largest === negative ? 'negative' : 'positive');
    }
  });

  it('keeps every cell to the letter', async () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', ';', '=', '-', '\t', '\0', 'é', '😀', '\u0301') }),
      fc.constantFrom('=1+1', '@acme', '-5', '+49', '00012345678901234567890', 'a\r\nb'),
    );
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (cells, newline, packed) => {
        const csv = Papa.unparse([['text', 'note', 'other'], ...cells], { newline });
        const bytes = Buffer.from(`\ufeff${csv}${newline}`);
        const { rows } = packed ? await predict(gzipSync(bytes), 'posts.csv.gz') : await predict(bytes);
        expect(rows.map((row) => row.slice(0, 3))).toEqual(cells);
      }),
      { numRuns: 60 },
    );
  });

  it('reads characters that lie across pieces of the file', async () => {
    const texts = Array.from({ length: 9_000 }, (_, index) => `${'é😀'.repeat(index % 13)} w${index}`);
    const { rows } = await predict(`text\n${texts.join('\n')}\n`);
    expect(rows.map((row) => row[0])).toEqual(texts);
  });

  it('loses no row with too few or too many cells, or with broken quotes', async () => {
    const { rows, repaired } = await predict(
      'id,text,lang\n1\n2,w2,en,more,"a, b"\n3,"w2" w3,en\n4,"never closed,en\n5,w5,de\n',
    );
    expect(rows.map((row) => [...row.slice(0, 3), ...row.slice(8)])).toEqual([
      ['1', '', ''],
      ['2', 'w2', 'en', 'more', 'a, b'],
      ['3', 'w2 w3', 'en'],
      ['4', 'never closed,en', ''],
      ['5', 'w5', 'de'],
    ]);
    expect(rows.every((row) => ADDED.length === row.slice(3, 8).filter((cell) => cell !== '').length)).toBe(true);
    expect(repaired).toBe(2);
  });

  it('replaces predictions that are there already, in their places', async () => {
    const { header, rows } = await predict('score,text,predicted\nold,w2,old\n');
    expect(header).toEqual(['score', 'text', 'predicted', 'p_negative', 'p_neutral', 'p_positive']);
    expect(Number(rows[0]?.[0])).toBeGreaterThan(0);
    expect(rows[0]?.[2]).toMatch(/^(negative|neutral|positive)$/);
  });

  it('gives two classes no neutral, and the threshold the last word', async () => {
    const two = await smallModel('gru_1layer_bi_1out', { threshold: 0.999 });
    const own = createPool({ model: two, workers: 1 });
    const [input, output] = [join(directory, 'two.csv'), join(directory, 'two-out.csv')];
    await writeFile(input, 'text\nw2\nw3 w4\n');
    await predictFile({ input, output, model: two, pool: own, signal: never, progress });
    await own.close();
    for (const row of parse(await readFile(output), { columns: true }) as Record<string, string>[]) {
      expect(row).toMatchObject({ p_neutral: '0', score: row.p_positive, predicted: 'negative' });
      expect(Number(row.p_negative)).toBe(1 - Number(row.p_positive));
    }
  });

  it.each([
    ['no column text', 'a,b\n1,2\n', /Its columns: a, b/],
    ['nothing', '', /empty/],
  ])('refuses a file with %s', async (_what, content, message) => {
    await expect(predict(content)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringMatching(message) as string,
    });
  });

  it('leaves no output when it does not come to the end', async () => {
    const whole = gzipSync(`text\n${'w2 w3\n'.repeat(20_000)}`);
    const input = join(directory, 'cut.csv.gz');
    const output = join(directory, 'cut-out.csv');
    await writeFile(input, whole.subarray(0, whole.length - 20));
    const options = { input, output, model: three, pool, progress };
    await expect(predictFile({ ...options, signal: never })).rejects.toMatchObject({ code: 'E_INPUT' });
    await expect(predictFile({ ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'E_INTERRUPTED',
    });
    await expect(predictFile({ ...options, input: join(directory, 'none.csv'), signal: never })).rejects.toMatchObject({
      code: 'E_FILE',
    });
    expect(existsSync(output)).toBe(false);
    expect((await readdir(directory)).filter((name) => name.includes('cut-out'))).toEqual([]);
  });
});
