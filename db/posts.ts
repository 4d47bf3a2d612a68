import type { Day } from '../src/calendar.ts';
import { type BrandDay, markDirty } from './dirty-days.ts';
import { prepared, type Reader, type Tx } from './store.ts';

/** A post as ingest hands it over. */
export interface NewPost {
  /** Identity within its source. */
  key: string;
  atMs: number;
  day: Day;
  userId: string | null;
  /** The export's other columns, a JSON object. */
  extra: string | null;
  /** The cleaned text, and the original where it differs. */
  body: string;
  original: string | null;
  /** First 16 bytes of the SHA-256 of the original text. */
  hash16: Uint8Array;
  brandIds: readonly number[];
}

/**
 * Stores posts that the source has not delivered before; the others are counted as duplicates.
 * Their texts are shared by equal originals, their days become dirty, and the source's watermark moves on.
 */
export async function storePosts(
  tx: Tx,
  sourceId: number,
  posts: readonly NewPost[],
): Promise<{ stored: number; duplicates: number }> {
  const dirty = new Map<string, BrandDay>();
  const storeOne = tx.sqlite ? sqliteStore(tx, sourceId) : generalStore(tx, sourceId);
  let stored = 0;
  let watermark = Number.NEGATIVE_INFINITY;
  for (const post of posts) {
    watermark = Math.max(watermark, post.atMs);
    // Only the general dialect answers later; awaiting every row would cost the fast one a turn of the event loop each.
    const answer = storeOne(post);
    if (!(answer instanceof Promise ? await answer : answer)) continue;
    stored += 1;
    for (const brandId of post.brandIds) dirty.set(`${brandId}/${post.day}`, { brandId, day: post.day });
  }
  if (posts.length > 0)
    await tx.db
      .updateTable('sources')
      .set({ watermark_ms: watermark })
      .where('source_id', '=', sourceId)
      .where((eb) => eb.or([eb('watermark_ms', 'is', null), eb('watermark_ms', '<', watermark)]))
      .execute();
  await markDirty(tx, dirty.values());
  return { stored, duplicates: posts.length - stored };
}

/** Stores one post with prepared statements; tells whether it was new. */
function sqliteStore(tx: Tx, sourceId: number): (post: NewPost) => boolean {
  if (!tx.sqlite) throw new Error('not an SQLite transaction');
  const known = prepared(tx.sqlite, 'select 1 from posts where source_id = ? and key = ?').pluck();
  const findText = prepared(tx.sqlite, 'select text_id from texts where hash16 = ?').pluck();
  const addText = prepared(tx.sqlite, 'insert into texts (hash16, body, original) values (?, ?, ?)');
  const addPost = prepared(
    tx.sqlite,
    'insert into posts (source_id, key, text_id, at_ms, day, user_id, extra) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const addBrand = prepared(tx.sqlite, 'insert into post_brands (brand_id, day, post_id) values (?, ?, ?)');
  return (post) => {
    if (known.get(sourceId, post.key) !== undefined) return false;
    const textId =
      (findText.get(post.hash16) as number | undefined) ??
      addText.run(post.hash16, post.body, post.original).lastInsertRowid;
    const postId = addPost.run(
      sourceId,
      post.key,
      textId,
      post.atMs,
      post.day,
      post.userId,
      post.extra,
    ).lastInsertRowid;
    for (const brandId of post.brandIds) addBrand.run(brandId, post.day, postId);
    return true;
  };
}

/** The same through the query builder, for PostgreSQL. */
function generalStore(tx: Tx, sourceId: number): (post: NewPost) => Promise<boolean> {
  return async (post) => {
    const known = await tx.db
      .selectFrom('posts')
      .select('post_id')
      .where('source_id', '=', sourceId)
      .where('key', '=', post.key)
      .executeTakeFirst();
    if (known) return false;
    const hash16 = Buffer.from(post.hash16);
    const text =
      (await tx.db.selectFrom('texts').select('text_id').where('hash16', '=', hash16).executeTakeFirst()) ??
      (await tx.db
        .insertInto('texts')
        .values({ hash16, body: post.body, original: post.original })
        .returning('text_id')
        .executeTakeFirstOrThrow());
    const { post_id } = await tx.db
      .insertInto('posts')
      .values({
        source_id: sourceId,
        key: post.key,
        text_id: text.text_id,
        at_ms: post.atMs,
        day: post.day,
        user_id: post.userId,
        extra: post.extra,
      })
      .returning('post_id')
      .executeTakeFirstOrThrow();
    if (post.brandIds.length > 0)
      await tx.db
        .insertInto('post_brands')
        .values(post.brandIds.map((brand_id) => ({ brand_id, day: post.day, post_id })))
        .execute();
    return true;
  };
}

/** First and last day that has posts, or undefined when there are none. */
export async function daysOfPosts(reader: Reader): Promise<{ from: Day; to: Day } | undefined> {
  const row = await reader.db
    .selectFrom('post_brands')
    .select((eb) => [eb.fn.min('day').as('from'), eb.fn.max('day').as('to')])
    .executeTakeFirst();
  return row === undefined || row.from === null ? undefined : { from: row.from, to: row.to };
}

export interface QuotedPost {
  postId: number;
  atMs: number;
  day: Day;
  userId: string | null;
  text: string;
  score: number;
}

/** The posts with the lowest scores of a brand's days, lowest first. */
export async function lowestScoringPosts(
  reader: Reader,
  query: { networkId: number; brandId: number; from: Day; to: Day; limit: number },
): Promise<QuotedPost[]> {
  const rows = await reader.db
    .selectFrom('post_brands as pb')
    .innerJoin('posts as p', 'p.post_id', 'pb.post_id')
    .innerJoin('scores as s', (join) =>
      join.onRef('s.text_id', '=', 'p.text_id').on('s.network_id', '=', query.networkId),
    )
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .select((eb) => [
      'p.post_id',
      'p.at_ms',
      'p.day',
      'p.user_id',
      't.body',
      // p_positive + ½·(1 − p_positive − p_negative)
      eb(eb.parens('s.p_positive', '-', eb.ref('s.p_negative')), '/', 2).as('balance'),
    ])
    .where('pb.brand_id', '=', query.brandId)
    .where('pb.day', '>=', query.from)
    .where('pb.day', '<=', query.to)
    .orderBy('balance')
    .orderBy('p.post_id')
    .limit(query.limit)
    .execute();
  return rows.map((row) => ({
    postId: row.post_id,
    atMs: Number(row.at_ms),
    day: row.day,
    userId: row.user_id,
    text: row.body,
    score: 0.5 + Number(row.balance),
  }));
}
