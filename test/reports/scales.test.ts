import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeriesPoint } from '../../reports/model.ts';
import { dayLabels, dayRange, dayTicks, roundUp, scoreRange, scoreTicks } from '../../reports/scales.ts';
import { parseDay } from '../../src/calendar.ts';

const day = (iso: string): number => parseDay(iso) ?? Number.NaN;
const estimate = (value: number) => ({ value, low: null, high: null, standardError: null });
const point = (value: number): SeriesPoint => ({ day: 0, total: 1, daily: estimate(value), smoothed: null });

describe('scoreRange', () => {
  it('holds every figure and threshold, lies in [0, 1], and is at least 0.2 high', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(share, { minLength: 1 }), fc.array(share), (values, thresholds) => {
        const [low, high] = scoreRange(values.map(point), thresholds);
        for (const value of [...values, ...thresholds]) expect(value >= low && value <= high).toBe(true);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(high - low).toBeGreaterThanOrEqual(0.2 - 1e-9);
        const ticks = scoreTicks([low, high]);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('is everything when there is nothing', () => {
    expect(scoreRange([], [])).toEqual([0, 1]);
  });

  it('makes room for narrow intervals, not for wide ones', () => {
    const withInterval = (low: number, high: number): SeriesPoint => ({
      ...point(0.5),
      daily: { value: 0.5, low, high, standardError: 0.1 },
    });
    expect(scoreRange([withInterval(0.38, 0.62)], [])).toEqual([0.35, 0.65]);
    expect(scoreRange([withInterval(0.1, 0.9)], [])).toEqual([0.4, 0.6]);
  });
});

describe('dayTicks', () => {
  it('fits any span of days, inside it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 15_000, max: 25_000 }), (length, to) => {
        const ticks = dayTicks([to - length, to], 7);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(ticks.every((tick) => tick >= to - length && tick <= to)).toBe(true);
      }),
    );
  });

  it('takes days, Mondays, or firsts of months, and writes a year where it begins to hold', () => {
    expect(dayLabels(dayTicks([day('2026-03-24'), day('2026-03-27')], 7))).toEqual([
      '24 Mar\n2026',
      '25 Mar',
      '26 Mar',
      '27 Mar',
    ]);
    expect(dayLabels(dayTicks([day('2026-03-01'), day('2026-03-30')], 7))).toEqual([
      '2 Mar\n2026',
      '9 Mar',
      '16 Mar',
      '23 Mar',
      '30 Mar',
    ]);
    expect(dayLabels(dayTicks([day('2025-10-15'), day('2026-04-02')], 7))).toEqual([
      'Nov\n2025',
      'Dec',
      'Jan\n2026',
      'Feb',
      'Mar',
      'Apr',
    ]);
  });
});

describe('dayRange', () => {
  const days = (...all: number[]): SeriesPoint[] => all.map((each) => ({ ...point(0.5), day: each }));

  it('is the last days, fewer when there are fewer, a week at least', () => {
    expect(dayRange(days(100, 150, 200), 200, 30)).toEqual([171, 200]);
    expect(dayRange(days(190, 200), 200, 30)).toEqual([190, 200]);
    expect(dayRange(days(200), 200, 30)).toEqual([194, 200]);
    expect(dayRange([], 200, 30)).toEqual([194, 200]);
    expect(dayRange(days(100, 200), 200, 'all')).toEqual([100, 200]);
  });
});

describe('roundUp', () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 5],
    [143, 200],
    [501, 1000],
  ])('%i becomes %i', (value, rounded) => {
    expect(roundUp(value)).toBe(rounded);
  });
});
