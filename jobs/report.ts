import { firingDaysOf } from '../db/alerts.ts';
import { listAnnotations } from '../db/annotations.ts';
import { brandOf } from '../db/brands.ts';
import { driftOf } from '../db/drift.ts';
import { freshness, inputTotals } from '../db/files.ts';
import { otherLanguages } from '../db/languages.ts';
import { rejectsByCode } from '../db/rejects.ts';
import { appliedModels, modelSpans } from '../db/series.ts';
import type { Reader } from '../db/store.ts';
import { chartSvg } from '../reports/chart.ts';
import type { ReportContext, SeriesContext } from '../reports/model.ts';
import { svgToPng } from '../reports/png.ts';
import { writeReports } from '../reports/stage.ts';
import { type DriftMeasures, type DriftSign, driftText } from '../src/aggregate/drift.ts';
import { figuresOfBrands } from '../src/aggregate/stage.ts';
import { isSentimentRule, type Rule, rulesOf } from '../src/alerts/stage.ts';
import { type Day, formatDay, zoneOf } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';
import type { MissedNights } from '../src/missed-nights.ts';
import { modelLabel } from '../src/model/pinned.ts';
import { brandReport, brandReportsOf, ownSeries, ownWindow } from './brand-reports.ts';
import { withMoved } from './moved.ts';
import { reportDirectory, type Session } from './session.ts';

/** Writes the reports that end with a day; the page tells of nights that were made up. */
export async function report(
  session: Session,
  newestDay: Day,
  missed?: MissedNights,
): Promise<{ csv: string[]; plot: string; page: string }> {
  const { config, store, model } = session;
  const { brands, context } = await store.snapshot(async (reader) => ({
    brands: await withMoved(reader, config, newestDay, await brandReportsOf(reader, config, newestDay)),
    context: { ...(await reportContext(reader, config, model.spec.title, newestDay)), missed },
  }));
  return writeReports(reportDirectory(config, newestDay), brands, context, config.report.csv);
}

/** What the charts and tables of all brands have in common. */
export async function seriesContext(reader: Reader, config: Config, newestDay: Day): Promise<SeriesContext> {
  const { time_zone, window, smoothing } = config;
  return { newestDay, timeZone: time_zone, window, smoothing, models: await modelsShown(reader) };
}

/** The same with what a whole report says of its data. */
export async function reportContext(
  reader: Reader,
  config: Config,
  modelName: string,
  newestDay: Day,
): Promise<ReportContext> {
  return {
    ...(await seriesContext(reader, config, newestDay)),
    ...{ asOf: newestDay + 1, modelName },
    warnings: await driftSentences(reader, newestDay),
    quality: {
      ...(await inputTotals(reader)),
      rejectsByCode: await rejectsByCode(reader),
      otherLanguages: await otherLanguages(reader),
      sources: await newestPosts(reader, config),
      drift: await driftCounts(reader, newestDay),
    },
  };
}

/** What is unusual about a day's input, in sentences for people. */
export async function driftSentences(reader: Reader, day: Day): Promise<string[]> {
  return (await driftOf(reader, day)).flatMap(({ scope, signs, measures, held }) => {
    const found = JSON.parse(signs) as DriftSign[];
    if (found.length === 0) return [];
    const who = scope === '*' ? 'the brands with few posts' : scope;
    const text = driftText(found, JSON.parse(measures) as DriftMeasures);
    const waiting = (JSON.parse(held) as string[]).length > 0 ? ' Mails about dips wait until it is as usual.' : '';
    return [`Unusual input of ${who} on ${formatDay(day)}: ${text}.${waiting}`];
  });
}

/** The models of the series as reports name them, each from its first day. */
export async function modelsShown(reader: Reader): Promise<NonNullable<SeriesContext['models']>> {
  const specs = await appliedModels(reader);
  return (await modelSpans(reader)).map((span) => {
    const { calibration, rates } = specs.get(span.modelId) ?? {};
    return {
      ...{ from: span.from, name: modelLabel(span) },
      ...{ calibrated: calibration !== undefined, corrects: rates !== undefined },
    };
  });
}

/** The newest post of each source, in local time. */
async function newestPosts(reader: Reader, config: Config): Promise<NonNullable<ReportContext['quality']['sources']>> {
  const zone = zoneOf(config.time_zone);
  return (await freshness(reader)).map(({ source, newestPostMs }) => ({
    name: source,
    newest:
      newestPostMs === null ? null : new Date(zone.localOf(newestPostMs)).toISOString().slice(0, 16).replace('T', ' '),
  }));
}

async function driftCounts(reader: Reader, day: Day): Promise<{ compared: number; unusual: number }> {
  const rows = await driftOf(reader, day);
  return { compared: rows.length, unusual: rows.filter(({ signs }) => signs !== '[]').length };
}

/** A mail shows the chart 600 wide at most; drawn a little smaller, its words stay readable on a phone. */
const MAIL_CHART = { drawn: 560, shown: 600 };

/** Draws the chart for the mail of a rule. */
export function alertChart(session: Session, newestDay: Day): (rule: Rule) => Promise<Uint8Array> {
  return async (rule) => {
    const brand = await brandOf(session.store.read, rule.brandSlug);
    if (!brand) throw new Error(`no figures for ${rule.brandSlug}`);
    const { report, context } = await session.store.snapshot(async (reader) => {
      const days = { from: undefined, to: newestDay };
      const figures = await figuresOfBrands(reader, session.config, days, brand.brandId);
      const firing = await firingDaysOf(reader, [rule.ruleId], days);
      const own = rulesOf(session.config).filter(({ ruleId }) => ruleId === rule.ruleId);
      const settings = { own, shown: rule, revisions: [], noted: await listAnnotations(reader), firing };
      const { window = session.config.window } = own.find(isSentimentRule) ?? {};
      const measured = { metric: rule.metric, window };
      const series = await ownSeries(reader, session.config, { brandId: brand.brandId, to: newestDay }, measured);
      return {
        report: {
          ...brandReport(brand, settings),
          ...{ figures: figures.get(brand.brandId) ?? [], series, window: ownWindow(session.config, measured) },
        },
        context: await seriesContext(reader, session.config, newestDay),
      };
    });
    return svgToPng(chartSvg(report, context, { width: MAIL_CHART.drawn }), MAIL_CHART.shown);
  };
}
