import { createHash } from 'node:crypto';
import { beginFile, type FileRow, findFile, finishFile, reopenFile, saveLayout, sourceId } from '../../db/files.ts';
import { addRejects } from '../../db/rejects.ts';
import type { Context } from '../context.ts';
import { MonitorError, throwIfAborted } from '../errors.ts';
import type { People } from '../privacy/people.ts';
import type { Attribution } from './attribution.ts';
import { addToBatch, BATCH_ROWS, type BrandNumbers, emptyBatch, storeBatch } from './batch.ts';
import { readPieces } from './bytes.ts';
import { type InboxFile, isUnchanged } from './inbox.ts';
import { isDamage, type Plan, planFile, readPlanned } from './plan.ts';
import type { RowProblem } from './reader.ts';
import { layoutOf } from './retry.ts';
import { createRowReader } from './rows.ts';
import { type SourceSettings, settingsOf, withBrand } from './source.ts';
import type { FileSummary } from './summary.ts';

/** Work that is done between the batches of rows. */
export interface BesideIngest {
  beforeBatch(): Promise<void>;
  afterBatch(counts: { readonly updated: number }): Promise<void>;
}

interface FileOutcome {
  outcome: FileSummary;
  rejectsByCode: Record<string, number>;
  /** The hash of the content, once every row of it is in the database. */
  sha256?: string;
}

/**
 * Reads one file into the store, from where it was left if it was begun before. A file whose content can't be used gets the
 * state `failed` and one reject, row 0, that says why; its rows up to there are kept. Before its first row it can fail for want of
 * a setting, so then every run looks at it again. A file that can't be opened or read to its end keeps the state it had, so that
 * the next run tries again; one that changes while it is looked at is left for the next run. All this is told in the outcome,
 * not thrown.
 */
export async function ingestFile(
  context: Context,
  file: InboxFile,
  attribution: Attribution,
  brandNumbers: BrandNumbers,
  people: People,
  beside?: BesideIngest,
): Promise<FileOutcome> {
  const result: FileOutcome = { outcome: outcomeOf(file, 'read'), rejectsByCode: {} };
  const { outcome } = result;
  try {
    const sha256 = await hashOf(file);
    const known = await findFile(context.store.read, sha256);
    const settings = settingsOf(context.config, file.source);
    const isDone = known?.state === 'read' || (known?.state === 'failed' && known.rows > 0);
    const plan = isDone ? undefined : await planFile(file, settings);
    if (plan === undefined || (known?.state === 'failed' && 'code' in plan)) {
      context.progress.advance(file.size);
      return { ...result, outcome: outcomeOf(file, 'unchanged'), ...(known?.state === 'read' ? { sha256 } : {}) };
    }
    if (!(await isUnchanged(file))) return waitingFile(file);
    const record = await openRecord(context, file, sha256, known);
    const problem =
      'code' in plan
        ? plan
        : await readInto(context, file, record, plan, settings, attribution, brandNumbers, people, result, beside);
    await context.store.transaction(async (tx) => {
      if (problem) await addRejects(tx, record.file_id, [{ row: 0, line: 1, ...problem, raw: Buffer.from(file.name) }]);
      await finishFile(tx, record.file_id, problem ? 'failed' : 'read', context.clock());
    });
    if (problem) Object.assign(outcome, { state: 'failed', reason: problem.reason });
    else result.sha256 = sha256;
  } catch (thrown) {
    if (!isUnreadable(thrown)) throw thrown;
    Object.assign(outcome, { state: 'failed', reason: thrown.message });
  }
  return result;
}

/** The outcome of a file that someone is still writing. */
export function waitingFile(file: InboxFile): FileOutcome {
  return { outcome: outcomeOf(file, 'waiting'), rejectsByCode: {} };
}

function outcomeOf({ name, source }: InboxFile, state: FileSummary['state']): FileSummary {
  return { name, source, state, rows: 0, stored: 0, duplicates: 0, updated: 0, otherLanguage: 0, rejected: 0 };
}

async function hashOf(file: InboxFile): Promise<string> {
  const digest = createHash('sha256');
  for await (const piece of readPieces(file.path, { size: file.size || Number.POSITIVE_INFINITY }))
    digest.update(piece);
  return digest.digest('hex');
}

/** The record of a file with this content, begun now if there is none, taken up again if it failed. */
async function openRecord(
  { store, zone, clock }: Context,
  file: InboxFile,
  sha256: string,
  known: FileRow | undefined,
): Promise<FileRow> {
  if (known?.state === 'reading') return known;
  return store.transaction(async (tx) => {
    const place = { sourceId: await sourceId(tx, file.source), name: file.name };
    return known === undefined
      ? beginFile(tx, { ...place, sha256, day: zone.dayOf(clock()) })
      : reopenFile(tx, known.file_id, place);
  });
}

/** Reads and stores the rows that the record doesn't count yet. Returns what is wrong with the file as a whole, if anything. */
async function readInto(
  { store, zone, clock, signal, progress }: Context,
  file: InboxFile,
  record: FileRow,
  plan: Plan,
  settings: SourceSettings,
  attribution: Attribution,
  brandNumbers: BrandNumbers,
  people: People,
  { outcome, rejectsByCode }: FileOutcome,
  beside?: BesideIngest,
): Promise<RowProblem | undefined> {
  const place = { fileId: record.file_id, sourceId: record.source_id };
  let batch = emptyBatch();
  const storeRows = async (): Promise<void> => {
    throwIfAborted(signal);
    if (batch.rows === 0) return;
    await beside?.beforeBatch();
    const { counts, rejects } = await storeBatch(store, place, batch, brandNumbers);
    await beside?.afterBatch(counts);
    outcome.rows += counts.rows;
    outcome.stored += counts.stored;
    outcome.duplicates += counts.duplicates;
    outcome.updated += counts.updated;
    outcome.otherLanguage += counts.otherLanguage;
    outcome.rejected += counts.rejected;
    for (const { code } of rejects) rejectsByCode[code] = (rejectsByCode[code] ?? 0) + 1;
    batch = emptyBatch();
  };

  if (record.layout === null)
    await store.transaction((tx) => saveLayout(tx, record.file_id, JSON.stringify(layoutOf(plan))));
  let spoilt = 0;
  const read = createRowReader({
    columns: plan.columns,
    zone,
    dates: { zone: plan.zone, order: plan.dateOrder },
    nowMs: clock(),
    ...attribution,
    match: withBrand(attribution.match, settings.brand),
    people,
    onSpoilt: () => {
      spoilt += 1;
    },
  });
  let problem: RowProblem | undefined;
  try {
    for await (const rows of readPlanned(file, plan, (bytes) => progress.advance(bytes))) {
      for (const row of rows) {
        // Rows that are stored already are read all the same, because identical rows are counted from the first.
        const post = read(row);
        if (row.row > record.rows) addToBatch(batch, row, post, people);
        if (row.row % BATCH_ROWS === 0) await storeRows();
      }
    }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    problem = { code: 'R_DAMAGED', reason: thrown.message };
  }
  await storeRows();
  const notes = notesOf(plan, spoilt);
  if (notes.length > 0) outcome.notes = notes;
  return problem;
}

/** What is worth a word about a file that was read. */
export function notesOf({ dialect, broken }: Pick<Plan, 'dialect' | 'broken'>, spoilt: number): string[] {
  return [
    ...(dialect.encoding === 'utf-8' ? [] : [`it was read as ${dialect.encoding}`]),
    ...(broken > 0 ? [`${broken} places are not UTF-8 and became \ufffd`] : []),
    ...(spoilt > 0 ? [`${spoilt} ids that a spreadsheet rounded, such as 5.40E+17, were taken as missing`] : []),
  ];
}

function isUnreadable(thrown: unknown): thrown is MonitorError {
  return thrown instanceof MonitorError && thrown.code === 'E_FILE';
}
