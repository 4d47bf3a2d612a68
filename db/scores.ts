import type { Day } from '../src/calendar.ts';
import { type BrandDay, markDirty } from './dirty-days.ts';
import { isInSeries } from './series.ts';
import { prepared, type Reader, type Tx } from './store.ts';

export interface DayRange {
  from: Day;
  to: Day;
}

export interface NewScore {
  textId: number;
  pNegative: number;
  pPositive: number;
}

/** Texts that the network has not scored; with a range, only those of posts on its days. */
function unscored(reader: Reader, networkId: number, range: DayRange | undefined) {
  let query = reader.db
    .selectFrom('texts as t')
    // What was deleted by age.
    .where('t.body', '<>', '')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('scores as s')
            .select('s.text_id')
            .where('s.network_id', '=', networkId)
            .whereRef('s.text_id', '=', 't.text_id'),
        ),
      ),
    );
  if (range)
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('posts as p')
          .select('p.post_id')
          .whereRef('p.text_id', '=', 't.text_id')
          .where('p.day', '>=', range.from)
          .where('p.day', '<=', range.to),
      ),
    );
  return query;
}

export async function countTextsWithoutScore(reader: Reader, networkId: number, range?: DayRange): Promise<number> {
  const row = await unscored(reader, networkId, range)
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** A page of texts without a score, by ascending text_id beyond `afterTextId`. */
export function textsWithoutScore(
  reader: Reader,
  networkId: number,
  afterTextId: number,
  limit: number,
  range?: DayRange,
): Promise<{ text_id: number; body: string; original: string | null }[]> {
  return unscored(reader, networkId, range)
    .select(['t.text_id', 't.body', 't.original'])
    .where('t.text_id', '>', afterTextId)
    .orderBy('t.text_id')
    .limit(limit)
    .execute();
}

/**
 * Keeps a network's raw probabilities and makes the days of the texts' posts dirty. Scores of a network that no figure of the
 * series comes from change nothing yet.
 */
export async function saveScores(tx: Tx, networkId: number, rows: readonly NewScore[]): Promise<void> {
  if (rows.length === 0) return;
  if (tx.sqlite) {
    const insert = prepared(
      tx.sqlite,
      `insert into scores (network_id, text_id, p_negative, p_positive) values (?, ?, ?, ?)
       on conflict (network_id, text_id) do nothing`,
    );
    for (const row of rows) insert.run(networkId, row.textId, row.pNegative, row.pPositive);
  } else {
    for (let start = 0; start < rows.length; start += 1_000)
      await tx.db
        .insertInto('scores')
        .values(
          rows.slice(start, start + 1_000).map((row) => ({
            network_id: networkId,
            text_id: row.textId,
            p_negative: row.pNegative,
            p_positive: row.pPositive,
          })),
        )
        .onConflict((conflict) => conflict.columns(['network_id', 'text_id']).doNothing())
        .execute();
  }
  if (await isInSeries(tx, networkId)) await markDirty(tx, await daysOfTexts(tx, rows));
}

async function daysOfTexts(tx: Tx, rows: readonly NewScore[]): Promise<BrandDay[]> {
  const found = new Map<string, BrandDay>();
  // 500 at a time: well under the parameter limits of both dialects.
  for (let start = 0; start < rows.length; start += 500) {
    const days = await tx.db
      .selectFrom('posts as p')
      .innerJoin('post_brands as pb', 'pb.post_id', 'p.post_id')
      .select(['pb.brand_id', 'pb.day'])
      .distinct()
      .where(
        'p.text_id',
        'in',
        rows.slice(start, start + 500).map((row) => row.textId),
      )
      .execute();
    for (const { brand_id, day } of days) found.set(`${brand_id}/${day}`, { brandId: brand_id, day });
  }
  return [...found.values()].sort((a, b) => a.day - b.day || a.brandId - b.brandId);
}
