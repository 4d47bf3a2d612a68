import type { Estimate } from '../src/aggregate/estimate.ts';
import { NORMAL_95 } from '../src/aggregate/wilson.ts';
import type { Day } from '../src/calendar.ts';
import type { BrandReport } from './model.ts';
import type { ClassCounts } from './shares.ts';

export const PERIODS = ['week', 'month'] as const;
export type PeriodKind = (typeof PERIODS)[number];

/** Whole days, both ends included. */
export interface Period {
  readonly kind: PeriodKind;
  readonly from: Day;
  readonly to: Day;
  /** The same one before. */
  readonly before: { readonly from: Day; readonly to: Day };
}

/** All posts of some days together. */
export interface PeriodFigures extends ClassCounts {
  /** Days with scored posts. */
  readonly days: number;
  readonly meanPos: Estimate;
  readonly positiveRate: Estimate;
}

/** One brand over a period; figures are null without posts. `change` is null where the two don't compare. */
export interface PeriodBrand extends BrandReport {
  readonly period: PeriodFigures | null;
  readonly previous: PeriodFigures | null;
  readonly change: Estimate | null;
  readonly firingDaysInPeriod: number;
}

const MS_PER_DAY = 86_400_000;

/** The last whole week (Monday to Sunday) or month that ended before the morning of `asOf`. */
export function lastPeriod(kind: PeriodKind, asOf: Day): Period {
  if (kind === 'week') {
    // Day 0, 1 January 1970, was a Thursday.
    const monday = asOf - ((((asOf + 3) % 7) + 7) % 7);
    return { kind, from: monday - 7, to: monday - 1, before: { from: monday - 14, to: monday - 8 } };
  }
  const date = new Date(asOf * MS_PER_DAY);
  const first = (back: number): Day => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back, 1) / MS_PER_DAY;
  return { kind, from: first(1), to: first(0) - 1, before: { from: first(2), to: first(1) - 1 } };
}

/** How much a mean changed, with the 95 % interval of a difference of independent means. */
export function changeOf(now: Estimate, before: Estimate): Estimate {
  const value = now.value - before.value;
  if (now.standardError === null || before.standardError === null)
    return { value, low: null, high: null, standardError: null };
  const standardError = Math.hypot(now.standardError, before.standardError);
  return { value, low: value - NORMAL_95 * standardError, high: value + NORMAL_95 * standardError, standardError };
}
