import Papa from 'papaparse';
import { advanceFile, type FileRow, filesWithRejects, reopenFile } from '../../db/files.ts';
import { deleteRejects, listRejects, type RejectRow } from '../../db/rejects.ts';
import type { Tx } from '../../db/store.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import { openPeople, type People } from '../privacy/people.ts';
import { type Batch, emptyBatch, placePosts } from './batch.ts';
import { createMatcher } from './brands.ts';
import { findColumns } from './columns.ts';
import { type RawRow, readRows } from './reader.ts';
import { createRowReader } from './rows.ts';

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
export interface Layout {
  header: readonly string[];
}

/**
 * Reads the content of rejected rows again with the config of today. Those that pass become posts and leave the list.
 * One transaction a file, because identical rows are counted through it. Errors: E_INTERRUPTED between files.
 */
export async function retryRejects(context: Context): Promise<RetrySummary> {
  const { store, signal } = context;
  const summary: RetrySummary = { rows: 0, stored: 0, duplicates: 0, rejected: 0, withoutContent: 0, reopened: 0 };
  const people = await openPeople(context);
  for (const file of await filesWithRejects(store.read)) {
    throwIfAborted(signal);
    await store.transaction(async (tx) => {
      if (file.state === 'failed' && file.rows === 0) {
        await reopenFile(tx, file.file_id);
        summary.reopened += 1;
      } else if (file.layout !== null)
        await retryFile(tx, context, file, JSON.parse(file.layout) as Layout, people, summary);
    });
  }
  return summary;
}

async function retryFile(
  tx: Tx,
  { zone, clock, config }: Context,
  file: FileRow,
  layout: Layout,
  people: People,
  summary: RetrySummary,
): Promise<void> {
  const columns = findColumns(layout.header);
  if (typeof columns === 'string') return;
  const read = createRowReader({ columns, zone, nowMs: clock(), match: createMatcher(config.brands), people });
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
    const { sealed, added: _, ...counts } = await placePosts(tx, file.source_id, batch.posts, new Map());
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
  const bytes = Buffer.concat([Buffer.from(`${Papa.unparse([[...layout.header]])}\n`), raw]);
  const rows: RawRow[] = [];
  for await (const some of readRows(once(bytes))) rows.push(...some);
  const again = rows[1];
  const outcome = again && rows.length === 2 ? read(again) : undefined;
  if (!outcome || 'code' in outcome) summary.rejected += 1;
  else {
    batch.posts.push(outcome);
    batch.places.push({ row, line });
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
