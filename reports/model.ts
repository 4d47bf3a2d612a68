import type { Estimate } from '../src/aggregate/estimate.ts';
import type { DayFigures } from '../src/aggregate/figures.ts';
import type { Revision } from '../src/aggregate/revisions.ts';
import { METRIC_NAME } from '../src/alerts/words.ts';
import type { Day } from '../src/calendar.ts';
import type { Metric } from '../src/config/schema.ts';
import type { MissedNights } from '../src/missed-nights.ts';
import type { Moved } from './moved.ts';

/** One brand as it is reported. */
export interface BrandReport {
  readonly slug: string;
  readonly name: string;
  /** The brand's days with scored posts, ascending. */
  readonly figures: readonly DayFigures[];
  /** The fixed threshold that the chart shows; null for a brand without one. */
  readonly threshold: { readonly metric: Metric; readonly below: number } | null;
  /** Days of the moving average that the threshold is on, where it is another than that of all figures. */
  readonly window?: number | undefined;
  /** The days of what the threshold is on, where that is none of the figures: a corrected rate, net sentiment, another average. */
  readonly series?: readonly SeriesPoint[] | undefined;
  /** The days that ended with an alert on sentiment firing. */
  readonly firingDays: ReadonlySet<Day>;
  /** Whether one is firing at the end of the newest day; null for a brand without alerts on sentiment. */
  readonly state: 'firing' | 'inactive' | null;
  /** The alert that fires where it is another than that of the threshold: `7-day sentiment more than 3 standard errors below …`. */
  readonly otherAlert?: string | undefined;
  /** Events that people noted for this brand or for all, by day. */
  readonly events: readonly NotedEvent[];
  /** Published figures that were found changed in the last days, the largest change first. */
  readonly revisions: readonly Revision[];
  /** What moved the newest day, or the days of an alert; absent where their mean score is within chance of the days before. */
  readonly moved?: Moved | undefined;
}

/** Something that happened on a day, in a few words. */
export interface NotedEvent {
  readonly day: Day;
  readonly text: string;
}

/** What the charts and tables of all brands have in common. */
export interface SeriesContext {
  /** The newest day that is shown. */
  readonly newestDay: Day;
  readonly timeZone: string;
  /** The models that the days are shown by, each from its first day on; one, unless the history was kept at a change. */
  readonly models?: readonly {
    readonly from: Day | null;
    readonly name: string;
    /** Whether its probabilities are calibrated, and whether it corrects rates. */
    readonly calibrated?: boolean;
    readonly corrects?: boolean;
  }[];
  /** Length and kind of the moving average. */
  readonly window: number;
  readonly smoothing: 'calendar' | 'rows';
}

/** The same with where the figures come from and how good the data is, which takes counting. */
export interface ReportContext extends SeriesContext {
  /** The morning of the run: that of the day after `newestDay`, usually. */
  readonly asOf: Day;
  /** Mornings without a nightly job that the one of `asOf` made up. */
  readonly missed?: MissedNights | undefined;
  readonly modelName: string;
  /** What is unusual about the newest day's input, in sentences. */
  readonly warnings: readonly string[];
  readonly quality: {
    readonly files: number;
    readonly rows: number;
    readonly stored: number;
    readonly duplicates: number;
    readonly rejected: number;
    readonly rejectsByCode: Readonly<Record<string, number>>;
    /** Posts in languages that no brand counts, by code. */
    readonly otherLanguages: Readonly<Record<string, number>>;
    /** Where posts come from, each with the local time of its newest post. */
    readonly sources?: readonly { readonly name: string; readonly newest: string | null }[];
    /** Comparisons of the newest day's input with the weeks before, and those that found something. */
    readonly drift?: { readonly compared: number; readonly unusual: number };
  };
}

/** A day on which another model begins. */
export interface ModelChange {
  readonly day: Day;
  readonly name: string;
}

/** Where the series goes over to another model. */
export function modelChanges({ models = [] }: Pick<SeriesContext, 'models'>): ModelChange[] {
  return models.flatMap(({ from, name }) => (from === null ? [] : [{ day: from, name }]));
}

/** A day of the series that a chart draws: the day's own figure and the moving average that ends on it. */
export interface SeriesPoint {
  readonly day: Day;
  readonly total: number;
  readonly daily: Estimate;
  readonly smoothed: Estimate | null;
}

/** The series that matters for a brand: the one that its alert watches, mean_pos without an alert. */
export function metricOf(brand: BrandReport): Metric {
  return brand.threshold?.metric ?? 'mean_pos';
}

/** The brand's days in the series that matters for it, ascending. */
export function seriesOf(brand: BrandReport): SeriesPoint[] {
  const metric = metricOf(brand);
  if (brand.series || metric === 'corrected_rate' || metric === 'net_sentiment') return [...(brand.series ?? [])];
  return brand.figures.map(({ day, total, meanPos, positiveRate, ma3, positiveRateMa3 }) =>
    metric === 'mean_pos'
      ? { day, total, daily: meanPos, smoothed: ma3 }
      : { day, total, daily: positiveRate, smoothed: positiveRateMa3 },
  );
}

/** The moving average that matters for a brand: that of its alert. */
export function smoothingOf(
  { window }: Pick<BrandReport, 'window'>,
  context: Pick<SeriesContext, 'window' | 'smoothing'>,
): Pick<SeriesContext, 'window' | 'smoothing'> {
  return { window: window ?? context.window, smoothing: context.smoothing };
}

/** The days on which an alert was firing, as spans of first and last day. A day without posts does not end a span. */
export function firingSpans(brand: BrandReport): { from: Day; to: Day }[] {
  const reported = new Set(brand.figures.map(({ day }) => day));
  const spans: { from: Day; to: Day }[] = [];
  for (const day of [...brand.firingDays].sort((a, b) => a - b)) {
    const span = spans.at(-1);
    if (span !== undefined && !hasQuietDay(reported, span.to + 1, day)) span.to = day;
    else spans.push({ from: day, to: day });
  }
  return spans;
}

/** Whether a day from `from` up to, not including, `to` has posts (and so is a day on which nothing fired). */
function hasQuietDay(reported: ReadonlySet<Day>, from: Day, to: Day): boolean {
  for (let day = from; day < to; day += 1) if (reported.has(day)) return true;
  return false;
}

/** What charts and tables call a day's figure: "mean score", "positive rate". */
export const FIGURE_NAME: Record<Metric, string> = { ...METRIC_NAME, mean_pos: 'mean score' };

/** How the moving average is called: "3-day mean", "3-day positive rate"; "3-row mean" over days with posts only. */
export function smoothedName(
  metric: Metric,
  { window, smoothing }: Pick<SeriesContext, 'window' | 'smoothing'>,
): string {
  return `${window}-${smoothing === 'calendar' ? 'day' : 'row'} ${metric === 'mean_pos' ? 'mean' : FIGURE_NAME[metric]}`;
}

/** The same for brands of several kinds together: "3-day average"; "Moving average" where their lengths differ. */
export function averageName(
  brands: readonly Pick<BrandReport, 'window'>[],
  context: Pick<SeriesContext, 'window' | 'smoothing'>,
): string {
  const window = commonWindow(brands, context);
  return window === undefined
    ? 'Moving average'
    : `${window}-${context.smoothing === 'calendar' ? 'day' : 'row'} average`;
}

/** The length of the moving averages of some brands; undefined where it differs. */
export function commonWindow(
  brands: readonly Pick<BrandReport, 'window'>[],
  context: Pick<SeriesContext, 'window'>,
): number | undefined {
  const [first = context.window, ...others] = new Set(brands.map(({ window }) => window ?? context.window));
  return others.length === 0 ? first : undefined;
}
