import type { Reader, Tx } from './store.ts';

/** A time in which mails about a brand, or about all, are kept back. */
export interface Silence {
  readonly id: number;
  /** The brand's slug; null for all brands. */
  readonly slug: string | null;
  /** Milliseconds since 1970 UTC; `untilMs` is the first instant after it. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly author: string;
  readonly comment: string;
  /** When somebody ended it before its time. */
  readonly endedMs: number | null;
}

/** Every silence that was ever made, oldest first. */
export async function listSilences(reader: Reader): Promise<Silence[]> {
  const rows = await reader.db
    .selectFrom('silences as s')
    .leftJoin('brands as b', 'b.brand_id', 's.brand_id')
    .selectAll('s')
    .select('b.slug')
    .orderBy('s.silence_id')
    .execute();
  return rows.map((row) => ({
    ...{ id: row.silence_id, slug: row.slug, author: row.author, comment: row.comment },
    ...{ fromMs: Number(row.from_ms), untilMs: Number(row.until_ms) },
    endedMs: row.ended_ms === null ? null : Number(row.ended_ms),
  }));
}

/** Adds a silence and gives its number. */
export async function addSilence(
  tx: Tx,
  silence: Omit<Silence, 'id' | 'slug' | 'endedMs'> & { brandId: number | null },
): Promise<number> {
  const { brandId, fromMs, untilMs, author, comment } = silence;
  const row = await tx.db
    .insertInto('silences')
    .values({ brand_id: brandId, from_ms: fromMs, until_ms: untilMs, author, comment, ended_ms: null })
    .returning('silence_id')
    .executeTakeFirstOrThrow();
  return row.silence_id;
}

/** Ends a silence that is not over; false when there is none of that number. */
export async function endSilence(tx: Tx, id: number, nowMs: number): Promise<boolean> {
  const done = await tx.db
    .updateTable('silences')
    .set({ ended_ms: nowMs })
    .where('silence_id', '=', id)
    .where('ended_ms', 'is', null)
    .where('until_ms', '>', nowMs)
    .executeTakeFirst();
  return Number(done.numUpdatedRows) > 0;
}
