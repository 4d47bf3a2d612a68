import { sql } from 'kysely';
import type { Days } from '../src/calendar.ts';
import { type BrandDay, markDirty } from './dirty-days.ts';
import { prepared } from './prepared.ts';
import { isInSeries } from './series.ts';
import type { Reader, Tx } from './store.ts';

/** No text has a larger number: that of PostgreSQL's integers. */
const LAST_TEXT = 2_147_483_647;

/** Days from first to last, both included; of one brand where it is given. */
export interface DayRange extends Days {
  readonly brandId?: number | undefined;
}

export interface NewScore {
  textId: number;
  pNegative: number;
  pPositive: number;
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

export async function countTextsWithoutScore(reader: Reader, networkId: number, range?: DayRange): Promise<number> {
  const row = await unscored(reader, networkId, range)
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

/** A page of texts without a score, by ascending text_id beyond `afterTextId`, up to `last`. */
export function textsWithoutScore(
  reader: Reader,
  networkId: number,
  afterTextId: number,
  limit: number,
  range?: DayRange,
  last = LAST_TEXT,
): Promise<StoredText[]> {
  return unscored(reader, networkId, range)
    .where('t.text_id', '<=', last)
    .select(['t.text_id', 't.body', 't.original'])
    .where('t.text_id', '>', afterTextId)
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
