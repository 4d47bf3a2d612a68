import { sql } from 'kysely';
import type { Day } from '../src/calendar.ts';
import { prepared } from './prepared.ts';
import { sealedBefore } from './sealed.ts';
import { nextSeq } from './settings.ts';
import type { Reader, Tx } from './store.ts';
import type { DayRange } from './texts.ts';

export interface BrandDay {
  brandId: number;
  day: Day;
}

/**
 * Marks brand-days as changed, in the transaction that changes them. Whatever changes the past does just this;
 * aggregation does the rest. Days that are sealed can't be computed again, and are left as they are.
 */
export async function markDirty(tx: Tx, days: Iterable<BrandDay>): Promise<void> {
  const firstOpen = await sealedBefore(tx);
  const list = [...days].filter(({ day }) => day >= firstOpen);
  if (list.length === 0) return;
  const seq = await nextSeq(tx);
  if (tx.sqlite) {
    const upsert = prepared(
      tx.sqlite,
      `insert into dirty_days (brand_id, day, seq) values (?, ?, ?)
       on conflict (brand_id, day) do update set seq = excluded.seq`,
    );
    for (const { brandId, day } of list) upsert.run(brandId, day, seq);
    return;
  }
  const [brands, dayNumbers] = [list.map(({ brandId }) => brandId), list.map(({ day }) => day)];
  await sql`
    insert into dirty_days (brand_id, day, seq)
    select brand_id, day, ${seq} from unnest(${brands}::integer[], ${dayNumbers}::integer[]) as dirty (brand_id, day)
    on conflict (brand_id, day) do update set seq = excluded.seq`.execute(tx.db);
}

/** Marks every day that has posts, after a change of the model. */
export function markAllDirty(tx: Tx): Promise<void> {
  return markDaysDirty(tx);
}

/** Marks every day of a range that has posts. */
export async function markDaysDirty(tx: Tx, range?: DayRange): Promise<void> {
  let query = tx.db.selectFrom('post_brands').select(['brand_id', 'day']).distinct();
  if (range) query = query.where('day', '>=', range.from).where('day', '<=', range.to);
  if (range?.brandId !== undefined) query = query.where('brand_id', '=', range.brandId);
  const days = await query.execute();
  const batch = 5_000;
  for (let start = 0; start < days.length; start += batch)
    await markDirty(
      tx,
      days.slice(start, start + batch).map((row) => ({ brandId: row.brand_id, day: row.day })),
    );
}

/** Brand-days to compute again, oldest first. */
export async function dirtyDays(reader: Reader, range?: DayRange): Promise<(BrandDay & { seq: number })[]> {
  let query = reader.db.selectFrom('dirty_days').select(['brand_id', 'day', 'seq']).orderBy('day').orderBy('brand_id');
  if (range) query = query.where('day', '>=', range.from).where('day', '<=', range.to);
  if (range?.brandId !== undefined) query = query.where('brand_id', '=', range.brandId);
  const rows = await query.execute();
  return rows.map((row) => ({ brandId: row.brand_id, day: row.day, seq: Number(row.seq) }));
}

/** Takes a day off the list, unless it changed again since it was read. */
export async function clearDirty(tx: Tx, { brandId, day, seq }: BrandDay & { seq: number }): Promise<void> {
  await tx.db
    .deleteFrom('dirty_days')
    .where('brand_id', '=', brandId)
    .where('day', '=', day)
    .where('seq', '=', seq)
    .execute();
}
