import type { Estimate } from '../src/aggregate/estimate.ts';
import type { Day } from '../src/calendar.ts';
import type { Metric } from '../src/config/schema.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MS_PER_DAY = 86_400_000;

/** A day as a date at midnight UTC, which is how charts place it. */
export function dateOf(day: Day): Date {
  return new Date(day * MS_PER_DAY);
}

/** `30 Mar`. Own names of months, because those of Intl differ between builds of Node. */
export function shortDate(day: Day): string {
  const date = dateOf(day);
  return `${date.getUTCDate()} ${monthName(day)}`;
}

/** `30 Mar 2026`. */
export function longDate(day: Day): string {
  return `${shortDate(day)} ${yearOf(day)}`;
}

/** `1–30 Mar 2026`, `27 Feb – 28 Mar 2026`: month and year only where they are needed. */
export function dateSpan([from, to]: readonly [Day, Day]): string {
  if (yearOf(from) !== yearOf(to)) return `${longDate(from)} – ${longDate(to)}`;
  if (monthName(from) !== monthName(to)) return `${shortDate(from)} – ${longDate(to)}`;
  return from === to ? longDate(to) : `${dateOf(from).getUTCDate()}–${longDate(to)}`;
}

export function monthName(day: Day): string {
  return MONTHS[dateOf(day).getUTCMonth()] ?? '';
}

export function yearOf(day: Day): number {
  return dateOf(day).getUTCFullYear();
}

export function weekdayName(day: Day): string {
  return WEEKDAYS[dateOf(day).getUTCDay()] ?? '';
}

/** `12,345`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `312 posts`, `1 post`. */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A score as `0.412`, a rate as `41.2 %`: the same digits, so that the two can't be taken for each other. */
export function measure(value: number, metric: Metric, digits = 3): string {
  return metric === 'mean_pos' ? value.toFixed(digits) : `${(value * 100).toFixed(Math.max(0, digits - 2))}\u00a0%`;
}

/** A threshold as it was written, with as few digits as it needs: `0.45`, `45 %`. */
export function thresholdText(value: number, metric: Metric): string {
  return metric === 'mean_pos' ? String(value) : `${Number((value * 100).toFixed(6))}\u00a0%`;
}

/** `0.38–0.44`, or undefined when the interval is not known. */
export function interval({ low, high }: Estimate, metric: Metric, digits = 3): string | undefined {
  if (low === null || high === null) return undefined;
  const [from, to] = [measure(low, metric, digits), measure(high, metric, digits)];
  return `${metric === 'mean_pos' ? from : from.replace(/\u00a0%$/, '')}–${to}`;
}

/** Digits that tell the value from the threshold: 2, or more while the two would read the same. */
export function digitsToTell(value: number, threshold: number | undefined, metric: Metric): number {
  if (threshold === undefined || value === threshold) return 2;
  let digits = 2;
  while (digits < 6 && measure(value, metric, digits) === measure(threshold, metric, digits)) digits += 1;
  return digits;
}
