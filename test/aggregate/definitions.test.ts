import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateCorrectedRate } from '../../src/aggregate/corrected-rate.ts';
import { type ScoredPost, scoreOf, statsOf } from '../../src/aggregate/day-stats.ts';
import {
  type Estimate,
  estimateMean,
  estimateMeanProbability,
  estimateNetSentiment,
  estimatePositiveRate,
  meanOfDays,
} from '../../src/aggregate/estimate.ts';
import { estimateSampled, sumsOf } from '../../src/aggregate/sampled-rate.ts';
import { studentQuantile } from '../../src/aggregate/student.ts';
import { NORMAL_95, wilsonInterval } from '../../src/aggregate/wilson.ts';

const posts = fc.array(
  fc
    .record({
      userId: fc.option(fc.constantFrom('a', 'b', 'c', 'd')),
      negative: fc.integer({ min: 0, max: 500_000 }),
      rest: fc.integer({ min: 0, max: 1_000 }),
      predicted: fc.constantFrom('negative' as const, 'neutral' as const, 'positive' as const),
    })
    .map(({ userId, negative, rest, predicted }): ScoredPost => {
      // Even millionths, so that no score is rounded.
      const positive = Math.floor(((500_000 - negative) * rest) / 1000);
      return { userId, pNegative: (2 * negative) / 1e6, pPositive: (2 * positive) / 1e6, predicted };
    }),
  { minLength: 2, maxLength: 30 },
);

/** A mean with its variance clustered by user, user by user: G/(G−1) · Σ(S − m·n)² / N². */
function clustered(list: readonly ScoredPost[], value: (post: ScoredPost) => number) {
  const users = Map.groupBy(list, (post) => post.userId ?? post);
  const mean = list.reduce((sum, post) => sum + value(post), 0) / list.length;
  let squares = 0;
  for (const own of users.values()) squares += own.reduce((sum, post) => sum + value(post) - mean, 0) ** 2;
  const [groups, nn] = [users.size, [...users.values()].reduce((sum, own) => sum + own.length ** 2, 0)];
  return { mean, groups, nn, variance: ((groups / (groups - 1)) * squares) / list.length ** 2 };
}

const clip = (least: number, value: number) => Math.min(1, Math.max(least, value));

function expectClose(found: Estimate | null, expected: { [key in keyof Estimate]: number }, digits = 6) {
  for (const key of ['value', 'standardError', 'low', 'high'] as const)
    expect(found?.[key], key).toBeCloseTo(expected[key], digits);
}

/** Runs a check on days written by at least two users. */
function forDays(check: (list: readonly ScoredPost[]) => void) {
  fc.assert(
    fc.property(posts, (list) => {
      fc.pre(new Set(list.map((post) => post.userId ?? post)).size > 1);
      check(list);
    }),
  );
}

describe('estimates are what their definitions say of the posts themselves', () => {
  it('mean score', () => {
    forDays((list) => {
      const { mean, groups, variance } = clustered(list, ({ pNegative, pPositive }) => scoreOf(pNegative, pPositive));
      const half = studentQuantile(0.975, groups - 1) * Math.sqrt(variance);
      const expected = { value: mean, standardError: Math.sqrt(variance), low: clip(0, mean - half) };
      expectClose(estimateMean(statsOf(list)), { ...expected, high: clip(0, mean + half) });
    });
  });

  it('mean probability, with another confidence', () => {
    forDays((list) => {
      const { mean, groups, variance } = clustered(list, ({ pPositive }) => pPositive);
      const half = studentQuantile(0.9, groups - 1) * Math.sqrt(variance);
      const expected = { value: mean, standardError: Math.sqrt(variance), low: clip(0, mean - half) };
      expectClose(estimateMeanProbability(statsOf(list), 0.8), { ...expected, high: clip(0, mean + half) });
    });
    expect(estimateMeanProbability({ ...statsOf([]), userProbabilities: null }, 0.8)).toBeNull();
  });

  const isPositive = ({ predicted }: ScoredPost) => (predicted === 'positive' ? 1 : 0);
  /** The rate's variance over that of as many posts by different users; of Kish where all posts agree. */
  function designEffect(list: readonly ScoredPost[]) {
    const { mean, nn, ...rest } = clustered(list, isPositive);
    const binomial = (mean * (1 - mean)) / list.length;
    return { mean, ...rest, binomial, effect: binomial === 0 ? nn / list.length : rest.variance / binomial };
  }

  it('positive rate', () => {
    forDays((list) => {
      const { mean, groups, variance, binomial, effect } = designEffect(list);
      fc.pre(binomial === 0 || variance > 1e-12);
      const size = list.length / (binomial === 0 ? effect : Math.max(1, effect));
      const [low, high] = wilsonInterval(mean, size, studentQuantile(0.95, groups - 1));
      const found = estimatePositiveRate(statsOf(list), 0.9);
      expectClose(found, { value: mean, standardError: Math.sqrt(variance), low, high });
    });
  });

  it('positive rate where users differ in number of posts alone', () => {
    // Both users wrote as many positive posts as negative ones: no variance, so Kish's size 6² / (2² + 4²).
    const by = (userId: string, predicted: 'positive' | 'negative') => ({
      userId,
      pNegative: 0,
      pPositive: 0,
      predicted,
    });
    const ofTwo = [by('a', 'positive'), by('a', 'negative')];
    const list = [...ofTwo, ...[1, 2].flatMap(() => [by('b', 'positive'), by('b', 'negative')])];
    const [low, high] = wilsonInterval(0.5, 36 / 20, studentQuantile(0.975, 1));
    expectClose(estimatePositiveRate(statsOf(list)), { value: 0.5, standardError: 0, low, high });
  });

  it('net sentiment', () => {
    forDays((list) => {
      const { mean, groups, effect, binomial } = designEffect(list);
      const negative = list.filter(({ predicted }) => predicted === 'negative').length / list.length;
      const value = mean - negative;
      const variance = ((mean + negative - value ** 2) / list.length) * (binomial === 0 ? effect : Math.max(1, effect));
      const half = studentQuantile(0.975, groups - 1) * Math.sqrt(variance);
      const ends = { low: clip(-1, value - half), high: clip(-1, value + half) };
      expectClose(estimateNetSentiment(statsOf(list)), { value, standardError: Math.sqrt(variance), ...ends });
    });
    expect(estimateNetSentiment(statsOf([{ userId: 'a', pNegative: 1, pPositive: 0, predicted: 'negative' }]))).toEqual(
      {
        ...{ value: -1, low: null, high: null, standardError: null },
      },
    );
  });

  it('corrected rate of two classes: twice the probability less 0.4, with the variances of both', () => {
    const rates = {
      counts: [40, 60],
      means: [
        [0.8, 0.2],
        [0.3, 0.7],
      ] as [number, number][],
      variances: [
        [0.05, -0.05, 0.05],
        [0.09, -0.09, 0.09],
      ] as [number, number, number][],
    };
    forDays((list) => {
      const two = list.map((post) => ({ ...post, pNegative: 1 - post.pPositive }));
      const { mean, groups, variance } = clustered(two, ({ pPositive }) => pPositive);
      const [share, value] = [2 * mean - 0.4, clip(0, 2 * mean - 0.4)];
      const [negative, positive] = [1 - value, value];
      const within = (4 * (negative * 0.05 + positive * 0.09)) / two.length;
      const ofRates = 4 * ((negative ** 2 * 0.05) / 40 + (positive ** 2 * 0.09) / 60);
      const notCounted = (0.6 * value * (1 - value)) / two.length;
      const standardError = Math.sqrt(Math.max(4 * variance - notCounted, within) + ofRates);
      const half = studentQuantile(0.95, groups - 1) * standardError;
      const centre = clip(0, share);
      const ends = {
        low: Math.max(0, Math.min(value, centre - half)),
        high: Math.min(1, Math.max(value, centre + half)),
      };
      expectClose(estimateCorrectedRate(statsOf(two), rates), { value, standardError, ...ends });
    });
  });

  it('corrected rate of three classes: the variance of the same weights on each post’s own probabilities', () => {
    const corners = [
      [0.7, 0.1],
      [0.2, 0.2],
      [0.1, 0.8],
    ] as [number, number][];
    const rates = {
      ...{ counts: [50, 50, 50], means: corners },
      variances: corners.map(() => [0, 0, 0]) as [number, number, number][],
    };
    // 1 at the third corner, 0 at the other two: a line through these, scaled.
    const [x, y] = [0.1 / 0.29, 0.5 / 0.29];
    const shareAt = (pNegative: number, pPositive: number) => x * (pNegative - 0.2) + y * (pPositive - 0.2);
    forDays((list) => {
      const { mean, variance, groups } = clustered(list, ({ pNegative, pPositive }) => shareAt(pNegative, pPositive));
      const found = estimateCorrectedRate(statsOf(list), rates, 0.8);
      const value = found?.value ?? 0;
      const standardError = Math.sqrt(Math.max(0, variance - (0.6 * value * (1 - value)) / list.length));
      const half = studentQuantile(0.9, groups - 1) * standardError;
      expect(found?.standardError).toBeCloseTo(standardError, 4);
      expect(found?.low).toBeCloseTo(Math.max(0, Math.min(value, clip(0, mean) - half)), 4);
      expect(found?.high).toBeCloseTo(Math.min(1, Math.max(value, clip(0, mean) + half)), 4);
    });
  });

  it('sampled rate: the regression estimator', () => {
    const share = fc.integer({ min: 0, max: 1000 }).map((part) => part / 1000);
    const pairs = fc.array(fc.tuple(share, share), { minLength: 10, maxLength: 40 });
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 300 }), share, (sample, more, rest) => {
        const [n, all] = [sample.length, sample.length + more];
        const mean = (value: (pair: readonly [number, number]) => number) =>
          sample.reduce((sum, pair) => sum + value(pair), 0) / n;
        const [f, g] = [mean(([fast]) => fast), mean(([, accurate]) => accurate)];
        const ff = mean(([fast]) => (fast - f) ** 2);
        const slope = ff < 1e-12 ? 0 : mean(([fast, accurate]) => (fast - f) * (accurate - g)) / ff;
        const allF = (f * n + rest * more) / all;
        const value = g + slope * (allF - f);
        const squares = sample.reduce((sum, [fast, accurate]) => sum + (accurate - g - slope * (fast - f)) ** 2, 0);
        const standardError = Math.sqrt((1 - n / all) * ((squares + 0.25) / (n - 2) / n));
        const half = studentQuantile(0.95, n - 2) * standardError;
        const least = (g * n) / all;
        const within = (end: number) => Math.min(least + more / all, Math.max(least, end));
        expectClose(
          estimateSampled({ n: all, sumF: allF * all * 1e6 }, sumsOf(sample)),
          { value: within(value), standardError, low: within(value - half), high: within(value + half) },
          5,
        );
      }),
    );
    expect(estimateSampled({ n: 9, sumF: 0 }, sumsOf(new Array<[number, number]>(10).fill([0, 0])))).toBeNull();
  });
});

describe('mean of days', () => {
  it('is held to the scale of its figure', () => {
    const day = (value: number) => ({ value, low: 0, high: 1, standardError: 0.3 });
    expect(meanOfDays([day(0.05)])).toMatchObject({ low: 0, high: 0.05 + NORMAL_95 * 0.3 });
    expect(meanOfDays([day(-0.9)], -1)).toMatchObject({ low: -1, high: -0.9 + NORMAL_95 * 0.3 });
    expect(meanOfDays([day(0.9)])).toMatchObject({ low: 0.9 - NORMAL_95 * 0.3, high: 1 });
  });
});
