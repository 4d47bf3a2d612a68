import type { Estimate } from '../src/aggregate/estimate.ts';
import type { DayFigures } from '../src/aggregate/figures.ts';
import { normalBelow } from '../src/aggregate/student.ts';
import { type BrandReport, metricOf } from './model.ts';

/** Beyond so many standard errors there is no doubt, and the series for the tail would lose its digits. */
const FAR = 6;

/**
 * How sure it is that a brand's true average of a day lies below its threshold, from 0 to 1: the average as normal around its
 * estimate, with the standard error of who happened to post. Null without a threshold, an average or a known error.
 */
export function probabilityBelow(brand: BrandReport, figures: DayFigures): number | null {
  if (brand.threshold === null) return null;
  const metric = metricOf(brand);
  const average = brand.series
    ? brand.series.find(({ day }) => day === figures.day)?.smoothed
    : metric === 'positive_rate'
      ? figures.positiveRateMa3
      : figures.ma3;
  return surenessBelow(average ?? null, brand.threshold.below);
}

/** The same of an estimate and a limit. */
export function surenessBelow(average: Estimate | null, limit: number): number | null {
  if (average === null || !average.standardError) return null;
  const z = (limit - average.value) / average.standardError;
  return Math.abs(z) > FAR ? (z > 0 ? 1 : 0) : normalBelow(z);
}

/** `9 in 10 sure`, never more than it is; undefined for what is little better than a coin. */
export function surenessText(probability: number): string | undefined {
  if (probability >= 0.99) return '99 in 100 sure';
  if (probability >= 0.95) return '19 in 20 sure';
  const tenths = Math.floor(probability * 10 + 1e-9);
  return tenths >= 6 ? `${tenths} in 10 sure` : undefined;
}
