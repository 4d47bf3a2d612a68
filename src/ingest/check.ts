import { zoneOf } from '../calendar.ts';
import type { Config } from '../config/schema.ts';
import { createPeople } from '../privacy/people.ts';
import { openAttribution } from './attribution.ts';
import { COLUMN_USES, type ColumnUse, candidates } from './column-names.ts';
import { writtenDate } from './date-cells.ts';
import { notesOf } from './file.ts';
import { describeFiles } from './inbox.ts';
import { isDamage, type Plan, planFile, readPlanned } from './plan.ts';
import type { RowProblem } from './reader.ts';
import { createRowReader } from './rows.ts';
import { settingsOf, withBrand } from './source.ts';

const CHECKED_ROWS = 1000;
const SHOWN_POSTS = 5;
const SHOWN_REJECTS = 10;

/** What reading a file would do, by its first rows. */
export interface Check {
  file: string;
  source: string;
  /** Why the file as a whole can't be read; the rest is missing then. */
  problem?: RowProblem;
  reading?: {
    packing: Plan['packing'];
    format: Plan['format'];
    encoding: string;
    delimiter: string | null;
    /** Lines above the header that are passed over. */
    titles: number;
    columns: { use: ColumnUse; column: string; not_used: string[] }[];
    /** Columns that are only kept beside the post. */
    others: string[];
    /** Day or month first, where the file's dates leave that open. */
    date_order: string | null;
    /** The zone of times without an offset. */
    time_zone: string;
    notes: string[];
  };
  rows: number;
  posts: number;
  rejected: number;
  rejects_by_code: Record<string, number>;
  /** Posts of each brand, by slug; a post may have several. */
  brands: Record<string, number>;
  without_brand: number;
  /** Posts in another language than `language`, by code; they belong to no brand. */
  other_language: Record<string, number>;
  rejects: { row: number; line: number; code: string; reason: string }[];
  samples: { at: string; date: string; user_id: string | null; key: string; text: string; brands: string[] }[];
}

/** Reads the first rows of a file as ingest would and tells what became of them. Writes nothing. Errors: E_FILE. */
export async function checkFile(
  path: string,
  { config, source, nowMs }: { config: Config; source?: string | undefined; nowMs: number },
): Promise<Check> {
  const [found] = await describeFiles(config.inbox, [path]);
  const name = source ?? found?.source ?? '';
  const check: Check = {
    ...{ file: path, source: name, rows: 0, posts: 0, rejected: 0, rejects_by_code: {} },
    ...{ brands: {}, without_brand: 0, other_language: {}, rejects: [], samples: [] },
  };
  const settings = settingsOf(config, name);
  const file = { path, name: path };
  const plan = await planFile(file, settings);
  if ('code' in plan) return { ...check, problem: plan };

  const attribution = await openAttribution(config);
  let spoilt = 0;
  const read = createRowReader({
    columns: plan.columns,
    zone: zoneOf(config.time_zone),
    dates: { zone: plan.zone, order: plan.dateOrder },
    nowMs,
    ...attribution,
    match: withBrand(attribution.match, settings.brand),
    // Nothing is stored, so nobody has to be looked up.
    people: createPeople('keep', new Uint8Array(32), new Set()),
    onSpoilt: () => {
      spoilt += 1;
    },
  });
  try {
    reading: for await (const rows of readPlanned(file, plan, () => {}))
      for (const row of rows) {
        if (check.rows === CHECKED_ROWS) break reading;
        addRow(check, row, read(row), writtenDate(row.fields, plan.columns));
      }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    check.problem = { code: 'R_DAMAGED', reason: thrown.message };
  }
  return { ...check, reading: { ...describePlan(plan, settings.columns), notes: notesOf(plan, spoilt) } };
}

function addRow(
  check: Check,
  { row, line }: { row: number; line: number },
  outcome: ReturnType<ReturnType<typeof createRowReader>>,
  date: string,
): void {
  check.rows += 1;
  if ('code' in outcome) {
    const { code, reason } = outcome;
    check.rejected += 1;
    check.rejects_by_code[code] = (check.rejects_by_code[code] ?? 0) + 1;
    if (check.rejects.length < SHOWN_REJECTS) check.rejects.push({ row, line, code, reason });
    return;
  }
  check.posts += 1;
  const brands = outcome.brands.map(({ slug }) => slug);
  const { otherLanguage } = outcome;
  if (otherLanguage) check.other_language[otherLanguage] = (check.other_language[otherLanguage] ?? 0) + 1;
  else if (brands.length === 0) check.without_brand += 1;
  for (const slug of brands) check.brands[slug] = (check.brands[slug] ?? 0) + 1;
  if (check.samples.length < SHOWN_POSTS)
    check.samples.push({
      ...{ at: new Date(outcome.atMs).toISOString(), date, user_id: outcome.userId, key: outcome.key },
      ...{ text: outcome.body, brands },
    });
}

function describePlan(
  plan: Plan,
  mapping: Parameters<typeof candidates>[1],
): Omit<NonNullable<Check['reading']>, 'notes'> {
  const found = candidates(plan.header, mapping);
  const nameOf = (index: number): string => plan.header[index] ?? '';
  return {
    packing: plan.packing,
    format: plan.format,
    encoding: plan.dialect.encoding,
    delimiter: plan.format === 'csv' ? plan.dialect.delimiter : null,
    titles: plan.titles,
    columns: COLUMN_USES.flatMap((use) => {
      const [chosen, ...rest] = found[use];
      return chosen === undefined ? [] : [{ use, column: nameOf(chosen), not_used: rest.map(nameOf) }];
    }),
    others: plan.columns.others.map(({ name }) => name),
    date_order: plan.dateOrder ?? null,
    time_zone: plan.zone.name,
  };
}
