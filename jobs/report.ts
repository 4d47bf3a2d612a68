import { latestEvents } from '../db/alerts.ts';
import { type Annotation, listAnnotations } from '../db/annotations.ts';
import { type BrandRow, brandOf, listBrands } from '../db/brands.ts';
import { driftOf } from '../db/drift.ts';
import { freshness, inputTotals } from '../db/files.ts';
import { otherLanguages } from '../db/languages.ts';
import { revisionsOf } from '../db/published.ts';
import { rejectsByCode } from '../db/rejects.ts';
import { appliedModels, modelBreaks, modelSpans } from '../db/series.ts';
import type { Reader } from '../db/store.ts';
import { chartSvg } from '../reports/chart.ts';
import { type BrandReport, firingSpans, type ReportContext } from '../reports/model.ts';
import { svgToPng } from '../reports/png.ts';
import { writeReports } from '../reports/stage.ts';
import { type DriftMeasures, type DriftSign, driftText } from '../src/aggregate/drift.ts';
import { joinRevisions, type Revision } from '../src/aggregate/revisions.ts';
import { figuresOf, type SeriesModels, seriesModels } from '../src/aggregate/stage.ts';
import { isSentimentRule, type Rule, rulesOf, shownRule } from '../src/alerts/stage.ts';
import { type Day, formatDay, zoneOf } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';
import type { MissedNights } from '../src/missed-nights.ts';
import { modelLabel } from '../src/model/pinned.ts';
import { movedOf, ownWordsOf } from './movers.ts';
import { reportDirectory, type Session } from './session.ts';

/** What reading figures needs of a session; a command that only reads has no more. */
export type FiguresSource = Pick<Session, 'store' | 'config'>;

/** Every brand with figures up to a day, with where its alerts on sentiment stand. */
export async function brandReports(source: FiguresSource, newestDay: Day): Promise<BrandReport[]> {
  // All brands from one state of the database: a model is switched, and days are computed, while this reads.
  return source.store.snapshot((reader) => brandReportsOf(reader, source.config, newestDay));
}

/** The same from a state of the database that the caller holds; of one brand, and of days from one on, where told so. */
export async function brandReportsOf(
  reader: Reader,
  config: Config,
  newestDay: Day,
  only: { brand?: string | undefined; from?: Day | undefined } = {},
): Promise<BrandReport[]> {
  const rules = rulesOf(config);
  const revisions = await recentRevisions(reader, newestDay);
  const models = await seriesModels(reader);
  const noted = await listAnnotations(reader);
  const reports: BrandReport[] = [];
  for (const brand of await listBrands(reader)) {
    if (only.brand !== undefined && brand.slug !== only.brand) continue;
    const own = rules.filter((rule) => rule.brandSlug === brand.slug && isSentimentRule(rule));
    const shown = shownRule(own, brand.slug);
    const report = await brandReport(reader, config, brand, {
      ...{ own, shown, revisions, newestDay },
      ...{ from: only.from, models, noted },
    });
    if (report.figures.length > 0) reports.push(report);
  }
  return reports;
}

/** Mornings whose corrections of published figures a report shows. */
const REVISION_DAYS = 7;

/** What changed in the week up to the morning after a day, the changes of one brand-day as one. */
export async function recentRevisions(reader: Reader, newestDay: Day): Promise<Revision[]> {
  const morning = newestDay + 1;
  return joinRevisions(await revisionsOf(reader, { from: morning - REVISION_DAYS + 1, to: morning }));
}

async function brandReport(
  reader: Reader,
  config: Config,
  brand: BrandRow,
  {
    own,
    shown,
    revisions,
    newestDay,
    from,
    models,
    noted,
  }: {
    own: readonly Pick<Rule, 'ruleId'>[];
    shown: Pick<Rule, 'metric' | 'below'> | undefined;
    revisions: readonly Revision[];
    newestDay: Day;
    from?: Day | undefined;
    models?: SeriesModels;
    noted?: readonly Annotation[];
  },
): Promise<BrandReport> {
  const days = { to: newestDay, ...(from === undefined ? {} : { from }) };
  const firingDays = new Set<Day>();
  let firing = false;
  for (const { ruleId } of own) {
    const events = await latestEvents(reader, ruleId, days);
    for (const { day, to_state } of events) if (to_state === 'firing') firingDays.add(day);
    firing ||= events.at(-1)?.to_state === 'firing';
  }
  const metric = shown?.metric;
  return {
    slug: brand.slug,
    name: brand.name,
    figures: await figuresOf(reader, config, brand.brandId, newestDay, from, models),
    threshold: shown && (metric === 'mean_pos' || metric === 'positive_rate') ? { metric, below: shown.below } : null,
    firingDays,
    state: own.length === 0 ? null : firing ? 'firing' : 'inactive',
    events: (noted ?? (await listAnnotations(reader))).filter(({ slug }) => slug === null || slug === brand.slug),
    revisions: revisions.filter(({ slug }) => slug === brand.slug),
  };
}

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

const BEFORE_ALERT = 'the week before the alert';
/** Days that a day is compared with. */
const WEEK = 7;

/** The brands with what moved their newest day away from the week before. */
async function withMoved(
  reader: Reader,
  config: Config,
  day: Day,
  brands: readonly BrandReport[],
): Promise<BrandReport[]> {
  const breaks = modelBreaks(await modelSpans(reader));
  const found: BrandReport[] = [];
  for (const brand of brands) {
    const row = await brandOf(reader, brand.slug);
    // While an alert fires, the days before it tell what is usual: soon all of a week are of the dip.
    const alert = brand.state === 'firing' ? firingSpans(brand).at(-1) : undefined;
    const until = alert === undefined ? day - 1 : alert.from - config.window;
    const spans = { days: { from: day, to: day }, before: { from: until - WEEK + 1, to: until } };
    const settings = {
      ...{ breaks, ownWords: ownWordsOf(brand.slug, config.brands[brand.slug]) },
      countOnce: config.duplicates === 'once',
    };
    const moved = row && (await movedOf(reader, row.brandId, spans, settings));
    found.push(moved ? { ...brand, moved: { ...moved, before: alert ? BEFORE_ALERT : 'the week before' } } : brand);
  }
  return found;
}

/** What all brands of a report have in common. */
export async function reportContext(
  reader: Reader,
  config: Config,
  modelName: string,
  newestDay: Day,
): Promise<ReportContext> {
  return {
    asOf: newestDay + 1,
    newestDay,
    timeZone: config.time_zone,
    modelName,
    window: config.window,
    smoothing: config.smoothing,
    models: await modelsShown(reader),
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
export async function modelsShown(reader: Reader): Promise<NonNullable<ReportContext['models']>> {
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
    const report = await session.store.snapshot((reader) =>
      brandReport(reader, session.config, brand, {
        ...{ own: [rule], shown: rule },
        ...{ revisions: [], newestDay },
      }),
    );
    return svgToPng(
      chartSvg(report, await reportContext(session.store.read, session.config, session.model.spec.title, newestDay), {
        width: MAIL_CHART.drawn,
      }),
      MAIL_CHART.shown,
    );
  };
}
