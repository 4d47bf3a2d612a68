import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateCorrectedRate } from '../../src/aggregate/corrected-rate.ts';
import { addStats, EMPTY_STATS, type ScoredPost, statsOf } from '../../src/aggregate/day-stats.ts';
import { correctedPrevalence, saerensPrevalence, shareOfClass } from '../../src/aggregate/prevalence.ts';
import { ratesOf, simulated } from './simulated.ts';

const MEANS: [number, number][] = [
  [0.6, 0.12],
  [0.17, 0.24],
  [0.1, 0.6],
];
const TWO: [number, number][] = [
  [0.7, 0.3],
  [0.2, 0.8],
];
const share = fc.double({ min: 0, max: 1, noNaN: true });
const shares = fc.tuple(share, share).map(([a, b]) => [Math.min(a, b), Math.abs(a - b), 1 - Math.max(a, b)]);

const mixture = (means: [number, number][], parts: readonly number[], side: 0 | 1) =>
  means.reduce((sum, mean, index) => sum + mean[side] * (parts[index] ?? 0), 0);

describe('corrected prevalence', () => {
  it('gives back the shares that a mixture was made of', () => {
    fc.assert(
      fc.property(shares, (parts) => {
        const found = correctedPrevalence(MEANS, mixture(MEANS, parts, 0), mixture(MEANS, parts, 1)) ?? [];
        for (const [index, part] of parts.entries()) expect(found[index]).toBeCloseTo(part, 9);
      }),
    );
    fc.assert(
      fc.property(share, (positive) => {
        const parts = [1 - positive, positive];
        const found = correctedPrevalence(TWO, mixture(TWO, parts, 0), mixture(TWO, parts, 1)) ?? [];
        expect(found[1]).toBeCloseTo(positive, 9);
      }),
    );
  });

  it('is made of shares, and no other shares mix nearer to what was seen', () => {
    const far = (parts: readonly number[], a: number, b: number) => {
      const [x, y] = [mixture(MEANS, parts, 0) - a, mixture(MEANS, parts, 1) - b];
      return x * x + y * y + (x + y) ** 2;
    };
    fc.assert(
      fc.property(shares, shares, ([a = 0, , b = 0], others) => {
        const found = correctedPrevalence(MEANS, a, b) ?? [];
        expect(found.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
        for (const part of found) expect(part).toBeGreaterThanOrEqual(0);
        expect(far(found, a, b)).toBeLessThanOrEqual(far(others, a, b) + 1e-12);
      }),
    );
  });

  it('is not known of a model that does not tell its classes apart', () => {
    const same: [number, number][] = [
      [0.3, 0.3],
      [0.3, 0.3],
      [0.1, 0.6],
    ];
    expect(correctedPrevalence(same, 0.3, 0.3)).toBeNull();
    expect(
      correctedPrevalence(
        [
          [0.3, 0.7],
          [0.3, 0.7],
        ],
        0.3,
        0.7,
      ),
    ).toBeNull();
    expect(shareOfClass(TWO.slice(0, 1).concat(TWO.slice(0, 1)), 1)).toBeNull();
  });
});

describe('corrected prevalence of two classes', () => {
  it('is all of one class beyond what any mixture gives', () => {
    expect(correctedPrevalence(TWO, 0.9, 0.1)).toEqual([1, 0]);
    expect(correctedPrevalence(TWO, 0.1, 0.9)).toEqual([0, 1]);
    expect(correctedPrevalence(TWO, 0.45, 0.55)?.map((part) => part.toFixed(6))).toEqual(['0.500000', '0.500000']);
  });

  it('is unknown of a rate too, where the classes are not told apart', () => {
    const rates = {
      counts: [9, 9],
      means: [
        [0.3, 0.7],
        [0.3, 0.7],
      ] as [number, number][],
      variances: [],
    };
    expect(estimateCorrectedRate(statsOf(simulated(9, 2, 2)), rates)).toBeNull();
  });
});

describe('Saerens’ prevalence', () => {
  it('takes off the shares that the posteriors were calibrated to', () => {
    // The same feature under shares of 0.25 to 0.75: posteriors 0.2/0.425 and 0.05/0.575 of the first class.
    const [first, second] = [
      [0.2 / 0.425, 0.225 / 0.425],
      [0.05 / 0.575, 0.525 / 0.575],
    ];
    const day = Array.from({ length: 100 }, (_, index) => (index < 60 ? first : second));
    // 0.6 = 0.8·x + 0.3·(1 − x)
    expect(saerensPrevalence(day, [0.25, 0.75])[0]).toBeCloseTo(0.6, 4);
    expect(saerensPrevalence(day, [0.25, 0.75])[1]).toBeCloseTo(0.4, 4);
  });

  it('finds the shares that changed', () => {
    // Posteriors of a feature with two values, 0.8 to 0.2 under one class and 0.3 to 0.7 under the other, at equal shares.
    const [first, second] = [
      [0.8 / 1.1, 0.3 / 1.1],
      [0.2 / 0.9, 0.7 / 0.9],
    ];
    const day = Array.from({ length: 100 }, (_, index) => (index < 40 ? first : second));
    // 0.4 = 0.8·x + 0.3·(1 − x)
    expect(saerensPrevalence(day, [0.5, 0.5])[0]).toBeCloseTo(0.2, 3);
  });
});

describe('corrected rate', () => {
  it('has a wider interval where one person wrote half of the posts', () => {
    const rates = ratesOf(simulated(900, 3, 1), 3);
    const posts = simulated(90, 3, 2);
    const width = (list: ScoredPost[]) => {
      const estimate = estimateCorrectedRate(statsOf(list), rates);
      return (estimate?.high ?? 0) - (estimate?.low ?? 0);
    };
    const positive = posts.map((post, index) => (index % 3 === 2 ? { ...post, userId: 'loud' } : post));
    expect(width(positive)).toBeGreaterThan(1.5 * width(posts));
    expect(estimateCorrectedRate(statsOf(posts.map((post) => ({ ...post, userId: 'a' }))), rates)).toMatchObject({
      ...{ low: null, high: null },
    });
  });

  it('is unknown without a correction, without posts and for days from before its products were kept', () => {
    const rates = ratesOf(simulated(300, 3, 1), 3);
    const stats = statsOf(simulated(9, 3, 2));
    expect(estimateCorrectedRate(stats, null)).toBeNull();
    expect(estimateCorrectedRate(EMPTY_STATS, rates)).toBeNull();
    expect(estimateCorrectedRate({ ...stats, userProbabilities: null }, rates)).toBeNull();
    expect(addStats(stats, { ...stats, userProbabilities: null }).userProbabilities).toBeNull();
  });
});
