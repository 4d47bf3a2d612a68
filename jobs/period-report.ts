import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { brandOf } from '../db/brands.ts';
import { seriesStatsOf } from '../db/series.ts';
import type { Reader } from '../db/store.ts';
import { detailsCsv } from '../reports/details-csv.ts';
import type { BrandReport } from '../reports/model.ts';
import { OVERVIEW_WIDTH, overviewSvg } from '../reports/overview.ts';
import { changeOf, type Period, type PeriodBrand, type PeriodFigures } from '../reports/period-model.ts';
import { periodPage } from '../reports/period-page.ts';
import { PERIOD_TABLE, periodCsv, periodRecords } from '../reports/period-table.ts';
import { svgToPng } from '../reports/png.ts';
import { parquetBytes } from '../reports/tables.ts';
import { type DatedStats, sumStats } from '../src/aggregate/day-stats.ts';
import { estimateMean, estimatePositiveRate } from '../src/aggregate/estimate.ts';
import { type SeriesModels, seriesModels } from '../src/aggregate/stage.ts';
import { formatDay } from '../src/calendar.ts';
import { throwIfAborted } from '../src/errors.ts';
import { writeFileAtomic } from '../src/files.ts';
import { brandReportsOf } from './brand-reports.ts';
import { movedOf } from './moved.ts';
import { reportContext } from './report.ts';
import type { Session } from './session.ts';

/**
 * Writes the summary of a week or month, page, plot and tables, into a folder of its own below `reports`. Errors: those of writing files,
 * E_INTERRUPTED between brands.
 */
export async function periodReport(
  session: Session,
  period: Period,
): Promise<{ csv: string[]; plot: string; page: string }> {
  const { config, store, model, signal } = session;
  const { brands, context } = await store.snapshot(async (reader) => {
    const models = await seriesModels(reader);
    const found: PeriodBrand[] = [];
    for (const brand of await brandReportsOf(reader, config, period.to)) {
      throwIfAborted(signal);
      found.push(await periodBrand(reader, session, { brand, period, models }));
    }
    return { brands: found, context: await reportContext(reader, config, model.spec.title, period.to) };
  });
  const directory = join(config.data_dir, 'reports', `${period.kind}-${formatDay(period.from)}`);
  await mkdir(directory, { recursive: true });
  const file = (name: string): string => join(directory, `sentiment_${period.kind}_${name}`);
  const written = { csv: [file('report.csv'), file('details.csv')], plot: file('plot.png'), page: file('report.html') };
  await writeFileAtomic(file('report.csv'), periodCsv(brands, period));
  await writeFileAtomic(file('details.csv'), detailsCsv(brands, context));
  await writeFileAtomic(file('report.parquet'), await parquetBytes(PERIOD_TABLE, periodRecords(brands, period)));
  await writeFileAtomic(written.plot, svgToPng(overviewSvg(brands, context), OVERVIEW_WIDTH));
  await writeFileAtomic(written.page, periodPage(brands, period, context));
  return written;
}

async function periodBrand(
  reader: Reader,
  { config }: Session,
  { brand, period, models }: { brand: BrandReport; period: Period; models: SeriesModels },
): Promise<PeriodBrand> {
  const row = await brandOf(reader, brand.slug);
  const read = async (days: { from: number; to: number }) =>
    figuresOf(row ? await seriesStatsOf(reader, row.brandId, days) : []);
  const [now, previous] = [await read(period), await read(period.before)];
  const compares = !models.breaks.some((day) => day > period.before.from && day <= period.to);
  const names = { days: `the ${period.kind}`, before: `the ${period.kind} before` };
  const spans = { days: period, before: period.before };
  const moved = await movedOf(reader, config, { slug: brand.slug, breaks: models.breaks, spans, names });
  return {
    ...brand,
    ...{ period: now, previous },
    change: now && previous && compares ? changeOf(now.meanPos, previous.meanPos) : null,
    firingDaysInPeriod: [...brand.firingDays].filter((day) => day >= period.from && day <= period.to).length,
    ...(moved ? { moved } : {}),
  };
}

/** All posts of some days together; null without any. A person who posts on two days counts as two. */
function figuresOf(stats: readonly DatedStats[]): PeriodFigures | null {
  const all = sumStats(stats);
  if (all.n === 0) return null;
  return {
    ...{
      days: stats.filter(({ n }) => n > 0).length,
      total: all.n,
      positives: all.nPositive,
      negatives: all.nNegative,
    },
    ...{ meanPos: estimateMean(all), positiveRate: estimatePositiveRate(all) },
  };
}
