import type { Selectable } from 'kysely';
import type { Day } from '../src/calendar.ts';
import type { FileState, Schema } from './schema.ts';
import type { Reader, Tx } from './store.ts';

export type FileRow = Selectable<Schema['files']>;
export type FileCounts = Pick<FileRow, 'rows' | 'stored' | 'duplicates' | 'updated' | 'rejected'>;

/** The number of a source, made when the name is new. */
export async function sourceId(tx: Tx, name: string): Promise<number> {
  const known = await tx.db.selectFrom('sources').select('source_id').where('name', '=', name).executeTakeFirst();
  if (known) return known.source_id;
  // Only where it is new: an insert that meets a row uses up a number on PostgreSQL.
  const row = await tx.db
    .insertInto('sources')
    .values({ name, watermark_ms: null })
    .returning('source_id')
    .executeTakeFirstOrThrow();
  return row.source_id;
}

/** The record of a file with this content, whatever its name. */
export function findFile(reader: Reader, sha256: string): Promise<FileRow | undefined> {
  return reader.db.selectFrom('files').selectAll().where('sha256', '=', sha256).executeTakeFirst();
}

/** Starts the record of a file: state `reading`, nothing counted. */
export function beginFile(
  tx: Tx,
  file: { sourceId: number; sha256: string; name: string; day: Day },
): Promise<FileRow> {
  return tx.db
    .insertInto('files')
    .values({
      source_id: file.sourceId,
      sha256: file.sha256,
      name: file.name,
      state: 'reading',
      rows: 0,
      stored: 0,
      duplicates: 0,
      rejected: 0,
      updated: 0,
      layout: null,
      judged: 0,
      begun_day: file.day,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Adds a batch to a file's counts. */
export async function advanceFile(tx: Tx, fileId: number, add: FileCounts): Promise<void> {
  await tx.db
    .updateTable('files')
    .set((eb) => ({
      rows: eb('rows', '+', add.rows),
      stored: eb('stored', '+', add.stored),
      duplicates: eb('duplicates', '+', add.duplicates),
      updated: eb('updated', '+', add.updated),
      rejected: eb('rejected', '+', add.rejected),
    }))
    .where('file_id', '=', fileId)
    .execute();
}

export async function finishFile(
  tx: Tx,
  fileId: number,
  state: Exclude<FileState, 'reading'>,
  finishedMs: number | null = null,
): Promise<void> {
  await tx.db.updateTable('files').set({ state, finished_ms: finishedMs }).where('file_id', '=', fileId).execute();
}

/** What has been read so far, over all files. */
export async function inputTotals(reader: Reader): Promise<FileCounts & { files: number }> {
  const row = await reader.db
    .selectFrom('files')
    .select((eb) => [
      eb.fn.countAll().as('files'),
      eb.fn.sum('rows').as('rows'),
      eb.fn.sum('stored').as('stored'),
      eb.fn.sum('duplicates').as('duplicates'),
      eb.fn.sum('updated').as('updated'),
      eb.fn.sum('rejected').as('rejected'),
    ])
    .executeTakeFirstOrThrow();
  return {
    files: Number(row.files),
    rows: Number(row.rows ?? 0),
    stored: Number(row.stored ?? 0),
    duplicates: Number(row.duplicates ?? 0),
    updated: Number(row.updated ?? 0),
    rejected: Number(row.rejected ?? 0),
  };
}

/** Keeps how the rows of a file are cut into fields. */
export async function saveLayout(tx: Tx, fileId: number, layout: string): Promise<void> {
  await tx.db.updateTable('files').set({ layout }).where('file_id', '=', fileId).execute();
}

/** The files that have rejected rows, in the order in which they were read. */
export function filesWithRejects(reader: Reader): Promise<FileRow[]> {
  return reader.db
    .selectFrom('files as f')
    .selectAll('f')
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('rejects as r').select('r.row').whereRef('r.file_id', '=', 'f.file_id')),
    )
    .orderBy('f.file_id')
    .execute();
}

/**
 * Lets a file that failed before its first row be read from the start. It is the file of whoever delivers it now: another source
 * may have other settings.
 */
export async function reopenFile(tx: Tx, fileId: number, now: { sourceId: number; name: string }): Promise<FileRow> {
  await tx.db.deleteFrom('rejects').where('file_id', '=', fileId).execute();
  return tx.db
    .updateTable('files')
    .set({ state: 'reading', judged: 0, source_id: now.sourceId, name: now.name })
    .where('file_id', '=', fileId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The name of a source. */
export async function sourceName(reader: Reader, sourceId: number): Promise<string> {
  const row = await reader.db
    .selectFrom('sources')
    .select('name')
    .where('source_id', '=', sourceId)
    .executeTakeFirstOrThrow();
  return row.name;
}

/** How far a source has delivered. */
export interface Freshness {
  source: string;
  files: number;
  newestPostMs: number | null;
  /** When its newest file was read to its end. */
  lastFileMs: number | null;
}

/** Every source, by name, with its newest post and file. */
export async function freshness(reader: Reader): Promise<Freshness[]> {
  const rows = await reader.db
    .selectFrom('sources as s')
    .leftJoin('files as f', 'f.source_id', 's.source_id')
    .select((eb) => [
      's.name',
      's.watermark_ms',
      eb.fn.count('f.file_id').as('files'),
      eb.fn.max('f.finished_ms').as('finished'),
    ])
    .groupBy(['s.source_id', 's.name', 's.watermark_ms'])
    .orderBy('s.name')
    .execute();
  const number = (value: unknown) => (value === null ? null : Number(value));
  return rows.map((row) => ({
    source: row.name,
    files: Number(row.files),
    newestPostMs: number(row.watermark_ms),
    lastFileMs: number(row.finished),
  }));
}
