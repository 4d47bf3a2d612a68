import { listAnnotations } from '../../db/annotations.ts';
import { brandIdOf } from '../../db/brands.ts';
import { dailyFigures } from '../aggregate/figures.ts';
import { type Day, formatDay } from '../calendar.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { MissedNights } from '../missed-nights.ts';
import type { AlertContent, AlertKind } from './alert-content.ts';
import { type DriverSettings, type Drivers, driversOf, NO_DRIVERS, ownWordsOf, spansOfAlert } from './drivers.ts';
import { ruleText } from './explain.ts';
import { maskHandles } from './handles.ts';
import { seriesOfBrand } from './inputs.ts';
import { metricSeries } from './measure.ts';
import { alertContent } from './message.ts';
import type { Rule, SentimentRule } from './rule.ts';
import type { SecondOpinion } from './second-opinion.ts';

/** Something to tell about a rule's dip. Days are those of the decisions. */
export interface AlertNews {
  readonly rule: Rule;
  readonly kind: AlertKind;
  /** Length of the rule's moving average in days. */
  readonly window: number;
  /** First day of the dip, and the newest day that there is a figure of. */
  readonly since: Day;
  readonly day: Day;
  /** The smoothed metric of that day with its 95 % interval, the posts it rests on, and the first day of its window. */
  readonly figure: {
    readonly value: number;
    readonly low: number | null;
    readonly high: number | null;
    readonly posts: number;
    readonly windowFrom: Day;
  };
  /** The last figure before the dip. */
  readonly before: { readonly day: Day; readonly value: number } | null;
  /** Of a dip that is over: its last day, the lowest figure that it came to, and whether posts that arrived late undid it. */
  readonly last?: Day | undefined;
  readonly lowest?: { readonly day: Day; readonly value: number } | undefined;
  readonly isUndone?: boolean;
  /** What the accurate model says of it, where the rule asks one. */
  readonly secondOpinion?: SecondOpinion | undefined;
}

/** What a run adds to each alert that it tells. */
export interface TellingRun {
  readonly newestDay: Day;
  /** Nights that this run made up, for the mail to say so. */
  readonly missed?: MissedNights | undefined;
  /** Draws the PNG for the mail of a rule whose newest decided day is `day`. */
  chartFor(rule: Rule, day: Day): Uint8Array | Promise<Uint8Array>;
}

/** A rule on sentiment as it is told: with the limits of the day, which stand in for fixed ones where it follows the brand's own past. */
export function toldRule(rule: SentimentRule, limits: Pick<Rule, 'below' | 'recoverAbove'>): Rule {
  const { ruleId, brandSlug, brandName, metric, minPosts } = rule;
  const { below, recoverAbove } = limits;
  return {
    ...{ ruleId, brandSlug, brandName, metric, minPosts, below, recoverAbove },
    ...{ text: ruleText(rule), limitMoves: rule.type === 'baseline' },
  };
}

type TellContext = Pick<Context, 'store' | 'config'>;

/** Days in the small table of the text part. */
const RECENT_DAYS = 7;

/** Writes what is told about a dip, and draws its chart; undefined for a brand without figures. */
export async function writeAlert(
  { store, config }: TellContext,
  run: TellingRun,
  news: AlertNews,
): Promise<{ alert: AlertContent; chart: string } | undefined> {
  const { rule, since, day, kind, figure, window: length } = news;
  const brandId = await brandIdOf(store.read, rule.brandSlug);
  if (brandId === undefined) return undefined;
  const series = await seriesOfBrand(store.read, brandId, day);
  const { breaks } = series;
  const ownWords = ownWordsOf(config, rule.brandSlug);
  const drivers =
    kind === 'resolved' ? NO_DRIVERS : await dipDrivers({ store, config }, brandId, news, { breaks, ownWords });
  const smoothing = { ...config, window: length };
  const days = metricSeries(rule.metric, series, smoothing).slice(-RECENT_DAYS);
  const first = Math.min(figure.windowFrom, days[0]?.day ?? day);
  const content = alertContent(
    {
      ...{ kind, rule, since, day, ...figure, window: length },
      ...{
        before: news.before,
        last: news.last,
        lowest: news.lowest,
        isUndone: news.isUndone ?? false,
        recent: dailyFigures(series.stats.slice(-RECENT_DAYS), smoothing, breaks),
        series: days,
        drivers,
      },
      events: (await listAnnotations(store.read, brandId)).filter((event) => event.day >= first && event.day <= day),
      page: pageOf(config, rule, day),
      missed: run.missed,
      secondOpinion: news.secondOpinion,
    },
    config.mail.handles === 'mask' ? (text) => maskHandles(text, ownHandles(ownWords)) : undefined,
  );
  const chart = await run.chartFor(rule, day);
  return { alert: content, chart: Buffer.from(chart).toString('base64') };
}

/** What pulled a brand down in the window that an alert rests on. */
async function dipDrivers(
  { store, config }: TellContext,
  brandId: number,
  { day, since, figure }: AlertNews,
  words: Pick<DriverSettings, 'breaks' | 'ownWords'>,
): Promise<Drivers> {
  const settings = { ...words, countOnce: config.duplicates === 'once' };
  const spans = spansOfAlert(figure.windowFrom, day, since);
  return (await driversOf(store.read, brandId, spans, settings, 'negative')) ?? NO_DRIVERS;
}

/** The handles that name the brand itself: they say nothing about people. */
function ownHandles(ownWords: readonly string[]): string[] {
  return ownWords.map((word) => word.replaceAll(' ', ''));
}

/** The day's page of the dashboard, where colleagues can open one. */
function pageOf({ public_url: base }: Config, { brandSlug }: Rule, day: Day): string | undefined {
  return base === undefined ? undefined : `${base.replace(/\/+$/, '')}/brands/${brandSlug}/days/${formatDay(day)}`;
}
