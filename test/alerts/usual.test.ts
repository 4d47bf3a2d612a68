import { describe, expect, it } from 'vitest';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { NORMAL_95 } from '../../src/aggregate/wilson.ts';
import { dayInputs, metricSeries, type Series } from '../../src/alerts/measure.ts';
import type { AlertRule } from '../../src/alerts/rule.ts';
import { median, usualOf, weekdayOf } from '../../src/alerts/usual.ts';
import { baseline, dayOf, freshness, threshold, volume } from './days.ts';

describe('what is usual', () => {
  const days = (values: readonly number[], first = 0) => values.map((value, index) => ({ day: first + index, value }));
  const fortnight = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7];

  it('is the median, with the spread of the days around it', () => {
    // Median 5; deviations 2 4 1 4 0 4 3 1 0 2 0 3 4 2, of which the median is 2; one degree of freedom of fourteen.
    expect(usualOf(days(fortnight), [20], { weekdays: false })).toEqual({
      ...{ value: 5, days: 14, spread: 1.4826 * 2 * Math.sqrt(14 / 13) },
    });
  });

  it('is not known from thirteen days, or for no day', () => {
    expect(usualOf(days(fortnight.slice(1)), [20], { weekdays: false })).toBeNull();
    expect(usualOf(days(fortnight), [], { weekdays: false })).toBeNull();
  });

  it('is another on each weekday, where three of these were seen', () => {
    // From a Monday on: 10 on weekdays, 4 on Saturdays and Sundays.
    const monday = dayOf('2026-11-02');
    const weeks = (count: number) =>
      days(
        Array.from({ length: 7 * count }, (_, index) => (index % 7 > 4 ? 4 : 10)),
        monday,
      );
    const on = (offsets: readonly number[], count = 3) =>
      usualOf(
        weeks(count),
        offsets.map((offset) => monday + 7 * count + offset),
        { weekdays: true },
      );
    expect(on([0])).toEqual({ value: 10, spread: 0, days: 21 });
    expect(on([5])?.value).toBe(4);
    expect(on([4, 5])?.value).toBe(7);
    expect(on([5], 2)?.value).toBe(10);
    // Seven weekdays were fitted.
    const noisy = weeks(3).map(({ day, value }, index) => ({ day, value: value + Math.floor(index / 7) - 1 }));
    expect(usualOf(noisy, [monday + 21], { weekdays: true })?.spread).toBeCloseTo(1.4826 * Math.sqrt(21 / 14), 9);
  });

  it('has weekdays from Monday on, and the middle of any list', () => {
    expect([dayOf('2026-11-02'), dayOf('2026-11-08'), 0, -4].map(weekdayOf)).toEqual([0, 6, 3, 6]);
    expect([median([7]), median([9, 1]), median([10, 9, 1]), median([4, 1, 3, 2])]).toEqual([7, 5, 9, 2.5]);
  });
});

/** A day of posts by different people, of which so many are positive. */
const dated = (day: number, n: number, positive: number, p = 0.6) => ({
  ...statsOf(
    Array.from({ length: n }, (_, index) => ({
      ...{ userId: `u${index}`, pPositive: p, pNegative: 1 - p },
      predicted: index < positive ? ('positive' as const) : ('negative' as const),
    })),
  ),
  day,
});
const settings = { smoothing: 'calendar', min_posts_per_day: 1 } as const;
const series = (stats: Series['stats'], change: Partial<Series> = {}): Series => ({
  ...{ stats, breaks: [], ratesOf: () => null },
  ...change,
});

describe('the days that a rule looks at', () => {
  const inputs = (rule: AlertRule, of: Series, from = 0, to = 200) => dayInputs(rule, of, settings, { from, to });

  it('are those with posts, each with its window, whatever day one begins with', () => {
    const stats = [
      dated(100, 10, 5, 0.2),
      dated(101, 0, 0),
      dated(102, 20, 5, 0.4),
      dated(103, 30, 5, 0.6),
      dated(105, 1, 0),
    ];
    const all = inputs(threshold, series(stats));
    expect(all.map(({ day, total, windowPosts, windowFrom }) => [day, total, windowPosts, windowFrom])).toEqual([
      [100, 10, 10, 98],
      [102, 20, 30, 100],
      [103, 30, 50, 101],
      [105, 1, 31, 103],
    ]);
    expect(all.map(({ smoothed }) => smoothed?.value.toFixed(2))).toEqual(['0.20', '0.30', '0.50', '0.60']);
    expect(all[1]?.daily?.value).toBeCloseTo(0.4, 9);
    expect(all.every(({ usual }) => usual === null)).toBe(true);
    for (const smoothing of ['calendar', 'rows'] as const) {
      const of = (from: number, to: number) =>
        dayInputs(threshold, series(stats), { ...settings, smoothing }, { from, to });
      for (let from = 99; from < 107; from += 1)
        for (let to = from; to < 107; to += 1)
          expect(of(from, to)).toEqual(of(0, 200).filter(({ day }) => day >= from && day <= to));
    }
    expect(inputs(freshness, series(stats))).toEqual([]);
  });

  it('have no figure where no day of the window has posts enough', () => {
    const [day] = dayInputs(
      threshold,
      series([dated(100, 3, 1)]),
      { ...settings, min_posts_per_day: 5 },
      { from: 0, to: 200 },
    );
    expect(day).toMatchObject({ total: 3, smoothed: null, windowPosts: 0 });
  });

  it('compare with what was usual before the window, of the same model and on days with posts enough', () => {
    const stats = Array.from({ length: 30 }, (_, index) => dated(100 + index, 60, 30, index === 29 ? 0.2 : 0.6));
    const rule = { ...baseline, window: 3, weekdays: false, days: 20 };
    const last = (of: Series, changed: Partial<typeof rule> = {}) =>
      inputs({ ...rule, ...changed }, of, 129, 129)[0]?.usual;
    expect(last(series(stats))).toEqual({ value: 0.6, spread: 0, days: 20 });
    expect(last(series(stats), { days: 14 })?.days).toBe(14);
    expect(last(series(stats), { days: 13 })).toBeNull();
    expect(last(series(stats, { breaks: [110] }))?.days).toBe(17);
    expect(last(series(stats, { breaks: [110, 130] }))?.days).toBe(17);
    expect(last(series(stats, { breaks: [128] }))).toBeNull();
    expect(last(series(stats), { minPosts: 180 })?.days).toBe(20);
    expect(last(series(stats), { minPosts: 181 })).toBeNull();
    expect(inputs(rule, series(stats), 129, 129)).toEqual(inputs(rule, series(stats)).slice(-1));
    // Each seventh day is usually lower, the last one among them.
    const weekly = Array.from({ length: 30 }, (_, index) => dated(100 + index, 60, 30, index % 7 === 1 ? 0.4 : 0.6));
    const seventh = { ...baseline, window: 1, days: 28 };
    expect(inputs(seventh, series(weekly), 129, 129)[0]?.usual?.value).toBeCloseTo(0.4, 9);
    expect(inputs({ ...seventh, weekdays: false }, series(weekly), 129, 129)[0]?.usual?.value).toBeCloseTo(0.6, 9);
  });

  it('reach back far enough, whatever day one begins with, on days of the week and over days without posts', () => {
    const rule = { ...baseline, window: 2, days: 21 };
    // Day 100 was a Saturday; weekends are worse.
    const stats = Array.from({ length: 60 }, (_, index) =>
      dated(100 + index, index % 10 === 4 ? 0 : 30, 15, index % 7 < 2 ? 0.3 : 0.6),
    );
    for (const smoothing of ['calendar', 'rows'] as const) {
      const looked = (from: number, to: number) =>
        dayInputs(rule, series(stats), { smoothing, min_posts_per_day: 1 }, { from, to });
      const all = looked(0, 200);
      expect(all).toHaveLength(54);
      // Windows that end on Friday to Monday: two weekdays, one of each kind, a weekend, one of each kind.
      expect(
        all.filter(({ day }) => [155, 156, 157, 158].includes(day)).map(({ usual }) => usual?.value.toFixed(2)),
      ).toEqual(['0.60', '0.45', '0.30', '0.45']);
      for (const from of [101, 124, 130, 158]) expect(looked(from, 200)).toEqual(all.filter(({ day }) => day >= from));
    }
  });

  it('count the posts of every day since the first, for a rule on volume', () => {
    const stats = [
      dated(99, 0, 0),
      ...Array.from({ length: 15 }, (_, index) => dated(100 + index, 10 + (index % 2), 5)),
      dated(117, 3, 0),
    ];
    const rule = { ...volume, weekdays: false, days: 14 };
    const all = inputs(rule, series(stats), 90, 118);
    expect(all.map(({ day, total }) => [day, total]).slice(13)).toEqual([
      [113, 11],
      [114, 10],
      [115, 0],
      [116, 0],
      [117, 3],
      [118, 0],
    ]);
    expect(all[0]).toMatchObject({ day: 100, windowPosts: 10, windowFrom: 100, usual: null });
    expect(all.map(({ usual }) => usual?.days ?? 0)).toEqual([...new Array<number>(14).fill(0), 14, 14, 14, 14, 14]);
    expect(all[14]?.usual?.value).toBe(10.5);
    expect(all[17]?.usual?.value).toBe(10);
    expect(inputs(rule, series([dated(100, 0, 0)]))).toEqual([]);
    expect(inputs(rule, series(stats), 110, 111)).toEqual(all.slice(10, 12));
  });
});

describe('a metric’s days', () => {
  const stats = [dated(100, 40, 10), dated(101, 0, 0), dated(102, 40, 20)];
  const rates = {
    counts: [100, 100],
    means: [
      [0.8, 0.2],
      [0.3, 0.7],
    ] as [number, number][],
    variances: [
      [0.05, -0.05, 0.05],
      [0.05, -0.05, 0.05],
    ] as [number, number, number][],
  };
  const smoothing = { ...settings, window: 3 };
  const values = (metric: Parameters<typeof metricSeries>[0], of = series(stats)) =>
    metricSeries(metric, of, smoothing).map(({ day, total, daily, smoothed }) => [
      ...[day, total, daily.value.toFixed(3), smoothed?.value.toFixed(3)],
    ]);

  it('are those of each figure', () => {
    expect(values('mean_pos')).toEqual([
      [100, 40, '0.600', '0.600'],
      [102, 40, '0.600', '0.600'],
    ]);
    expect(values('positive_rate')[1]).toEqual([102, 40, '0.500', '0.375']);
    expect(values('net_sentiment')[1]).toEqual([102, 40, '0.000', '-0.250']);
    expect(values('corrected_rate')).toEqual([]);
    expect(values('corrected_rate', series(stats, { ratesOf: (day) => (day === 102 ? rates : null) }))).toEqual([
      [102, 40, '0.800', '0.800'],
    ]);
  });

  it('average the errors of corrected rates, which are the same mistake on each day', () => {
    const all = metricSeries('corrected_rate', series(stats, { ratesOf: () => rates }), smoothing);
    const [first, second] = all.map(({ daily }) => daily.standardError ?? 0);
    const { smoothed } = all[1] ?? {};
    const standardError = ((first ?? 0) + (second ?? 0)) / 2;
    expect(smoothed?.standardError).toBeCloseTo(standardError, 12);
    expect(smoothed?.low).toBeCloseTo(0.8 - NORMAL_95 * standardError, 9);
    expect(smoothed?.high).toBeCloseTo(Math.min(1, 0.8 + NORMAL_95 * standardError), 9);
    const few = metricSeries('corrected_rate', series([dated(100, 1, 1)], { ratesOf: () => rates }), smoothing);
    expect(few[0]?.smoothed).toEqual({ value: 0.8, low: null, high: null, standardError: null });
    const net = metricSeries('net_sentiment', series([dated(100, 4, 0)]), smoothing);
    expect(net[0]?.smoothed?.low).toBe(-1);
    // Two opposite posts say next to nothing: the interval is all that a mean can be.
    const apart = [0, 1].map((p) => ({
      userId: `${p}`,
      pPositive: p,
      pNegative: 1 - p,
      predicted: 'positive' as const,
    }));
    const wide = metricSeries('mean_pos', series([{ ...statsOf(apart), day: 100 }]), smoothing);
    expect(wide[0]?.smoothed).toMatchObject({ value: 0.5, low: 0, high: 1 });
  });

  it('have no average where no day has posts enough', () => {
    expect(metricSeries('mean_pos', series(stats), { ...smoothing, min_posts_per_day: 41 })[0]?.smoothed).toBeNull();
  });
});
