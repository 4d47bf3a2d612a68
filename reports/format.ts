import type { Estimate } from '../src/aggregate/estimate.ts';
import { type Day, formatDayAs } from '../src/calendar.ts';
import type { Metric } from '../src/config/schema.ts';
import { percent, writtenPercent } from '../src/percent.ts';

const MS_PER_DAY = 86_400_000;

/** A day as a date at midnight UTC, which is how charts place it. */
export function dateOf(day: Day): Date {
  return new Date(day * MS_PER_DAY);
}

/** `30 Mar`. */
export function shortDate(day: Day): string {
  return formatDayAs(day, 'd MMM');
}

/** `30 Mar 2026`. */
export function longDate(day: Day): string {
  return formatDayAs(day, 'd MMM yyyy');
}

/** `1–30 Mar 2026`, `27 Feb – 28 Mar 2026`: month and year only where they are needed. */
export function dateSpan([from, to]: readonly [Day, Day]): string {
  if (yearOf(from) !== yearOf(to)) return `${longDate(from)} – ${longDate(to)}`;
  if (monthName(from) !== monthName(to)) return `${shortDate(from)} – ${longDate(to)}`;
  return from === to ? longDate(to) : `${formatDayAs(from, 'd')}–${longDate(to)}`;
}

export function monthName(day: Day): string {
  return formatDayAs(day, 'MMM');
}

export function yearOf(day: Day): number {
  return dateOf(day).getUTCFullYear();
}

export function weekdayName(day: Day): string {
  return formatDayAs(day, 'EEEE');
}

/** `12,345`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `300`, `20k`, `5M`: for the round numbers of an axis, where there is little room. */
export function compactCount(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  return value >= 10_000 ? `${value / 1_000}k` : count(value);
}

/** `312 posts`, `1 post`. */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Whether a figure is written as a number, and not as a share in percent. */
export function isScore(metric: Metric): boolean {
  return metric === 'mean_pos' || metric === 'net_sentiment';
}

/** A score as `0.412`, a rate as `41.2 %`: the same digits, so that the two can't be taken for each other. */
export function measure(value: number, metric: Metric, digits = 3): string {
  return isScore(metric) ? value.toFixed(digits) : percent(value, Math.max(0, digits - 2));
}

/** A threshold as it was written, with as few digits as it needs: `0.45`, `45 %`. */
export function thresholdText(value: number, metric: Metric): string {
  return isScore(metric) ? String(value) : writtenPercent(value);
}

/** `0.38–0.44`, or undefined when the interval is not known. */
export function interval({ low, high }: Estimate, metric: Metric, digits = 3): string | undefined {
  if (low === null || high === null) return undefined;
  const [from, to] = [measure(low, metric, digits), measure(high, metric, digits)];
  // A hyphen between numbers that may have a minus can't be read.
  if (low < 0) return `${from} to ${to}`;
  return `${isScore(metric) ? from : from.replace(/\u00a0%$/, '')}–${to}`;
}

/** Digits that tell the value from the threshold: 2, or more while the two would read the same. */
export function digitsToTell(value: number, threshold: number | undefined, metric: Metric): number {
  if (threshold === undefined || value === threshold) return 2;
  let digits = 2;
  while (digits < 6 && measure(value, metric, digits) === measure(threshold, metric, digits)) digits += 1;
  return digits;
}
