import { advanceFile, type FileRow, filesWithRejects, reopenFile, sourceName } from '../../db/files.ts';
import { deleteRejects, listRejects, type RejectRow } from '../../db/rejects.ts';
import type { Tx } from '../../db/store.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import { openPeople, type People } from '../privacy/people.ts';
import { type Attribution, openAttribution } from './attribution.ts';
import { type Batch, emptyBatch, placePosts } from './batch.ts';
import { findColumns } from './columns.ts';
import { readJsonLines } from './json-lines.ts';
import { type Plan, zoneOfPlan } from './plan.ts';
import { decode, type RawRow, readRows } from './reader.ts';
import { createRowReader } from './rows.ts';
import { settingsOf, withBrand } from './source.ts';

/** What a retry of the rejected rows came to. */
export interface RetrySummary {
  /** Rows whose content was read again, and what became of them. */
  rows: number;
  stored: number;
  duplicates: number;
  rejected: number;
  /** Rows of which no content was kept. */
  withoutContent: number;
  /** Files that failed before their first row; the next run reads them again if they are still in the inbox. */
  reopened: number;
}

const PAGE = 2_000;

/** How the rows of a file are cut into fields, as `files.layout` keeps it. */
type Layout = Pick<Plan, 'format' | 'dialect' | 'header' | 'dateOrder'>;

export function layoutOf({ format, dialect, header, dateOrder }: Plan): Layout {
  // Rows are kept decoded, whatever the encoding of their file.
  return { format, dialect: { ...dialect, encoding: 'utf-8', newline: 'lf' }, header, dateOrder };
}

/**
 * Reads the content of rejected rows again with the config of today. Those that pass become posts and leave the list.
 * One transaction a file, because identical rows are counted through it. Errors: E_INTERRUPTED between files.
 */
export async function retryRejects(context: Context): Promise<RetrySummary> {
  const { store, signal } = context;
  const summary: RetrySummary = { rows: 0, stored: 0, duplicates: 0, rejected: 0, withoutContent: 0, reopened: 0 };
  const people = await openPeople(context);
  const attribution = await openAttribution(context.config);
  for (const file of await filesWithRejects(store.read)) {
    throwIfAborted(signal);
    await store.transaction(async (tx) => {
      // It failed as a whole, before its first row: that is the only reject that comes without one.
      if (file.rows === 0) {
        await reopenFile(tx, file.file_id, { sourceId: file.source_id, name: file.name });
        summary.reopened += 1;
      } else if (file.layout !== null)
        await retryFile(tx, context, file, JSON.parse(file.layout) as Layout, attribution, people, summary);
    });
  }
  return summary;
}

async function retryFile(
  tx: Tx,
  { zone, clock, config }: Context,
  file: FileRow,
  layout: Layout,
  attribution: Attribution,
  people: People,
  summary: RetrySummary,
): Promise<void> {
  const settings = settingsOf(config, await sourceName(tx, file.source_id));
  const columns = findColumns(layout.header, settings.columns);
  if (typeof columns === 'string') return;
  const read = createRowReader({
    columns,
    zone,
    dates: { zone: zoneOfPlan(columns, settings), order: settings.dateOrder ?? layout.dateOrder },
    nowMs: clock(),
    ...attribution,
    match: withBrand(attribution.match, settings.brand),
    people,
  });
  let after: { fileId: number; row: number } | undefined;
  for (;;) {
    const page = await listRejects(tx, { fileId: file.file_id, after, limit: PAGE });
    const last = page.at(-1);
    if (!last) return;
    after = last;
    const batch = emptyBatch();
    for (const reject of page) {
      if (reject.row === 0) continue;
      if (reject.raw.length === 0) summary.withoutContent += 1;
      else await readAgain(batch, reject, layout, read, summary);
    }
    const {
      sealed,
      added: _,
      otherLanguage: __,
      ...counts
    } = await placePosts(tx, file.source_id, batch.posts, new Map());
    const out = new Set(sealed);
    const done = batch.places.filter((_, index) => !out.has(index)).map(({ row }) => row);
    await deleteRejects(tx, file.file_id, done);
    await advanceFile(tx, file.file_id, { rows: 0, ...counts, rejected: -done.length });
    summary.stored += counts.stored;
    summary.duplicates += counts.duplicates;
    summary.rejected += sealed.length;
  }
}

async function readAgain(
  batch: Batch,
  { row, line, raw }: RejectRow,
  layout: Layout,
  read: ReturnType<typeof createRowReader>,
  summary: RetrySummary,
): Promise<void> {
  summary.rows += 1;
  const again = await rowAgain(raw, layout);
  const outcome = again && read(again);
  if (!outcome || 'code' in outcome) summary.rejected += 1;
  else {
    batch.posts.push(outcome);
    batch.places.push({ row, line });
  }
}

/** The row that a kept piece of a file is; undefined when it is none, or more than one. */
async function rowAgain(raw: Uint8Array, { format, dialect, header }: Layout): Promise<RawRow | undefined> {
  const piece = once(raw);
  const read = format === 'json-lines' ? readJsonLines(decode(piece, dialect), header) : readRows(piece, dialect);
  const rows: RawRow[] = [];
  for await (const some of read) rows.push(...some);
  return rows.length === 1 ? rows[0] : undefined;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
