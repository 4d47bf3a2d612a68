import { describe, expect, it } from 'vitest';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { dayInputs, type Series } from '../../src/alerts/measure.ts';
import { proposeRule } from '../../src/alerts/propose.ts';
import { simulateNights } from '../../src/alerts/simulate.ts';
import { threshold } from './days.ts';

const settings = { smoothing: 'calendar', min_posts_per_day: 1 } as const;
const rule = { ...threshold, minPosts: 30 };

/** Days of so many posts, each day's all of one score. */
function series(scores: readonly number[], posts = 40): Series {
  const stats = scores.map((pPositive, index) => ({
    ...statsOf(
      Array.from({ length: posts }, (_, user) => ({
        ...{ userId: `${user}`, pPositive, pNegative: 1 - pPositive, predicted: 'positive' as const },
      })),
    ),
    day: 100 + index,
  }));
  return { stats, breaks: [], ratesOf: () => null };
}

/** Numbers around a level that look like chance, the same each time. */
function around(level: number, count: number, spread = 0.1): number[] {
  let state = 7;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return level + (state / 2_147_483_647 - 0.5) * 2 * spread;
  });
}

describe('a proposed threshold', () => {
  it('would have fired about once a quarter on a year', () => {
    const year = series(around(0.6, 365));
    const proposal = proposeRule(rule, year, settings);
    expect(proposal).toMatchObject({ basis: 'replay', days: 365, window: 3, minPosts: 30 });
    const { below, recoverAbove, alerts } = proposal;
    const range = { from: 100, to: 464 };
    const tried = { ...rule, below, recoverAbove };
    const replay = simulateNights(tried, dayInputs(tried, year, settings, range), range);
    expect(replay.alerts).toHaveLength(alerts ?? 0);
    expect(alerts).toBeGreaterThanOrEqual(2);
    expect(alerts).toBeLessThanOrEqual(4);
  });

  it('is not lowered by a dip within a month of history', () => {
    const calm = proposeRule(rule, series(around(0.6, 30)), settings);
    const dipped = proposeRule(rule, series([...around(0.6, 26), 0.1, 0.1, 0.1, 0.1]), settings);
    expect(calm.basis).toBe('spread');
    expect(Math.abs(calm.below - dipped.below)).toBeLessThanOrEqual(0.03);
    expect(dipped.below).toBeGreaterThan(0.45);
  });

  it('of a few days stays a tenth below what is usual', () => {
    expect(proposeRule(rule, series([0.6, 0.6, 0.6, 0.6]), settings)).toMatchObject({
      basis: 'guess',
      below: 0.5,
      recoverAbove: 0.53,
      days: 4,
    });
  });

  it('is never at the usual level itself, nor out of range', () => {
    for (const level of [0, 0.01, 0.5, 1])
      for (const days of [1, 30, 120]) {
        const { below, recoverAbove } = proposeRule(rule, series(Array.from({ length: days }, () => level)), settings);
        expect(below).toBeGreaterThanOrEqual(0.01);
        expect(below).toBeLessThanOrEqual(Math.max(0.01, level - 0.01));
        expect(recoverAbove).toBeGreaterThan(below);
        expect(recoverAbove).toBeLessThanOrEqual(1);
      }
  });

  it('comes with a longer window where there are few posts, and with fewer posts where there are hardly any', () => {
    expect(proposeRule(rule, series(around(0.6, 60), 6), settings)).toMatchObject({ window: 7, minPosts: 30 });
    expect(proposeRule(rule, series(around(0.6, 60), 1), settings)).toMatchObject({ window: 14, minPosts: 10 });
  });

  it('is the default without any history, and with too few posts for any figure', () => {
    const guess = { below: 0.45, recoverAbove: 0.48, days: 0, usual: null, basis: 'guess', alerts: null };
    expect(proposeRule(rule, series([]), settings)).toEqual({ ...guess, window: 3, minPosts: 30 });
    // Fourteen days have at most five posts.
    expect(proposeRule(rule, series([0.6, 0.6, 0.6, 0.6, 0.6], 1), settings)).toEqual({
      ...{ ...guess, window: 14, minPosts: 10 },
    });
  });

  it('counts the days whose window has enough posts', () => {
    // Windows of 10, 20 and then 30 posts.
    const proposal = proposeRule(rule, series(Array(10).fill(0.5), 10), settings);
    expect(proposal).toEqual({
      ...{ window: 3, minPosts: 30, below: 0.4, recoverAbove: 0.43, days: 8, usual: 0.5, basis: 'guess', alerts: null },
    });
  });

  it('keeps a window in which just half of the posts can be decided on', () => {
    const day = { ...rule, window: 1 };
    const { stats, ...rest } = series([0.5, 0.5], 15);
    const mixed = [
      ...series([0.5]).stats.map((one) => ({ ...one, total: 30, n: 30 })),
      ...stats.map((one) => ({ ...one, day: one.day + 1 })),
    ];
    expect(proposeRule(day, { stats: mixed, ...rest }, settings)).toMatchObject({ window: 1, minPosts: 30 });
  });

  describe('of a day alone', () => {
    const day = { ...rule, window: 1 };
    /** Half a tenth from the middle each, so that the robust deviation is 1.4826 tenths. */
    const swinging = (days: number) =>
      series(Array.from({ length: days }, (_, index) => (index % 2 === 0 ? 0.5 : 0.7)));
    it('is as far below the middle as chance goes once a quarter, from two weeks on', () => {
      expect(proposeRule(day, swinging(14), settings)).toEqual({
        // 0.6 - 2.29 × 0.14826 = 0.2605
        ...{
          window: 1,
          minPosts: 30,
          below: 0.26,
          recoverAbove: 0.29,
          days: 14,
          usual: 0.6,
          basis: 'spread',
          alerts: null,
        },
      });
      expect(proposeRule(day, swinging(13), settings)).toMatchObject({ basis: 'guess', days: 13 });
    });

    it('is what a replay says from a quarter on', () => {
      expect(proposeRule(day, swinging(90), settings)).toMatchObject({ basis: 'spread', days: 90 });
      expect(proposeRule(day, swinging(91), settings)).toMatchObject({ basis: 'replay', days: 91 });
      // Two dips, the shallower of them with a day in its middle that is hardly better: an alert of two days, or two alerts.
      const dips = Array.from({ length: 92 }, () => 0.6);
      dips.splice(20, 1, 0.2);
      dips.splice(60, 3, 0.3, 0.31, 0.3);
      expect(proposeRule(day, series(dips), settings)).toEqual({
        ...{
          window: 1,
          minPosts: 30,
          below: 0.3,
          recoverAbove: 0.33,
          days: 92,
          usual: 0.6,
          basis: 'replay',
          alerts: 1,
        },
      });
    });
  });
});
