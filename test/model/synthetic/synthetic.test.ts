import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../../src/calendar.ts';
import { fillIn } from '../../../src/model/synthetic/fill-in.ts';
import { syntheticRows } from '../../../src/model/synthetic/rows.ts';
import { AMBIGUOUS, SENTENCES, SLOTS } from '../../../src/model/synthetic/sentences.ts';
import { writeSynthetic } from '../../../src/model/synthetic/write.ts';
import { readLabelled } from '../../../src/model/training/labelled-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-synthetic-'));
const from = parseDay('2026-02-27') ?? 0;
const to = parseDay('2026-03-01') ?? 0;

describe('syntheticRows', () => {
  it('gives the same rows for the same options, and others for another seed', () => {
    const options = { rows: 200, classes: 3, seed: 5 } as const;
    expect(syntheticRows(options)).toEqual(syntheticRows(options));
    expect(syntheticRows({ ...options, seed: 6 })).not.toEqual(syntheticRows(options));
  });

  it('has each class as often as the others, within one, and every instant within the days', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(2 as const, 3 as const),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        (rows, classes, seed) => {
          const made = syntheticRows({ rows, classes, seed, days: { from, to } });
          expect(made).toHaveLength(rows);
          const counts = ['negative', 'neutral', 'positive'].map(
            (name) => made.filter(({ label }) => label === name).length,
          );
          if (classes === 2) expect(counts.splice(1, 1)).toEqual([0]);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          for (const { createdAt, text, userId } of made) {
            expect(new Date(createdAt).toISOString().replace('.000', '')).toBe(createdAt);
            expect(createdAt >= '2026-02-27' && createdAt < '2026-03-02').toBe(true);
            expect(text).toMatch(/\S/);
            expect(text).not.toMatch(/[{}|]/);
            expect(userId).toMatch(/^user\d+$/);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('repeats no text in 2,000 rows, and reaches the last day', () => {
    const made = syntheticRows({ rows: 2_000, classes: 3, seed: 1, days: { from, to } });
    expect(new Set(made.map(({ text }) => text)).size).toBe(2_000);
    expect(new Set(made.map(({ createdAt }) => createdAt.slice(0, 10)))).toEqual(
      new Set([from, from + 1, to].map(formatDay)),
    );
  });
});

it('names no slot that there is not, in any sentence', () => {
  // The first value of every choice, then the last: both ends of each are filled in.
  for (const place of [0, -1])
    for (const sentence of [...Object.values(SENTENCES).flat(), ...AMBIGUOUS, ...Object.values(SLOTS).flat()])
      expect(fillIn(sentence, { ...SLOTS, brandName: ['Pellimo'] }, (values) => values.at(place) ?? '')).not.toMatch(
        /[{}|]/,
      );
});

describe('writeSynthetic', () => {
  it('writes what the training reads, and keeps a part apart that shares no text with the rest', async () => {
    const out = join(folder, 'set.csv');
    const files = await writeSynthetic({ rows: 300, classes: 3, seed: 2, out, test: 0.2 });
    expect(files).toEqual([
      { file: out, rows: 240, labels: { negative: 80, neutral: 80, positive: 80 } },
      { file: join(folder, 'set.test.csv'), rows: 60, labels: { negative: 20, neutral: 20, positive: 20 } },
    ]);
    const texts: string[][] = [];
    for (const { file } of files) {
      const found: string[] = [];
      for await (const rows of readLabelled(file))
        found.push(...rows.map((row) => ('text' in row ? row.text : row.skipped)));
      texts.push(found);
    }
    const [kept = [], test = []] = texts;
    expect([kept.length, test.length]).toEqual([240, 60]);
    expect(test.filter((text) => kept.includes(text))).toEqual([]);
  });

  it('writes days in the order of time, packed in pieces, the same bytes each time', async () => {
    const written = async (name: string) => {
      const out = join(folder, name);
      await writeSynthetic({ rows: 1_100, classes: 2, seed: 2, out, test: 0, days: { from, to } });
      return readFileSync(out);
    };
    const bytes = await written('dated.csv.gz');
    expect(bytes.equals(await written('again.csv.gz'))).toBe(true);
    const rows: Record<string, string>[] = parse(gunzipSync(bytes), { columns: true });
    expect(rows).toHaveLength(1_100);
    expect(Object.keys(rows[0] ?? {})).toEqual(['created_at', 'text', 'user_id', 'brand', 'label']);
    const times = rows.map((row) => row['created_at'] ?? '');
    expect(times).toEqual(times.toSorted());
    expect(new Set(rows.map((row) => row['label']))).toEqual(new Set(['negative', 'positive']));
  });
});
