import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateSampled, sumsOf } from '../../src/aggregate/sampled-rate.ts';
import { sampledDays } from '../../src/model/evaluation/sampled-days.ts';
import { randomOf } from '../../src/model/training/random.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const pairs = fc.array(fc.tuple(share, share), { minLength: 10, maxLength: 60 });

describe('estimateSampled', () => {
  it('is the accurate model’s own mean when it read everything', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const sums = sumsOf(all);
        const estimate = estimateSampled({ n: sums.n, sumF: sums.sumF }, sums);
        expect(estimate?.value).toBeCloseTo(sums.sumG / 1e6 / sums.n, 9);
        expect((estimate?.high ?? 1) - (estimate?.low ?? 0)).toBeLessThan(1e-9);
      }),
    );
  });

  it('keeps to what can be, and its value within its interval', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 500 }), share, (sample, more, rest) => {
        const sums = sumsOf(sample);
        const all = sums.n + more;
        const { value, low, high } =
          estimateSampled({ n: all, sumF: sums.sumF + Math.round(rest * more * 1e6) }, sums) ?? {};
        const least = sums.sumG / 1e6 / all;
        for (const end of [value, low, high]) {
          expect(end).toBeGreaterThanOrEqual(least - 1e-12);
          expect(end).toBeLessThanOrEqual(least + more / all + 1e-12);
        }
        expect(low).toBeLessThanOrEqual(value ?? 0);
        expect(high).toBeGreaterThanOrEqual(value ?? 1);
      }),
    );
  });

  it('tells nothing from fewer than ten posts', () => {
    expect(estimateSampled({ n: 100, sumF: 0 }, sumsOf(new Array<[number, number]>(9).fill([0, 0])))).toBeNull();
  });

  it('does not claim to be sure because a sample agrees in everything', () => {
    const sums = sumsOf(new Array<[number, number]>(50).fill([0.1, 0]));
    const estimate = estimateSampled({ n: 1000, sumF: 100e6 }, sums);
    expect(estimate?.low).toBe(0);
    expect(estimate?.high).toBeGreaterThan(0.01);
  });

  it('is nearer than the sample alone, and its interval holds as often as it says, where the models mostly agree', async () => {
    const random = randomOf(7, 0);
    const posts = Array.from({ length: 3_000 }, (_, index) => {
      const label = index % 2 === 0 ? 'positive' : 'negative';
      const lean = label === 'positive' ? 0.75 : 0.25;
      const pPositive = Math.min(1, Math.max(0, lean + (random() - 0.5) * 0.7));
      const accurate = random() < 0.02 ? pPositive < 0.5 : pPositive >= 0.5;
      const predicted = pPositive >= 0.5 ? ('positive' as const) : ('negative' as const);
      return { userId: null, pPositive, pNegative: 1 - pPositive, predicted, label, accurate };
    });
    const rates = {
      ...{
        counts: [1500, 1500],
        means: [
          [0.75, 0.25],
          [0.25, 0.75],
        ] as [number, number][],
      },
      variances: [
        [0.04, -0.04, 0.04],
        [0.04, -0.04, 0.04],
      ] as [number, number, number][],
    };
    const signal = new AbortController().signal;
    const labels = ['negative', 'positive'];
    const result = await sampledDays({ posts, labels, rates, size: 500, sample: 100, days: 300, seed: 1, signal });
    expect(result.ofAccurate.sampled).toBeLessThan(0.7 * result.ofAccurate.sampleAlone);
    expect(result.coverage).toBeGreaterThan(0.85);
    expect(result.coverage).toBeLessThan(0.95);
  });
});
