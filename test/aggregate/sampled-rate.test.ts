import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateSampled, sumsOf } from '../../src/aggregate/sampled-rate.ts';

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
});
