import type { Day } from '../src/calendar.ts';
import { dateOf, monthName, shortDate, yearOf } from './format.ts';
import type { SeriesPoint } from './model.ts';

/** A range of days or of scores, both ends included. */
export type Range = readonly [from: number, to: number];

/** Twentieths are the finest steps that people read off an axis of scores. */
const GRAIN = 0.05;
const LEAST_HEIGHT = 0.2;
const WIDE = 0.25;

/**
 * The part of [0, 1], or of [−1, 1] where a figure lies below 0, that an axis must show for these series: all days' figures, averages and thresholds, with some air,
 * on round ends, at least 0.2 high so that noise doesn't look like news. Wide intervals may reach beyond: of a day with
 * three posts they would flatten everything else.
 */
export function scoreRange(points: Iterable<SeriesPoint>, thresholds: Iterable<number>): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const include = (value: number): void => {
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const { daily, smoothed } of points) {
    include(daily.value);
    if (daily.low !== null && daily.high !== null && daily.high - daily.low <= WIDE) {
      include(daily.low);
      include(daily.high);
    }
    if (smoothed !== null) include(smoothed.value);
  }
  for (const threshold of thresholds) include(threshold);
  if (low > high) return [0, 1];

  const air = 0.02;
  const least = low < 0 ? -1 / GRAIN : 0;
  let from = Math.max(least, Math.floor((low - air) / GRAIN));
  let to = Math.min(1 / GRAIN, Math.ceil((high + air) / GRAIN));
  while ((to - from) * GRAIN < LEAST_HEIGHT - 1e-9) {
    if (to < 1 / GRAIN) to += 1;
    if (from > least && (to - from) * GRAIN < LEAST_HEIGHT - 1e-9) from -= 1;
  }
  return [round(from * GRAIN), round(to * GRAIN)];
}

/** About four ticks on round scores. */
export function scoreTicks([low, high]: Range, most = 5): number[] {
  const step = [0.05, 0.1, 0.2, 0.25, 0.5].find((size) => (high - low) / size <= most - 1 + 1e-9) ?? 1;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + 1e-9; index += 1)
    ticks.push(round(index * step));
  return ticks;
}

/**
 * The days that a chart shows: the last `days` up to `to`, or all from the first point on; at least a week,
 * so that a single day isn't one bar across the chart.
 */
export function dayRange(points: readonly { readonly day: Day }[], to: Day, days: number | 'all'): Range {
  const first = Math.min(points[0]?.day ?? to, to - 6);
  return [days === 'all' ? first : Math.max(first, to - days + 1), to];
}

/** Days to write under a chart, at most `most`: days, then Mondays, then firsts of months. */
export function dayTicks([from, to]: Range, most: number): Day[] {
  const days = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const monday = days.find((day) => dateOf(day).getUTCDay() === 1) ?? from;
  const firsts = days.filter((day) => dateOf(day).getUTCDate() === 1);
  const monthsSince1970 = (day: Day): number => yearOf(day) * 12 + dateOf(day).getUTCMonth();
  const choices = [
    days,
    days.filter((day) => (to - day) % 2 === 0),
    ...[7, 14].map((step) => days.filter((day) => (day - monday) % step === 0)),
    ...[1, 2, 3, 6, 12].map((step) => firsts.filter((day) => monthsSince1970(day) % step === 0)),
  ];
  return choices.find((choice) => choice.length <= most) ?? [to];
}

/** What is written at each tick; the year only where it begins to hold. */
export function dayLabels(ticks: readonly Day[]): string[] {
  const months = ticks.length > 1 && ticks.every((day) => dateOf(day).getUTCDate() === 1);
  return ticks.map((day, index) => {
    const before = ticks[index - 1];
    const label = months ? monthName(day) : shortDate(day);
    return before === undefined || yearOf(before) !== yearOf(day) ? `${label}\n${yearOf(day)}` : label;
  });
}

/** The smallest of 1, 2, 5, 10, 20, … that is not below the value. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return ([1, 2, 5].find((digit) => digit * power >= value) ?? 10) * power;
}

/** Undoes what binary fractions add to a multiple of a twentieth. */
function round(value: number): number {
  return Number(value.toFixed(6));
}
