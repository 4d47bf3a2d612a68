import { sql } from 'kysely';
import { type BrandDay, markDirty } from './dirty-days.ts';
import { prepared } from './prepared.ts';
import { isInSeries } from './series.ts';
import type { Tx } from './store.ts';

export interface NewScore {
  textId: number;
  pNegative: number;
  pPositive: number;
}

/**
 * Keeps a network's raw probabilities and makes the days of the texts' posts dirty. Scores of a network that no figure of the
 * series comes from change nothing yet.
 */
export async function saveScores(tx: Tx, networkId: number, rows: readonly NewScore[]): Promise<void> {
  if (rows.length === 0) return;
  let added: readonly { textId: number }[] = rows;
  if (tx.sqlite) {
    const insert = prepared(
      tx.sqlite,
      `insert into scores (network_id, text_id, p_negative, p_positive) values (${networkId}, ?, ?, ?)
       on conflict (network_id, text_id) do nothing`,
    );
    for (const row of rows) insert.run(row.textId, row.pNegative, row.pPositive);
  } else {
    added = await insertScores(tx, networkId, rows);
  }
  if (await isInSeries(tx, networkId)) await markDirty(tx, await daysOfTexts(tx, added));
}

/**
 * On PostgreSQL, where several workers may bring the same scores, one of them perhaps long after the others: only those that are
 * new are told, so that a late one changes no day. A text that was deleted meanwhile needs no score.
 */
async function insertScores(tx: Tx, networkId: number, rows: readonly NewScore[]): Promise<{ textId: number }[]> {
  const columns = {
    ids: rows.map(({ textId }) => textId),
    negative: rows.map(({ pNegative }) => pNegative),
    positive: rows.map(({ pPositive }) => pPositive),
  };
  const { rows: added } = await sql<{ textId: number }>`
    insert into scores (network_id, text_id, p_negative, p_positive)
    select ${networkId}::integer, new.text_id, new.p_negative, new.p_positive
    from unnest(${columns.ids}::integer[], ${columns.negative}::double precision[], ${columns.positive}::double precision[])
      as new (text_id, p_negative, p_positive)
    join texts on texts.text_id = new.text_id
    order by new.text_id
    on conflict (network_id, text_id) do nothing
    returning text_id as "textId"`.execute(tx.db);
  return added;
}

/** Puts new probabilities in the place of others, and makes dirty the days of the posts whose text now has other ones. */
export async function replaceScores(tx: Tx, networkId: number, rows: readonly NewScore[]): Promise<void> {
  const changed: NewScore[] = [];
  for (let start = 0; start < rows.length; start += 500) {
    const part = rows.slice(start, start + 500);
    const known = await tx.db
      .selectFrom('scores')
      .select(['text_id', 'p_negative', 'p_positive'])
      .where('network_id', '=', networkId)
      .where(
        'text_id',
        'in',
        part.map(({ textId }) => textId),
      )
      .execute();
    const scores = new Map(known.map((row) => [row.text_id, row]));
    for (const row of part) {
      const score = scores.get(row.textId);
      if (score && score.p_negative === row.pNegative && score.p_positive === row.pPositive) continue;
      changed.push(row);
    }
  }
  for (let start = 0; start < changed.length; start += 500)
    await tx.db
      .deleteFrom('scores')
      .where('network_id', '=', networkId)
      .where(
        'text_id',
        'in',
        changed.slice(start, start + 500).map(({ textId }) => textId),
      )
      .execute();
  await saveScores(tx, networkId, changed);
}

/** In one statement, however many texts there are: one with a place for each was dearer to prepare than to run. */
async function daysOfTexts(tx: Tx, rows: readonly { textId: number }[]): Promise<BrandDay[]> {
  const ids = rows.map(({ textId }) => textId);
  const texts = tx.sqlite
    ? sql`select value from json_each(${JSON.stringify(ids)})`
    : sql`select unnest(${ids}::integer[])`;
  const { rows: days } = await sql<BrandDay>`
    select distinct pb.brand_id as "brandId", pb.day as "day"
    from posts p join post_brands pb on pb.post_id = p.post_id
    where p.text_id in (${texts})
    order by 2, 1`.execute(tx.db);
  return days;
}
