import Papa from 'papaparse';
import type { Estimate } from '../src/aggregate/estimate.ts';
import type { DayFigures } from '../src/aggregate/figures.ts';
import { type Day, formatDay } from '../src/calendar.ts';
import type { BrandReport, SeriesContext } from './model.ts';
import { probabilityBelow } from './sureness.ts';
import type { Column } from './tables.ts';

/** The columns of the daily CSV, in order. */
const DAILY_COLUMNS = [
  ...['brand', 'day', 'total', 'positives', 'mean_pos', 'ma3', 'alert'],
  ...['negatives', 'users', 'mean_pos_low', 'mean_pos_high', 'ma3_low', 'ma3_high'],
  ...['positive_rate', 'positive_rate_low', 'positive_rate_high', 'positive_rate_ma3', 'window_posts', 'model'],
  ...['corrected_rate', 'corrected_low', 'corrected_high'],
  ...['sampled_rate', 'sampled_low', 'sampled_high', 'sampled_posts'],
  ...['neutrals', 'threshold', 'p_below'],
];

const WHOLE = new Set(['total', 'positives', 'negatives', 'neutrals', 'users', 'window_posts', 'sampled_posts']);

/** The same with their types, for tables that keep them. */
export const DAILY_TABLE: readonly Column[] = DAILY_COLUMNS.map((name) => {
  if (name === 'brand' || name === 'day' || name === 'model') return { name, type: 'text' };
  if (name === 'alert') return { name, type: 'truth' };
  return { name, type: WHOLE.has(name) ? 'whole' : 'number' };
});

const TUTORIAL_COLUMNS = ['created_at', 'total', 'positives', 'mean_pos', 'ma3'];

/** What a spreadsheet would run as a formula, by its first character. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * `sentiment_daily_report.csv`: a record for each brand and day with posts, brands by slug, days ascending.
 * `alert` tells whether the brand's alert was firing at the end of the day; it is empty for a brand without alerts.
 * `model` is the model whose figures the day shows; the corrected rate is empty for a model that has none, and its interval is of 90 %. So is that of the sampled rate, which a day has when an accurate model read `sampled_posts` of it.
 * `threshold` is what the brand's alert watches for now, `p_below` how sure it is that the average lies below it. Scores, rates and ends of intervals are in [0, 1]; an end that is not known is empty.
 */
export function dailyCsv(brands: readonly BrandReport[], models: SeriesContext['models'] = []): string {
  return csvOf(DAILY_COLUMNS, dailyRecords(brands, models));
}

/** The records of the daily CSV, cell by cell. */
export function dailyRecords(
  brands: readonly BrandReport[],
  models: SeriesContext['models'] = [],
): (string | number)[][] {
  const modelOf = (day: Day) => models.findLast(({ from }) => from === null || from <= day)?.name ?? '';
  return [...brands]
    .sort(bySlug)
    .flatMap((brand) =>
      brand.figures.map((figures) => [
        ...[brand.slug, formatDay(figures.day), figures.total, figures.positives],
        ...[decimal(figures.meanPos.value), decimal(figures.ma3?.value), alertCell(brand, figures)],
        ...[figures.negatives, figures.users, ...ends(figures.meanPos), ...ends(figures.ma3)],
        ...[decimal(figures.positiveRate.value), ...ends(figures.positiveRate)],
        ...[decimal(figures.positiveRateMa3?.value), figures.windowPosts, modelOf(figures.day)],
        ...[decimal(figures.correctedRate?.value), ...ends(figures.correctedRate)],
        ...[decimal(figures.sampled?.value), ...ends(figures.sampled ?? null), figures.sampled?.posts ?? 0],
        ...[figures.total - figures.positives - figures.negatives],
        ...[brand.threshold?.below ?? '', decimal(probabilityBelow(brand, figures))],
      ]),
    );
}

/** One brand in the five columns of the tutorial: `created_at,total,positives,mean_pos,ma3`. */
export function tutorialCsv(brand: BrandReport): string {
  const records = brand.figures.map(({ day, total, positives, meanPos, ma3 }) => {
    return [formatDay(day), total, positives, decimal(meanPos.value), decimal(ma3?.value)];
  });
  return csvOf(TUTORIAL_COLUMNS, records);
}

/** Records as CSV with LF at each end, where text that a spreadsheet would run begins with an apostrophe. */
export function csvOf(columns: readonly string[], records: readonly (readonly (string | number)[])[]): string {
  // The header goes in as a record: given apart, it gets an empty line after it when there are no records.
  return csvLines([columns, ...records]);
}

/** Records as lines of CSV, without a header. */
export function csvLines(records: readonly (readonly (string | number)[])[]): string {
  const rows = records.map((record) => [...record]);
  return `${Papa.unparse(rows, { newline: '\n', escapeFormulae: FORMULA })}\n`;
}

/**
 * Six decimals, always: scores are summed in parts per million, so further digits would be noise,
 * and a fixed number of them keeps two runs' files comparable line by line.
 */
function decimal(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : value.toFixed(6);
}

function ends(estimate: Estimate | null): string[] {
  return [decimal(estimate?.low), decimal(estimate?.high)];
}

function alertCell(brand: BrandReport, { day }: DayFigures): string {
  return brand.state === null ? '' : String(brand.firingDays.has(day));
}

/** By code unit, which no locale changes. */
export function bySlug(a: BrandReport, b: BrandReport): number {
  return a.slug < b.slug ? -1 : a.slug > b.slug ? 1 : 0;
}
