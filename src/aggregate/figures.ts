import type { Day } from '../calendar.ts';
import type { Rates } from '../model/calibration.ts';
import { estimateCorrectedRate } from './corrected-rate.ts';
import type { DatedStats } from './day-stats.ts';
import { type Estimate, estimateMean, estimatePositiveRate, meanOfDays } from './estimate.ts';
import { estimateSampled, type SampleSums } from './sampled-rate.ts';

/** How days are smoothed: over calendar days, or over rows (days that have posts), as the tutorial does. */
export interface Smoothing {
  readonly smoothing: 'calendar' | 'rows';
  /** Length of the moving average, in days or rows. */
  readonly window: number;
  /** A day with fewer scored posts is missing from the average. */
  readonly min_posts_per_day: number;
}

/** A rate with the number of posts that an accurate model read for it. */
interface SampledRate extends Estimate {
  readonly posts: number;
}

/** One brand's day as it is reported. Days without scored posts have no figures. */
export interface DayFigures {
  readonly day: Day;
  readonly total: number;
  readonly positives: number;
  readonly negatives: number;
  readonly users: number;
  readonly meanPos: Estimate;
  readonly positiveRate: Estimate;
  /** The positive rate corrected for the model's known mistakes, with its 90 % interval; null for a model that has none. */
  readonly correctedRate: Estimate | null;
  /** The positive rate as an accurate model would count it, from a sample of the day, with its 90 % interval; absent without a sample. */
  readonly sampled?: SampledRate;
  /** Moving averages; null when every day of the window is missing. */
  readonly ma3: Estimate | null;
  readonly positiveRateMa3: Estimate | null;
  /** Scored posts on the days that the averages are made of. */
  readonly windowPosts: number;
  /** The first day that the window reaches back to. */
  readonly windowFrom: Day;
}

/**
 * The figures of one brand's days, in order. `days` are in ascending order without repeats. On each of the `breaks` another
 * model begins: the moving average starts anew there, as if the days before were not. `ratesOf` tells what corrects the rate
 * of a day, `samples` what an accurate model read of it.
 */
export function dailyFigures(
  days: readonly DatedStats[],
  smoothing: Smoothing,
  breaks: readonly Day[] = [],
  ratesOf: (day: Day) => Rates | null = () => null,
  samples: ReadonlyMap<Day, SampleSums> = new Map(),
): DayFigures[] {
  const singles = days
    .filter((stats) => stats.n > 0)
    .map((stats) => ({ stats, mean: estimateMean(stats), rate: estimatePositiveRate(stats) }));
  return windowsOf(singles, smoothing, breaks).map(({ last: { stats, mean, rate }, window, windowFrom }) => {
    return {
      day: stats.day,
      total: stats.n,
      positives: stats.nPositive,
      negatives: stats.nNegative,
      users: stats.users,
      meanPos: mean,
      positiveRate: rate,
      correctedRate: estimateCorrectedRate(stats, ratesOf(stats.day)),
      ...sampledRateOf(stats, samples.get(stats.day)),
      ma3: window.length === 0 ? null : meanOfDays(window.map((single) => single.mean)),
      positiveRateMa3: window.length === 0 ? null : meanOfDays(window.map((single) => single.rate)),
      windowPosts: window.reduce((sum, single) => sum + single.stats.n, 0),
      windowFrom,
    };
  });
}

function sampledRateOf(stats: DatedStats, sample: SampleSums | undefined): { sampled?: SampledRate } {
  const estimate = sample && estimateSampled({ n: stats.n, sumF: stats.sumPPositive }, sample);
  return estimate && sample ? { sampled: { ...estimate, posts: sample.n } } : {};
}

/** A day with the days that its moving average is made of, and the first day that the window reaches back to. */
export interface Window<Single> {
  readonly last: Single;
  readonly window: readonly Single[];
  readonly windowFrom: Day;
}

/** The window that ends on each of the days (ascending, all with posts). */
export function windowsOf<Single extends { readonly stats: DatedStats }>(
  singles: readonly Single[],
  smoothing: Smoothing,
  breaks: readonly Day[],
): Window<Single>[] {
  return singles.map((last, index) => {
    const { day } = last.stats;
    const modelFrom = breaks.findLast((start) => start <= day) ?? Number.NEGATIVE_INFINITY;
    const rows = singles
      .slice(Math.max(0, index - smoothing.window + 1), index + 1)
      .filter((single) => single.stats.day >= modelFrom);
    const windowFrom =
      smoothing.smoothing === 'calendar'
        ? Math.max(day - smoothing.window + 1, modelFrom)
        : (rows[0]?.stats.day ?? day);
    const window = rows.filter(
      (single) => single.stats.day >= windowFrom && single.stats.n >= smoothing.min_posts_per_day,
    );
    return { last, window, windowFrom };
  });
}
