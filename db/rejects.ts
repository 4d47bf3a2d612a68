import type { Reader, Tx } from './store.ts';

export interface NewReject {
  row: number;
  line: number;
  code: string;
  reason: string;
  raw: Uint8Array;
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
