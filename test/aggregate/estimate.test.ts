import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addStats, EMPTY_STATS, type ScoredPost, statsOf } from '../../src/aggregate/day-stats.ts';
import { estimateMean, estimatePositiveRate, meanOfDays } from '../../src/aggregate/estimate.ts';
import { studentQuantile } from '../../src/aggregate/student.ts';

const post = (pPositive: number, userId: string | null = null, pNegative = 1 - pPositive): ScoredPost => ({
  userId,
  pPositive,
  pNegative,
  predicted: pPositive >= 0.5 ? 'positive' : 'negative',
});

const posts = fc.array(
  fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }), user: fc.option(fc.constantFrom('a', 'b', 'c', 'd')) }),
  { minLength: 1, maxLength: 40 },
);

describe('statistics of a day', () => {
  it('do not depend on the order of posts', () => {
    fc.assert(
      fc.property(posts, (list) => {
        const day = list.map(({ p, user }) => post(p, user));
        expect(statsOf(day.toReversed())).toEqual(statsOf(day));
      }),
    );
  });

  it('add up exactly in any grouping', () => {
    fc.assert(
      fc.property(posts, posts, posts, (a, b, c) => {
        const [x, y, z] = [a, b, c].map((list) => statsOf(list.map(({ p, user }) => post(p, user))));
        if (!x || !y || !z) return;
        expect(addStats(addStats(x, y), z)).toEqual(addStats(x, addStats(y, z)));
        expect(addStats(x, EMPTY_STATS)).toEqual(x);
      }),
    );
  });

  it('count classes, score and histogram', () => {
    const stats = statsOf([
      post(1, 'a'),
      post(0, 'b'),
      { userId: 'c', pPositive: 0.2, pNegative: 0.2, predicted: 'neutral' },
    ]);
    expect(stats).toMatchObject({ n: 3, nPositive: 1, nNegative: 1, sumScore: 1_500_000, users: 3 });
    expect(stats.histogram[0]).toBe(1);
    expect(stats.histogram[10]).toBe(1);
    expect(stats.histogram[19]).toBe(1);
    expect(addStats(stats, stats).histogram.map((count) => count / 2)).toEqual(stats.histogram);
    const twice = statsOf([post(0.5), post(0.5), post(0.5, 'x'), post(0.5, 'x')]);
    expect(twice.histogram[10]).toBe(4);
    expect(twice).toMatchObject({
      users: 3,
      userNN: 6n,
      userProbabilities: [1.5e12, 1.5e12, 1.5e12, 3e6, 3e6].map(BigInt),
    });
    expect(addStats(twice, twice).userProbabilities).toEqual([3e12, 3e12, 3e12, 6e6, 6e6].map(BigInt));
  });

  it('stay exact where one user writes ten thousand posts', () => {
    const stats = statsOf(Array.from({ length: 10_000 }, () => post(0.999_999, 'bot')));
    expect(stats.userSS).toBe((10_000n * 999_999n) ** 2n);
  });
});

describe('mean score', () => {
  it('has the textbook t interval when every post is by another user', () => {
    // Sample 0.2, 0.4, 0.6, 0.8: mean 0.5, standard deviation 0.258199, t(0.975, 3) = 3.182446.
    const estimate = estimateMean(statsOf([0.2, 0.4, 0.6, 0.8].map((p) => post(p))));
    expect(estimate.value).toBeCloseTo(0.5, 9);
    expect(estimate.standardError).toBeCloseTo(0.129_099, 5);
    expect(estimate.low).toBeCloseTo(0.089_15, 4);
    expect(estimate.high).toBeCloseTo(0.910_85, 4);
  });

  it('counts one person’s ten posts as one person', () => {
    const spread = Array.from({ length: 20 }, (_, index) => post(index < 10 ? 0.1 : 0.9, `user ${index}`));
    const oneLoud = spread.map((scored, index) => (index < 10 ? { ...scored, userId: 'loud' } : scored));
    const width = (list: ScoredPost[]) => {
      const { low, high } = estimateMean(statsOf(list));
      return (high ?? 0) - (low ?? 0);
    };
    expect(estimateMean(statsOf(oneLoud)).value).toBe(estimateMean(statsOf(spread)).value);
    expect(width(oneLoud)).toBeGreaterThan(1.5 * width(spread));
  });

  it('has no interval with a single user', () => {
    expect(estimateMean(statsOf([post(0.3, 'a'), post(0.4, 'a')]))).toMatchObject({ low: null, high: null });
  });
});

describe('positive rate', () => {
  it('is close to Wilson’s interval for independent posts', () => {
    // 120 of 200: Wilson's 95 % interval is 0.5309 to 0.6654.
    const list = Array.from({ length: 200 }, (_, index) => post(index < 120 ? 0.9 : 0.1));
    const rate = estimatePositiveRate(statsOf(list));
    expect(rate.value).toBe(0.6);
    expect(rate.low).toBeCloseTo(0.5309, 2);
    expect(rate.high).toBeCloseTo(0.6654, 2);
  });

  it('stays honest where all posts agree', () => {
    const rate = estimatePositiveRate(statsOf(Array.from({ length: 10 }, () => post(0.1))));
    expect(rate.value).toBe(0);
    expect(rate.low).toBe(0);
    expect(rate.high).toBeGreaterThan(0.25);
  });

  it('holds its value between its ends, in [0, 1]', () => {
    fc.assert(
      fc.property(posts, (list) => {
        const stats = statsOf(list.map(({ p, user }) => post(p, user)));
        for (const { value, low, high } of [estimateMean(stats), estimatePositiveRate(stats)]) {
          if (low === null || high === null) return;
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
          expect(high).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('mean of days', () => {
  it('weighs each day the same and takes its interval from the days', () => {
    const day = (value: number, standardError: number) => ({ value, low: 0, high: 1, standardError });
    const mean = meanOfDays([day(0.3, 0.03), day(0.6, 0.04)]);
    expect(mean.value).toBeCloseTo(0.45, 12);
    expect(mean.standardError).toBeCloseTo(0.025, 12);
  });

  it('has no interval where a day has none', () => {
    expect(meanOfDays([{ value: 0.3, low: null, high: null, standardError: null }]).low).toBeNull();
  });
});

describe('Student’s quantile', () => {
  // Two-sided 95 %, from printed tables.
  it.each([
    [1, 12.706_2],
    [2, 4.302_65],
    [3, 3.182_45],
    [10, 2.228_14],
    [30, 2.042_27],
    [120, 1.979_93],
    [201, 1.971_84],
    [100_000, 1.959_99],
  ])('of %i degrees is %f', (degrees, expected) => {
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(expected, 4);
  });
});
