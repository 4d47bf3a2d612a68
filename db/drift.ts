import type { Day, Days } from '../src/calendar.ts';
import type { Schema } from './schema.ts';
import type { Reader, Tx } from './store.ts';

type InputStats = Schema['input_stats'];
export type DriftRow = Schema['drift'];

/** Every brand's posts and histogram of the days from `from` to `to`. */
export async function histogramsOf(
  reader: Reader,
  modelId: number,
  { from, to }: Days,
): Promise<{ brandId: number; day: Day; n: number; histogram: number[] }[]> {
  const rows = await reader.db
    .selectFrom('day_stats')
    .select(['brand_id', 'day', 'n', 'histogram'])
    .where('model_id', '=', modelId)
    .where('day', '>=', from)
    .where('day', '<=', to)
    .where('n', '>', 0)
    .orderBy('brand_id')
    .orderBy('day')
    .execute();
  return rows.map(({ brand_id, day, n, histogram }) => ({
    ...{ brandId: brand_id, day, n },
    histogram: JSON.parse(histogram) as number[],
  }));
}

/** What was counted of the words of days from `from` to `to`. */
export function inputStatsOf(reader: Reader, networkId: number, { from, to }: Days): Promise<InputStats[]> {
  return reader.db
    .selectFrom('input_stats')
    .selectAll()
    .where('network_id', '=', networkId)
    .where('day', '>=', from)
    .where('day', '<=', to)
    .execute();
}

export async function saveInputStats(tx: Tx, row: InputStats): Promise<void> {
  const { texts, tokens, unknown } = row;
  await tx.db
    .insertInto('input_stats')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['network_id', 'brand_id', 'day']).doUpdateSet({ texts, tokens, unknown }),
    )
    .execute();
}

/** About `size` texts of a brand's day with `n` posts, spread evenly over the order in which they were stored. */
export function sampleTexts(
  reader: Reader,
  { brandId, day, n }: { brandId: number; day: Day; n: number },
  size: number,
): Promise<{ body: string; original: string | null }[]> {
  const step = Math.max(1, Math.floor(n / size));
  return reader.db
    .selectFrom('post_brands as pb')
    .innerJoin('posts as p', 'p.post_id', 'pb.post_id')
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .select(['t.body', 't.original'])
    .where('pb.brand_id', '=', brandId)
    .where('pb.day', '=', day)
    .where((eb) => eb(eb('pb.post_id', '%', step), '=', 0))
    .where('t.body', '<>', '')
    .orderBy('pb.post_id')
    .limit(2 * size)
    .execute();
}

/** Replaces what is known of a day. */
export async function saveDrift(tx: Tx, day: Day, rows: readonly DriftRow[]): Promise<void> {
  await tx.db.deleteFrom('drift').where('day', '=', day).execute();
  for (const row of rows) await tx.db.insertInto('drift').values(row).execute();
}

/** A day's comparisons, by scope. */
export function driftOf(reader: Reader, day: Day): Promise<DriftRow[]> {
  return reader.db.selectFrom('drift').selectAll().where('day', '=', day).orderBy('scope').execute();
}

/** The newest day that was compared, or undefined. */
export async function newestDriftDay(reader: Reader): Promise<Day | undefined> {
  const row = await reader.db
    .selectFrom('drift')
    .select((eb) => eb.fn.max('day').as('day'))
    .executeTakeFirst();
  return row?.day ?? undefined;
}
