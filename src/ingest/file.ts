import { createHash } from 'node:crypto';
import { beginFile, type FileRow, findFile, finishFile, saveLayout, sourceId } from '../../db/files.ts';
import { addRejects } from '../../db/rejects.ts';
import type { Store } from '../../db/store.ts';
import type { Context } from '../context.ts';
import { MonitorError, throwIfAborted } from '../errors.ts';
import type { People } from '../privacy/people.ts';
import { addToBatch, BATCH_ROWS, type BrandNumbers, emptyBatch, storeBatch } from './batch.ts';
import type { Matcher } from './brands.ts';
import { readBytes, readPieces } from './bytes.ts';
import { findColumns } from './columns.ts';
import type { InboxFile } from './inbox.ts';
import { type RowProblem, readRows } from './reader.ts';
import type { Layout } from './retry.ts';
import { createRowReader } from './rows.ts';
import type { FileSummary } from './summary.ts';

interface FileOutcome {
  outcome: FileSummary;
  rejectsByCode: Record<string, number>;
}

/**
 * Reads one file into the store, from where it was left if it was begun before. A file whose content can't be used gets the
 * state `failed` and one reject, row 0, that says why; its rows up to there are kept. A file that can't be opened or read to its
 * end keeps the state it had, so that the next run tries again. Both are told in the outcome, not thrown.
 */
export async function ingestFile(
  context: Context,
  file: InboxFile,
  match: Matcher,
  brandNumbers: BrandNumbers,
  people: People,
): Promise<FileOutcome> {
  const { store } = context;
  const outcome: FileSummary = {
    ...{ name: file.name, source: file.source, state: 'read' },
    ...{ rows: 0, stored: 0, duplicates: 0, updated: 0, rejected: 0 },
  };
  const rejectsByCode: Record<string, number> = {};
  try {
    const record = await openRecord(context, file);
    if (record.state !== 'reading') {
      context.progress.advance(file.size);
      return { outcome: { ...outcome, state: 'unchanged' }, rejectsByCode };
    }
    const problem = await readInto(context, file, record, match, brandNumbers, people, { outcome, rejectsByCode });
    await store.transaction(async (tx) => {
      if (problem) await addRejects(tx, record.file_id, [{ row: 0, line: 1, ...problem, raw: Buffer.from(file.name) }]);
      await finishFile(tx, record.file_id, problem ? 'failed' : 'read');
    });
    if (problem) Object.assign(outcome, { state: 'failed', reason: problem.reason });
  } catch (thrown) {
    if (!isUnreadable(thrown)) throw thrown;
    Object.assign(outcome, { state: 'failed', reason: thrown.message });
  }
  return { outcome, rejectsByCode };
}

/** The record of a file with this content, begun now if there is none. */
async function openRecord({ store, zone, clock }: Context, file: InboxFile): Promise<FileRow> {
  const digest = createHash('sha256');
  for await (const piece of readPieces(file.path)) digest.update(piece);
  const sha256 = digest.digest('hex');
  const known = await findFile(store.read, sha256);
  if (known) return known;
  return store.transaction(async (tx) =>
    beginFile(tx, { sourceId: await sourceId(tx, file.source), sha256, name: file.name, day: zone.dayOf(clock()) }),
  );
}

/** Reads and stores the rows that the record doesn't count yet. Returns what is wrong with the file as a whole, if anything. */
async function readInto(
  { store, zone, clock, signal, progress }: Context,
  file: InboxFile,
  record: FileRow,
  match: Matcher,
  brandNumbers: BrandNumbers,
  people: People,
  { outcome, rejectsByCode }: FileOutcome,
): Promise<RowProblem | undefined> {
  const place = { fileId: record.file_id, sourceId: record.source_id };
  let batch = emptyBatch();
  const storeRows = async (): Promise<void> => {
    throwIfAborted(signal);
    if (batch.rows === 0) return;
    const { counts, rejects } = await storeBatch(store, place, batch, brandNumbers);
    outcome.rows += counts.rows;
    outcome.stored += counts.stored;
    outcome.duplicates += counts.duplicates;
    outcome.updated += counts.updated;
    outcome.rejected += counts.rejected;
    for (const { code } of rejects) rejectsByCode[code] = (rejectsByCode[code] ?? 0) + 1;
    batch = emptyBatch();
  };

  let read: ReturnType<typeof createRowReader> | undefined;
  let problem: RowProblem | undefined;
  try {
    for await (const rows of readRows(readBytes(file.path, (bytes) => progress.advance(bytes)))) {
      for (const row of rows) {
        if (read === undefined) {
          const columns = row.problem ? `the header is broken: ${row.problem.reason}` : findColumns(row.fields);
          if (typeof columns === 'string') return { code: 'R_HEADER', reason: columns };
          if (record.layout === null) await keepLayout(store, record.file_id, { header: row.fields });
          read = createRowReader({ columns, zone, nowMs: clock(), match, people });
          continue;
        }
        // Rows that are stored already are read all the same, because identical rows are counted from the first.
        const post = read(row);
        if (row.row > record.rows) addToBatch(batch, row, post, people);
        if (row.row % BATCH_ROWS === 0) await storeRows();
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof MonitorError && thrown.code === 'E_INPUT')) throw thrown;
    problem = { code: 'R_DAMAGED', reason: thrown.message };
  }
  await storeRows();
  if (read === undefined) problem ??= { code: 'R_HEADER', reason: 'the file is empty: it has no header' };
  return problem;
}

function keepLayout(store: Store, fileId: number, layout: Layout): Promise<void> {
  return store.transaction((tx) => saveLayout(tx, fileId, JSON.stringify(layout)));
}

function isUnreadable(thrown: unknown): thrown is MonitorError {
  return thrown instanceof MonitorError && thrown.code === 'E_FILE';
}
