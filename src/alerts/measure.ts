import { estimateCorrectedRate } from '../aggregate/corrected-rate.ts';
import type { DatedStats } from '../aggregate/day-stats.ts';
import {
  type Estimate,
  estimateMean,
  estimateNetSentiment,
  estimatePositiveRate,
  meanOfDays,
} from '../aggregate/estimate.ts';
import { type Smoothing, windowsOf } from '../aggregate/figures.ts';
import { NORMAL_95 } from '../aggregate/wilson.ts';
import type { Day, Days } from '../calendar.ts';
import type { Metric } from '../config/schema.ts';
import type { Rates } from '../model/calibration.ts';
import type { AlertRule, SentimentRule, VolumeRule } from './rule.ts';
import { type Observation, type Usual, usualOf } from './usual.ts';

/** A brand's days, ascending, as the database has them; and what their figures need besides. */
export interface Series {
  readonly stats: readonly DatedStats[];
  /** Days on which another model begins. */
  readonly breaks: readonly Day[];
  /** What corrects the rate of a day. */
  readonly ratesOf: (day: Day) => Rates | null;
}

/** One day as a rule looks at it. */
export interface DayInput {
  readonly day: Day;
  /** Scored posts of the day itself. */
  readonly total: number;
  /** The day's own figure, for a rule on sentiment. */
  readonly daily?: Estimate;
  /** The metric smoothed over the window that ends on the day, with its 95 % interval; null without figures. */
  readonly smoothed: Estimate | null;
  /** Posts in the window, and its first day. */
  readonly windowPosts: number;
  readonly windowFrom: Day | null;
  /** What the brand's own past lets expect, for the rules that compare with it; null with too little of it. */
  readonly usual: Usual | null;
  /** Sources of the brand that have not delivered this day to its end, though the time for it has run out. */
  readonly missingSources: readonly string[];
  /** Whole hours since the last export, for a rule on freshness; null before the first. */
  readonly hoursSinceExport: number | null;
}

/** A day on which there is nothing to measure. */
export function emptyDay(day: Day): DayInput {
  return {
    ...{ day, total: 0, smoothed: null, windowPosts: 0, windowFrom: null, usual: null },
    ...{ missingSources: [], hoursSinceExport: null },
  };
}

/**
 * The days of a series as a rule looks at them, from `from` to `to`: those with posts for a rule on sentiment, every day since the
 * brand's first for one on volume, none for one on freshness, which looks at exports.
 */
export function dayInputs(
  rule: AlertRule,
  series: Series,
  settings: Pick<Smoothing, 'smoothing' | 'min_posts_per_day'>,
  range: Days,
): DayInput[] {
  if (rule.type === 'freshness') return [];
  if (rule.type === 'volume') return volumeInputs(rule, series, range);
  return sentimentInputs(rule, series, { ...settings, window: rule.window }, range);
}

function sentimentInputs(
  rule: SentimentRule,
  { stats, breaks, ratesOf }: Series,
  smoothing: Smoothing,
  { from, to }: Days,
): DayInput[] {
  // As many rows before the first day as the window is long reach back as far as the window does, counted either way; as many as a
  // baseline has days reach back as far as that does.
  const used = stats.filter(({ n, day }) => n > 0 && day <= to);
  const first = used.findIndex(({ day }) => day >= from);
  // On most nights nothing is new: then no average of the past is needed.
  if (first < 0) return [];
  const rowsBefore = rule.window - 1 + (rule.type === 'baseline' ? rule.days : 0);
  const singles = singlesOf(rule.metric, used.slice(Math.max(0, first - rowsBefore)), ratesOf);
  return windowsOf(singles, smoothing, breaks)
    .filter(({ last }) => last.stats.day >= from)
    .map(({ last, window, windowFrom }) => {
      const { day, n } = last.stats;
      return {
        ...emptyDay(day),
        total: n,
        daily: last.estimate,
        smoothed: window.length === 0 ? null : smooth(rule.metric, window),
        windowPosts: window.reduce((sum, single) => sum + single.stats.n, 0),
        windowFrom,
        usual: rule.type === 'threshold' ? null : usualBefore(rule, singles, window, windowFrom, smoothing, breaks),
      };
    });
}

/** A day of a metric: its own figure, and the average that ends on it. */
export interface MetricDay {
  readonly day: Day;
  readonly total: number;
  readonly daily: Estimate;
  readonly smoothed: Estimate | null;
}

/** A metric's days with posts, ascending: as a rule on it measures them. */
export function metricSeries(metric: Metric, { stats, breaks, ratesOf }: Series, smoothing: Smoothing): MetricDay[] {
  return windowsOf(singlesOf(metric, stats, ratesOf), smoothing, breaks).map(
    ({ last: { stats: of, estimate }, window }) => ({
      ...{ day: of.day, total: of.n, daily: estimate },
      smoothed: window.length === 0 ? null : smooth(metric, window),
    }),
  );
}

type Single = { readonly stats: DatedStats; readonly estimate: Estimate };

/** The days that have a figure of the metric. */
function singlesOf(metric: Metric, stats: readonly DatedStats[], ratesOf: Series['ratesOf']): Single[] {
  return stats.flatMap((day) => {
    const estimate = day.n === 0 ? null : estimateMetric(metric, day, ratesOf(day.day));
    return estimate === null ? [] : [{ stats: day, estimate }];
  });
}

/** What the days before a window let expect of it; days of another model say nothing. */
function usualBefore(
  rule: Extract<SentimentRule, { type: 'baseline' }>,
  singles: readonly Single[],
  window: readonly Single[],
  windowFrom: Day,
  { min_posts_per_day, window: length }: Smoothing,
  breaks: readonly Day[],
): Usual | null {
  const modelFrom = breaks.findLast((day) => day <= windowFrom) ?? Number.NEGATIVE_INFINITY;
  const first = Math.max(windowFrom - rule.days, modelFrom);
  // A day of a few posts says as little about what is usual as such a window would.
  const least = Math.max(min_posts_per_day, rule.minPosts / length);
  const history = singles
    .filter(({ stats }) => stats.day >= first && stats.day < windowFrom && stats.n >= least)
    .map(({ stats, estimate }) => ({ day: stats.day, value: estimate.value }));
  const days = window.map(({ stats }) => stats.day);
  return usualOf(history, days, rule);
}

/** A day's own figure of a metric; null for a corrected rate of a model that has no correction. */
function estimateMetric(metric: Metric, stats: DatedStats, rates: Rates | null): Estimate | null {
  if (metric === 'mean_pos') return estimateMean(stats);
  if (metric === 'positive_rate') return estimatePositiveRate(stats);
  return metric === 'net_sentiment' ? estimateNetSentiment(stats) : estimateCorrectedRate(stats, rates);
}

/**
 * The mean over days. The correction of a rate is the same mistake on each day, so there the days' standard errors are averaged
 * and not, as of independent figures, their squares.
 */
function smooth(metric: Metric, window: readonly Single[]): Estimate {
  const days = window.map(({ estimate }) => estimate);
  const mean = meanOfDays(days, metric === 'net_sentiment' ? -1 : 0);
  if (metric !== 'corrected_rate' || mean.standardError === null) return mean;
  const standardError = days.reduce((sum, day) => sum + (day.standardError ?? 0), 0) / days.length;
  const half = NORMAL_95 * standardError;
  const { value } = mean;
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half), standardError };
}

function volumeInputs(rule: VolumeRule, { stats }: Series, { from, to }: Days): DayInput[] {
  const firstDay = stats.find(({ n }) => n > 0)?.day;
  if (firstDay === undefined) return [];
  const posts = new Map(stats.map(({ day, n }) => [day, n]));
  const inputs: DayInput[] = [];
  for (let day = Math.max(from, firstDay); day <= to; day += 1) {
    const history: Observation[] = [];
    for (let past = Math.max(firstDay, day - rule.days); past < day; past += 1)
      history.push({ day: past, value: posts.get(past) ?? 0 });
    const total = posts.get(day) ?? 0;
    inputs.push({
      ...emptyDay(day),
      ...{ total, windowPosts: total, windowFrom: day },
      usual: usualOf(history, [day], rule),
    });
  }
  return inputs;
}
