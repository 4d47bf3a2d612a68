import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../src/files.ts';
import { fileError } from '../src/system-errors.ts';
import { bySlug, DAILY_TABLE, dailyCsv, dailyRecords, tutorialCsv } from './daily-csv.ts';
import { detailsCsv } from './details-csv.ts';
import type { BrandReport, ReportContext } from './model.ts';
import { OVERVIEW_WIDTH, overviewSvg } from './overview.ts';
import { pageHtml } from './page.ts';
import { svgToPng } from './png.ts';
import { parquetBytes } from './tables.ts';

/** The files of a report, as paths. */
export interface ReportPaths {
  readonly csv: string[];
  readonly plot: string;
  readonly page: string;
}

/**
 * Writes the daily CSV (with its details and as Parquet, or one file a brand in the tutorial's form), the plot of all brands and the page into
 * `directory`, which is made where it is missing. The same input gives the same bytes. Errors: those of writing files.
 */
export async function writeReports(
  directory: string,
  brands: readonly BrandReport[],
  context: ReportContext,
  csv: 'standard' | 'tutorial',
): Promise<ReportPaths> {
  await makeDirectory(directory);
  const tables =
    csv === 'standard'
      ? [{ name: 'sentiment_daily_report.csv', text: dailyCsv(brands, context.models) }]
      : [...brands].sort(bySlug).map((brand) => ({
          name: `sentiment_daily_report.${brand.slug}.csv`,
          text: tutorialCsv(brand),
        }));
  const paths: ReportPaths = {
    csv: tables.map(({ name }) => join(directory, name)),
    plot: join(directory, 'sentiment_daily_plot.png'),
    page: join(directory, 'sentiment_daily_report.html'),
  };
  if (csv === 'standard') {
    paths.csv.push(join(directory, 'sentiment_daily_details.csv'));
    tables.push({ name: 'sentiment_daily_details.csv', text: detailsCsv(brands, context) });
    await writeFileAtomic(
      join(directory, 'sentiment_daily_report.parquet'),
      await parquetBytes(DAILY_TABLE, dailyRecords(brands, context.models)),
    );
  }
  for (const { name, text } of tables) await writeFileAtomic(join(directory, name), text);
  await writeFileAtomic(paths.plot, svgToPng(overviewSvg(brands, context), OVERVIEW_WIDTH));
  await writeFileAtomic(paths.page, pageHtml(brands, context));
  return paths;
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw fileError(cause, directory, "The folder can't be made", 'Check that no file has its name.');
  }
}
