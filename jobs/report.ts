import { latestEvents } from '../db/alerts.ts';
import { type BrandRow, listBrands } from '../db/brands.ts';
import { inputTotals } from '../db/files.ts';
import { rejectsByCode } from '../db/rejects.ts';
import { type ModelSpan, modelSpans } from '../db/series.ts';
import type { Reader } from '../db/store.ts';
import { chartSvg } from '../reports/chart.ts';
import type { BrandReport, ReportContext } from '../reports/model.ts';
import { svgToPng } from '../reports/png.ts';
import { writeReports } from '../reports/stage.ts';
import { figuresOf } from '../src/aggregate/stage.ts';
import { type Rule, rulesOf } from '../src/alerts/stage.ts';
import type { Day } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';
import { modelLabel } from '../src/model/pinned.ts';
import { reportDirectory, type Session } from './session.ts';

/** What reading figures needs of a session; a command that only reads has no more. */
export type FiguresSource = Pick<Session, 'store' | 'config'>;

/** Every brand with figures up to a day, with where its first rule stands. */
export async function brandReports(source: FiguresSource, newestDay: Day): Promise<BrandReport[]> {
  const rules = rulesOf(source.config);
  // All brands from one state of the database: a model is switched, and days are computed, while this reads.
  return source.store.snapshot(async (reader) => {
    const reports: BrandReport[] = [];
    for (const brand of await listBrands(reader)) {
      const rule = rules.find((candidate) => candidate.brandSlug === brand.slug);
      const report = await brandReport(reader, source.config, brand, rule, newestDay);
      if (report.figures.length > 0) reports.push(report);
    }
    return reports;
  });
}

async function brandReport(
  reader: Reader,
  config: Config,
  brand: BrandRow,
  rule: Rule | undefined,
  newestDay: Day,
): Promise<BrandReport> {
  const events = rule ? await latestEvents(reader, rule.ruleId, { to: newestDay }) : [];
  return {
    slug: brand.slug,
    name: brand.name,
    figures: await figuresOf(reader, config, brand.brandId, newestDay),
    threshold: rule ? { metric: rule.metric, below: rule.below } : null,
    firingDays: new Set(events.filter((event) => event.to_state === 'firing').map((event) => event.day)),
    state: rule ? (events.at(-1)?.to_state ?? 'inactive') : null,
  };
}

/** Writes the reports that end with a day. */
export async function report(session: Session, newestDay: Day): Promise<{ csv: string[]; plot: string; page: string }> {
  const { config } = session;
  return writeReports(
    reportDirectory(config, newestDay),
    await brandReports(session, newestDay),
    await reportContext(session, newestDay),
    config.report.csv,
  );
}

async function reportContext({ config, model, store }: Session, newestDay: Day): Promise<ReportContext> {
  return {
    asOf: newestDay + 1,
    newestDay,
    timeZone: config.time_zone,
    modelName: model.spec.title,
    window: config.window,
    smoothing: config.smoothing,
    models: modelsOf(await modelSpans(store.read)),
    quality: { ...(await inputTotals(store.read)), rejectsByCode: await rejectsByCode(store.read) },
  };
}

/** The models of the series as reports name them. */
function modelsOf(spans: readonly ModelSpan[]): { from: Day | null; name: string }[] {
  return spans.map((span) => ({ from: span.from, name: modelLabel(span) }));
}

/** A mail shows the chart 600 wide at most; drawn a little smaller, its words stay readable on a phone. */
const MAIL_CHART = { drawn: 560, shown: 600 };

/** Draws the chart for the mail of a rule. */
export function alertChart(session: Session, newestDay: Day): (rule: Rule) => Promise<Uint8Array> {
  return async (rule) => {
    const brand = (await listBrands(session.store.read)).find((candidate) => candidate.slug === rule.brandSlug);
    if (!brand) throw new Error(`no figures for ${rule.brandSlug}`);
    const report = await session.store.snapshot((reader) =>
      brandReport(reader, session.config, brand, rule, newestDay),
    );
    return svgToPng(
      chartSvg(report, await reportContext(session, newestDay), { width: MAIL_CHART.drawn }),
      MAIL_CHART.shown,
    );
  };
}
