import { type PostRow, postPages } from '../db/analysts.ts';
import type { Store } from '../db/store.ts';
import { DAILY_TABLE, dailyRecords } from '../reports/daily-csv.ts';
import { type Column, type Sink, type TableFormat, tableWriter } from '../reports/tables.ts';
import type { Day } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';
import { throwIfAborted } from '../src/errors.ts';
import { brandReportsOf } from './brand-reports.ts';
import { modelsShown } from './report.ts';

export const EXPORT_KINDS = ['posts', 'daily'] as const;

/** What to export. Days are inclusive; without a brand, all of them. */
export interface ExportRequest {
  readonly kind: (typeof EXPORT_KINDS)[number];
  readonly format: TableFormat;
  readonly brand?: string | undefined;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}

const POST_COLUMNS: readonly (Column & { readonly name: keyof PostRow })[] = [
  { name: 'post_id', type: 'whole' },
  { name: 'source', type: 'text' },
  { name: 'source_key', type: 'text' },
  { name: 'posted_at', type: 'text' },
  { name: 'day', type: 'text' },
  { name: 'brand', type: 'text' },
  { name: 'user_id', type: 'text' },
  { name: 'text', type: 'text' },
  { name: 'original_text', type: 'text' },
  { name: 'p_negative', type: 'number' },
  { name: 'p_neutral', type: 'number' },
  { name: 'p_positive', type: 'number' },
  { name: 'score', type: 'number' },
];

/**
 * Writes posts or daily figures into a sink, all as they stood at one moment, also while a run is at work; gives the number
 * of rows. Memory stays flat over any number of posts. Errors: E_INTERRUPTED between pages.
 */
export async function exportTable(
  store: Store,
  config: Config,
  request: ExportRequest,
  sink: Sink,
  signal: AbortSignal,
): Promise<number> {
  return store.snapshot(async (tx) => {
    let rows = 0;
    if (request.kind === 'posts') {
      const table = await tableWriter(request.format, POST_COLUMNS, sink);
      for await (const page of postPages(tx, request)) {
        throwIfAborted(signal);
        await table.add(page.map((row) => POST_COLUMNS.map(({ name }) => row[name])));
        rows += page.length;
      }
      await table.end();
      return rows;
    }
    const table = await tableWriter(request.format, DAILY_TABLE, sink);
    const models = await modelsShown(tx);
    for (const report of await brandReportsOf(tx, config, request.to ?? LAST, request)) {
      throwIfAborted(signal);
      await table.add(dailyRecords([report], models));
      rows += report.figures.length;
    }
    await table.end();
    return rows;
  });
}

/** Beyond every day that a post can have. */
const LAST = 1_000_000;
