import { sql } from 'kysely';
import type { Days } from '../src/calendar.ts';
import type { Reader } from './store.ts';

/** No text has a larger number: that of PostgreSQL's integers. */
const LAST_TEXT = 2_147_483_647;
/** Texts that are counted together to find out where scores are missing. */
const TEXTS_IN_PART = 65_536;

/** Days from first to last, both included; of one brand where it is given. */
export interface DayRange extends Days {
  readonly brandId?: number | undefined;
}

/** Texts that the network has not scored; with a range, only those of posts on its days. */
function unscored(reader: Reader, networkId: number, range: DayRange | undefined) {
  return textsOf(reader, range).where(({ not, exists, selectFrom }) =>
    not(
      exists(
        selectFrom('scores as s')
          .select('s.text_id')
          .where('s.network_id', '=', networkId)
          .whereRef('s.text_id', '=', 't.text_id'),
      ),
    ),
  );
}

/** Texts that were not deleted by age; with a range, only those of posts on its days. */
function textsOf(reader: Reader, range: DayRange | undefined) {
  const query = reader.db.selectFrom('texts as t').where('t.body', '<>', '');
  if (!range) return query;
  const { from, to, brandId } = range;
  return query.where(({ exists, selectFrom }) => {
    const posts = selectFrom('posts as p')
      .select('p.post_id')
      .whereRef('p.text_id', '=', 't.text_id')
      .where('p.day', '>=', from)
      .where('p.day', '<=', to);
    if (brandId === undefined) return exists(posts);
    return exists(
      posts.where((of) =>
        of.exists(
          of
            .selectFrom('post_brands as pb')
            .select('pb.post_id')
            .whereRef('pb.post_id', '=', 'p.post_id')
            .where('pb.brand_id', '=', brandId),
        ),
      ),
    );
  });
}

/**
 * The last text before which all have a score of the network, or one from which it is not far. Counting the texts and the scores of
 * each part takes a seventh of the time of looking for the score of each text, which in a long history is much of a night.
 */
async function scoredUpTo(reader: Reader, networkId: number): Promise<number> {
  const counted = (table: 'texts' | 'scores') =>
    sql`select count(*) from ${sql.table(table)}
      where text_id >= part.first and text_id < part.first + ${sql.lit(TEXTS_IN_PART)}`;
  const { rows } = await sql<{ first: number }>`
    with recursive part(first) as (
      select 0 union all select first + ${sql.lit(TEXTS_IN_PART)} from part
      where first + ${sql.lit(TEXTS_IN_PART)} <= (select max(text_id) from texts))
    select first from part
    where (${counted('texts')}) <> (${counted('scores')} and network_id = ${networkId})
    order by first limit 1`.execute(reader.db);
  return (rows[0]?.first ?? (await lastText(reader)) + 1) - 1;
}

export async function countTextsWithoutScore(reader: Reader, networkId: number, range?: DayRange): Promise<number> {
  const row = await unscored(reader, networkId, range)
    .where('t.text_id', '>', await scoredUpTo(reader, networkId))
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** How many texts there are, and the first and last number; null where there are none. */
export async function countTexts(
  reader: Reader,
  range: DayRange,
  networkId?: number,
): Promise<{ texts: number; first: number | null; last: number | null }> {
  const texts = networkId === undefined ? textsOf(reader, range) : unscored(reader, networkId, range);
  const row = await texts
    .select((eb) => [
      eb.fn.countAll().as('texts'),
      eb.fn.min('t.text_id').as('first'),
      eb.fn.max('t.text_id').as('last'),
    ])
    .executeTakeFirstOrThrow();
  return { ...row, texts: Number(row.texts) };
}

export interface StoredText {
  text_id: number;
  body: string;
  original: string | null;
}

/** A page of the texts of a range, with a score or without, by ascending text_id beyond `afterTextId`. */
export function textsOfDays(
  reader: Reader,
  afterTextId: number,
  limit: number,
  range: DayRange,
): Promise<StoredText[]> {
  return textsOf(reader, range)
    .select(['t.text_id', 't.body', 't.original'])
    .where('t.text_id', '>', afterTextId)
    .orderBy('t.text_id')
    .limit(limit)
    .execute();
}

/** The largest number that a text has; -1 where there are none. */
export async function lastText(reader: Reader): Promise<number> {
  const { last } = await reader.db
    .selectFrom('texts')
    .select((eb) => eb.fn.max('text_id').as('last'))
    .executeTakeFirstOrThrow();
  return last ?? -1;
}

/** A page of texts without a score, by ascending text_id beyond `afterTextId` (-1: from the first on), up to `last`. */
export async function textsWithoutScore(
  reader: Reader,
  networkId: number,
  afterTextId: number,
  limit: number,
  range?: DayRange,
  last = LAST_TEXT,
): Promise<StoredText[]> {
  const after = afterTextId < 0 ? await scoredUpTo(reader, networkId) : afterTextId;
  return unscored(reader, networkId, range)
    .where('t.text_id', '<=', last)
    .select(['t.text_id', 't.body', 't.original'])
    .where('t.text_id', '>', after)
    .orderBy('t.text_id')
    .limit(limit)
    .execute();
}

/** All texts without a score, cut into pages: for each, its last text_id, and how many there are. PostgreSQL only. */
export async function pagesWithoutScore(
  reader: Reader,
  networkId: number,
  textsPerPage: number,
  range?: DayRange,
): Promise<{ last: number; texts: number }[]> {
  const numbered = unscored(reader, networkId, range).select((eb) => [
    't.text_id',
    sql<number>`(row_number() over (order by ${eb.ref('t.text_id')}) - 1) / ${sql.lit(textsPerPage)}`.as('page'),
  ]);
  return reader.db
    .selectFrom(numbered.as('numbered'))
    .select((eb) => [eb.fn.max('text_id').as('last'), eb.cast<number>(eb.fn.countAll(), 'integer').as('texts')])
    .groupBy('page')
    .orderBy('last')
    .execute();
}
