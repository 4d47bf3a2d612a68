import { type Expression, type SqlBool, sql } from 'kysely';
import type { Day } from '../src/calendar.ts';
import { scoredPosts } from './scored-posts.ts';
import type { Reader } from './store.ts';

/** A brand's posts of some days as one network scored them. */
export interface PostSpan {
  networkId: number;
  brandId: number;
  from: Day;
  to: Day;
}

/** Posts that are copies of one another. */
export interface CopyGroup {
  /** What tells it from the others: the copies' common hash, or the text of one that has none. */
  key: string;
  posts: number;
  /** Mean score, before calibration. */
  score: number;
}

/** Posts and their mean score, before calibration; null without posts. */
export async function spanMean(reader: Reader, span: PostSpan): Promise<{ posts: number; mean: number } | null> {
  const { posts, total } = await scored(reader, span)
    .select((eb) => [eb.fn.countAll().as('posts'), eb.fn.sum(SCORE).as('total')])
    .executeTakeFirstOrThrow();
  return Number(posts) === 0 ? null : { posts: Number(posts), mean: Number(total) / Number(posts) };
}

/** The groups of copies that pull hardest below a mean, hardest first, each with its first post. */
export async function lowestGroups(
  reader: Reader,
  span: PostSpan,
  { mean, limit }: { mean: number; limit: number },
): Promise<(CopyGroup & { postId: number })[]> {
  const rows = await scored(reader, span)
    .select((eb) => [
      't.copy16',
      OWN.as('own'),
      eb.fn.countAll().as('posts'),
      eb.fn.sum(SCORE).as('total'),
      eb.fn.min('p.post_id').as('post_id'),
    ])
    .groupBy(['t.copy16', OWN])
    .orderBy(sql`sum(${SCORE} - cast(${mean} as double precision))`)
    .orderBy('post_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...groupOf(row), postId: row.post_id }));
}

/** The same groups on other days; one that has no post there is missing. */
export async function groupsAgain(
  reader: Reader,
  span: PostSpan,
  groups: readonly CopyGroup[],
): Promise<Map<string, CopyGroup>> {
  const hashes = groups.filter(({ key }) => key.length === 32).map(({ key }) => Buffer.from(key, 'hex'));
  if (hashes.length === 0) return new Map();
  const rows = await scored(reader, span)
    .select((eb) => ['t.copy16', OWN.as('own'), eb.fn.countAll().as('posts'), eb.fn.sum(SCORE).as('total')])
    .where('t.copy16', 'in', hashes)
    .groupBy(['t.copy16', OWN])
    .execute();
  return new Map(rows.map((row) => [groupOf(row).key, groupOf(row)]));
}

/** What is shown of posts: their text, author, day and score as their model's calibration has it. */
export async function shownPosts(
  reader: Reader,
  postIds: readonly number[],
): Promise<Map<number, { text: string; userId: string | null; day: Day; atMs: number; score: number }>> {
  if (postIds.length === 0) return new Map();
  const rows = await reader.db
    .selectFrom('posts as p')
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .innerJoin(
      sql<{ post_id: number; score: number }>`(select post_id, max(score) as score from v_posts
        where post_id in (${sql.join(postIds)}) group by post_id)`.as('v'),
      'v.post_id',
      'p.post_id',
    )
    .select(['p.post_id', 'p.user_id', 'p.day', 'p.at_ms', 't.body', 'v.score'])
    .where('p.post_id', 'in', postIds)
    .execute();
  return new Map(
    rows.map((row) => [
      row.post_id,
      { text: row.body, userId: row.user_id, day: row.day, atMs: Number(row.at_ms), score: Number(row.score) },
    ]),
  );
}

/** Distinct texts that the network finds negative, copies once: at most so many, chosen by their hash. */
export async function negativeTexts(reader: Reader, span: PostSpan, limit: number): Promise<string[]> {
  const rows = await scored(reader, span)
    .select((eb) => ['t.copy16', OWN.as('own'), eb.fn.min('t.body').as('body')])
    .where(sql<SqlBool>`s.p_negative > s.p_positive and s.p_negative > 1 - s.p_negative - s.p_positive`)
    .groupBy(['t.copy16', OWN])
    .orderBy('t.copy16')
    .orderBy('own')
    .limit(limit)
    .execute();
  return rows.map(({ body }) => body);
}

const SCORE: Expression<number> = sql<number>`0.5 + (s.p_positive - s.p_negative) / 2`;
const OWN = sql<number | null>`case when t.copy16 is null then t.text_id end`;

function scored(reader: Reader, { networkId, brandId, from, to }: PostSpan) {
  return scoredPosts(reader, networkId, brandId)
    .crossJoin('texts as t')
    .whereRef('t.text_id', '=', 'p.text_id')
    .where('pb.day', '>=', from)
    .where('pb.day', '<=', to);
}

function groupOf(row: {
  copy16: Uint8Array | null;
  own: number | null;
  posts: number | string | bigint;
  total: number | string | bigint;
}): CopyGroup {
  const posts = Number(row.posts);
  const key = row.copy16 === null ? `text ${row.own}` : Buffer.from(row.copy16).toString('hex');
  return { key, posts, score: Number(row.total) / posts };
}
