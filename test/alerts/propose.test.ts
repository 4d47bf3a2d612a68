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

  it('is the default without any history', () => {
    expect(proposeRule(rule, series([]), settings)).toMatchObject({ below: rule.below, usual: null, days: 0 });
  });
});
