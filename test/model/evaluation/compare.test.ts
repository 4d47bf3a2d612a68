import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelComparisonText } from '../../../src/cli/model-comparison-output.ts';
import type { Model } from '../../../src/model/artifact.ts';
import { betterOf, compareModels } from '../../../src/model/evaluation/compare.ts';
import { mcNemar } from '../../../src/model/evaluation/mcnemar.ts';
import { silentProgress } from '../../support/silent.ts';
import { specOf } from '../support.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-compare-'));
const network = { kind: 'gru', layers: 1, bidirectional: false, vocabulary: 4, embedding: 2, hidden: 2 } as const;
const modelOf = (name: string, outputs: 1 | 3): Pick<Model, 'spec'> => ({
  spec: { ...specOf({ ...network, pooling: 'last', outputs }), name },
});

/** Models that read their answers off the text: "a b" is p_positive of the first and of the second. */
const reading = (place: number) => ({
  score: async (texts: readonly string[]) =>
    Float64Array.from(
      texts.flatMap((text) => {
        const positive = Number(text.split(' ')[place]);
        return [1 - positive, positive];
      }),
    ),
});

async function compare(rows: readonly string[], outputs: readonly [1 | 3, 1 | 3] = [1, 1]) {
  const data = join(folder, 'pairs.csv');
  writeFileSync(data, `label,text,source\n${rows.join('\n')}\n`);
  return compareModels({
    data,
    columns: { text: 'text', label: 'label', group: 'source' },
    a: { model: modelOf('old', outputs[0]), pool: reading(0) },
    b: { model: modelOf('new', outputs[1]), pool: reading(1) },
    bootstrap: { resamples: 200, seed: 1 },
    signal: new AbortController().signal,
    progress: silentProgress,
  });
}

describe('mcNemar', () => {
  it('is twice the binomial tail, at most 1', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (a, b) => {
        let term = 1n;
        let tail = 0n;
        for (let k = 0n; k <= BigInt(Math.min(a, b)); k += 1n) {
          tail += term;
          term = (term * (BigInt(a + b) - k)) / (k + 1n);
        }
        const exact = Number(2n * tail * 10n ** 18n) / Number(2n ** BigInt(a + b)) / 1e18;
        expect(mcNemar(a, b)).toBeCloseTo(Math.min(1, exact), 9);
      }),
    );
    expect(mcNemar(0, 0)).toBe(1);
    expect(mcNemar(0, 5)).toBeCloseTo(0.0625, 12);
    expect(mcNemar(40_000, 60_000)).toBeLessThan(1e-100);
  });
});

describe('compareModels', () => {
  const row = (label: string, a: number, b: number, source: string) => `${label},${a} ${b},${source}`;

  it('says which is better, by how much and in which source', async () => {
    const comparison = await compare([
      ...Array.from({ length: 60 }, (_, index) => row(index % 2 ? '1' : '0', index % 2, index % 2, 'same')),
      ...Array.from({ length: 40 }, (_, index) =>
        row('1', index < 10 ? 0.9 : 0.1, index < 10 ? 0.2 : 0.8, index < 20 ? 'x' : 'y'),
      ),
    ]);
    expect(comparison.models).toEqual({ a: expect.stringMatching(/^old@\w{8}$/), b: expect.stringMatching(/^new@/) });
    expect(comparison.mcnemar).toMatchObject({ both_right: 60, only_a: 10, only_b: 30, both_wrong: 0 });
    expect(betterOf(comparison.mcnemar)).toBe('b');
    expect(comparison.difference.accuracy.value).toBeCloseTo(0.2, 12);
    const [low, high] = comparison.difference.accuracy.interval ?? [1, 0];
    expect(low).toBeGreaterThan(0.05);
    expect(high).toBeLessThan(0.35);
    // On the same rows the difference is known better than from two separate intervals.
    const width = (ends: readonly [number, number] | null) => (ends ? ends[1] - ends[0] : 0);
    expect(high - low).toBeLessThan(width(comparison.a.intervals.accuracy) + width(comparison.b.intervals.accuracy));
    expect(comparison.groups?.parts.map(({ name, mcnemar }) => [name, betterOf(mcnemar)])).toEqual([
      ['same', null],
      ['x', null],
      ['y', 'b'],
    ]);
    expect(modelComparisonText(comparison)).toMatch(
      /b is right more often: on 90\.0\s% of the texts, not 70\.0\s% \(20\.0 points, 95 % interval \d+\.\d to \d+\.\d\)/,
    );
  });

  it('says so when the two can’t be told apart', async () => {
    const text = modelComparisonText(await compare([row('1', 0.9, 0.2, 'x'), row('0', 0.9, 0.2, 'x')]));
    expect(text).toContain("a and b can't be told apart on 2 texts: 50.0\u00a0% and 50.0\u00a0%, p = 1.00.");
  });

  it('asks models with different classes about those that they share', async () => {
    const { rows, skipped, a, b } = await compare(
      [row('neutral', 0.4, 0.4, 'x'), row('1', 0.9, 0.2, 'x'), row('0', 0.4, 0.2, 'x')],
      [3, 1],
    );
    expect(rows).toBe(2);
    expect(skipped).toEqual({ 'neutral: no class of the model': 1 });
    expect([a.accuracy, b.accuracy]).toEqual([1, 0.5]);
  });
});
