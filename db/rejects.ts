import type { Reader, Tx } from './store.ts';

export interface NewReject {
  row: number;
  line: number;
  code: string;
  reason: string;
  raw: Uint8Array;
}

/** A rejected row with the file that it is in. */
export interface RejectRow extends NewReject {
  fileId: number;
  file: string;
  source: string;
}

/** Keeps the rows that can't be used, with what is wrong with each. */
export async function addRejects(tx: Tx, fileId: number, rejects: readonly NewReject[]): Promise<void> {
  for (let start = 0; start < rejects.length; start += 500)
    await tx.db
      .insertInto('rejects')
      .values(
        rejects
          .slice(start, start + 500)
          .map((reject) => ({ file_id: fileId, ...reject, raw: Buffer.from(reject.raw) })),
      )
      .execute();
}

/** Rejected rows per reason code. */
export async function rejectsByCode(reader: Reader): Promise<Record<string, number>> {
  const rows = await reader.db
    .selectFrom('rejects')
    .select((eb) => ['code', eb.fn.countAll().as('count')])
    .groupBy('code')
    .orderBy('code')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.code, Number(row.count)]));
}

/** A page of rejected rows by file and row, beyond the one given. */
export async function listRejects(
  reader: Reader,
  query: {
    source?: string | undefined;
    code?: string | undefined;
    fileId?: number;
    after?: { fileId: number; row: number } | undefined;
    limit: number;
  },
): Promise<RejectRow[]> {
  const { source, code, fileId, after, limit } = query;
  let select = reader.db
    .selectFrom('rejects as r')
    .innerJoin('files as f', 'f.file_id', 'r.file_id')
    .innerJoin('sources as s', 's.source_id', 'f.source_id')
    .selectAll('r')
    .select(['f.name as file', 's.name as source']);
  if (source !== undefined) select = select.where('s.name', '=', source);
  if (code !== undefined) select = select.where('r.code', '=', code);
  if (fileId !== undefined) select = select.where('r.file_id', '=', fileId);
  if (after)
    select = select.where((eb) =>
      eb.or([
        eb('r.file_id', '>', after.fileId),
        eb.and([eb('r.file_id', '=', after.fileId), eb('r.row', '>', after.row)]),
      ]),
    );
  const rows = await select.orderBy('r.file_id').orderBy('r.row').limit(limit).execute();
  return rows.map(({ file_id, ...row }) => ({ fileId: file_id, ...row }));
}

/** Takes rows off the list that could be used after all. */
export async function deleteRejects(tx: Tx, fileId: number, rows: readonly number[]): Promise<void> {
  for (let start = 0; start < rows.length; start += 500)
    await tx.db
      .deleteFrom('rejects')
      .where('file_id', '=', fileId)
      .where('row', 'in', rows.slice(start, start + 500))
      .execute();
}

/** Reject codes of rows that are in order, and that are kept out on purpose. */
const WITHHELD = ['R_SEALED', 'R_FORGOTTEN'];

export function isWithheld(code: string): boolean {
  return WITHHELD.includes(code);
}

export interface UnjudgedFile {
  fileId: number;
  source: string;
  name: string;
  sha256: string;
  failed: boolean;
  rows: number;
  /** Rejected rows, without those that are kept out on purpose. */
  unusable: number;
}

/** The files that were read to their end since the owner was last told about rejects, by source. */
export async function unjudgedFiles(reader: Reader): Promise<UnjudgedFile[]> {
  const rows = await reader.db
    .selectFrom('files as f')
    .innerJoin('sources as s', 's.source_id', 'f.source_id')
    .select(['f.file_id', 's.name as source', 'f.name', 'f.sha256', 'f.state', 'f.rows'])
    .select((eb) =>
      eb
        .selectFrom('rejects as r')
        .select((of) => of.fn.countAll().as('count'))
        .whereRef('r.file_id', '=', 'f.file_id')
        .where('r.row', '>', 0)
        .where('r.code', 'not in', WITHHELD)
        .as('unusable'),
    )
    .where('f.judged', '=', 0)
    .where('f.state', '<>', 'reading')
    .orderBy('s.name')
    .orderBy('f.file_id')
    .execute();
  return rows.map((row) => ({
    ...{ fileId: row.file_id, source: row.source, name: row.name, sha256: row.sha256, rows: row.rows },
    ...{ failed: row.state === 'failed', unusable: Number(row.unusable) },
  }));
}

export async function markJudged(tx: Tx, fileIds: readonly number[]): Promise<void> {
  for (let start = 0; start < fileIds.length; start += 500)
    await tx.db
      .updateTable('files')
      .set({ judged: 1 })
      .where('file_id', 'in', fileIds.slice(start, start + 500))
      .execute();
}

/** Deletes the content of a rejected row. */
export async function emptyReject(tx: Tx, fileId: number, row: number, reason: string): Promise<void> {
  await tx.db
    .updateTable('rejects')
    .set({ raw: Buffer.alloc(0), reason })
    .where('file_id', '=', fileId)
    .where('row', '=', row)
    .execute();
}
