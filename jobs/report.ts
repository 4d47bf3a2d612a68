import { latestEvents } from '../db/alerts.ts';
import { brandIdOf, listBrands } from '../db/brands.ts';
import { inputTotals } from '../db/files.ts';
import { rejectsByCode } from '../db/rejects.ts';
import { chartPng } from '../reports/chart.ts';
import type { BrandReport } from '../reports/model.ts';
import { writeReports } from '../reports/stage.ts';
import { figuresOf } from '../src/aggregate/stage.ts';
import { rulesOf } from '../src/alerts/rule.ts';
import type { Day } from '../src/calendar.ts';
import { reportDirectory, type Session } from './session.ts';

/** Every brand with figures up to a day, with where its first rule stands. */
export async function brandReports(
  session: Pick<Session, 'store' | 'config'> & { model: { modelId: number } },
  newestDay: Day,
): Promise<BrandReport[]> {
  const { store, config, model } = session;
  const rules = rulesOf(config);
  const reports: BrandReport[] = [];
  for (const brand of await listBrands(store.read)) {
    const figures = await figuresOf(session, model.modelId, brand.brandId, newestDay);
    if (figures.length === 0) continue;
    const rule = rules.find((candidate) => candidate.brandSlug === brand.slug);
    const events = rule ? await latestEvents(store.read, rule.ruleId, { to: newestDay }) : [];
    reports.push({
      slug: brand.slug,
      name: brand.name,
      figures,
      threshold: rule ? { metric: rule.metric, below: rule.below } : null,
      firingDays: new Set(events.filter((event) => event.to_state === 'firing').map((event) => event.day)),
      state: rule ? (events.at(-1)?.to_state ?? 'inactive') : null,
    });
  }
  return reports;
}

/** Writes the reports that end with a day. */
export async function report(session: Session, newestDay: Day): Promise<{ csv: string[]; plot: string; page: string }> {
  const { config, model, store } = session;
  return writeReports(
    reportDirectory(config, newestDay),
    await brandReports(session, newestDay),
    {
      asOf: newestDay + 1,
      newestDay,
      timeZone: config.time_zone,
      modelName: model.spec.title,
      window: config.window,
      smoothing: config.smoothing,
      quality: { ...(await inputTotals(store.read)), rejectsByCode: await rejectsByCode(store.read) },
    },
    config.report.csv,
  );
}

/** Draws the chart for a brand's mail. */
export function alertChart(session: Session, newestDay: Day): (brandSlug: string) => Promise<Uint8Array> {
  return async (brandSlug) => {
    const brandId = await brandIdOf(session.store.read, brandSlug);
    const reports = await brandReports(session, newestDay);
    const brand = reports.find((candidate) => candidate.slug === brandSlug);
    if (brandId === undefined || !brand) throw new Error(`no figures for ${brandSlug}`);
    return chartPng(brand);
  };
}
