import type { Day } from '../calendar.ts';

/** What a brand's own last days say about a day: the value to expect, how sure that is, and on how many days it rests. */
export interface Usual {
  readonly value: number;
  /** Standard error of a single day around its expected value. */
  readonly spread: number;
  readonly days: number;
}

export interface Observation {
  readonly day: Day;
  readonly value: number;
}

/** Days that a comparison with the brand's own past needs. */
export const LEAST_HISTORY = 14;
/** Times that a weekday must have been seen before it counts as its own. */
const LEAST_WEEKDAYS = 3;
/** Makes a median of absolute deviations a standard deviation, for normal deviations. */
const MAD_TO_SD = 1.4826;

/**
 * What to expect on `days` together (their mean), from earlier observations: the median of these, and how far each weekday usually
 * is from it. Medians, so that a few days of trouble don't become what is usual. Null with too little history.
 */
export function usualOf(
  history: readonly Observation[],
  days: readonly Day[],
  options: { readonly weekdays: boolean },
): Usual | null {
  if (history.length < LEAST_HISTORY || days.length === 0) return null;
  const level = median(history.map(({ value }) => value));
  const offsets = options.weekdays ? weekdayOffsets(history, level) : new Map<number, number>();
  const offset = (day: Day) => offsets.get(weekdayOf(day)) ?? 0;
  const deviations = history.map(({ day, value }) => Math.abs(value - level - offset(day)));
  // Each weekday that was fitted takes away a degree of freedom.
  const freedom = Math.sqrt(history.length / Math.max(1, history.length - Math.max(1, offsets.size)));
  return {
    value: level + days.reduce((sum, day) => sum + offset(day), 0) / days.length,
    spread: MAD_TO_SD * median(deviations) * freedom,
    days: history.length,
  };
}

function weekdayOffsets(history: readonly Observation[], level: number): Map<number, number> {
  const byWeekday = new Map<number, number[]>();
  for (const { day, value } of history)
    byWeekday.set(weekdayOf(day), [...(byWeekday.get(weekdayOf(day)) ?? []), value - level]);
  return new Map(
    [...byWeekday].flatMap(([weekday, values]) =>
      values.length < LEAST_WEEKDAYS ? [] : [[weekday, median(values)] as const],
    ),
  );
}

/** Monday 0 to Sunday 6; 1970-01-01 was a Thursday. */
export function weekdayOf(day: Day): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** The middle value, or the mean of the two in the middle. Not of an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
