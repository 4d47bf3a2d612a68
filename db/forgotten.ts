import { sql } from 'kysely';
import type { Day } from '../src/calendar.ts';
import { type BrandDay, markDirty } from './dirty-days.ts';
import { dropLabels } from './labels.ts';
import { deleteUnusedTexts, textIdOf } from './post-changes.ts';
import type { Reader, Tx } from './store.ts';

/** The people who asked to be forgotten, as keyed hashes. */
export async function forgottenPeople(reader: Reader): Promise<Set<string>> {
  const rows = await reader.db.selectFrom('forgotten').selectAll().execute();
  return new Set(rows.map((row) => row.user_hash));
}

export async function addForgotten(tx: Tx, userHash: string): Promise<void> {
  await tx.db
    .insertInto('forgotten')
    .values({ user_hash: userHash })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The first posts of these users beyond `afterPostId`, with their texts. Without an index on users, which would cost every post: all posts are read. */
export function postsOfUsers(
  reader: Reader,
  userIds: readonly string[],
  { afterPostId, limit }: { afterPostId: number; limit: number },
): Promise<{ post_id: number; text_id: number; body: string }[]> {
  return reader.db
    .selectFrom('posts as p')
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .select(['p.post_id', 'p.text_id', 't.body'])
    .where('p.user_id', 'in', [...userIds])
    .where('p.post_id', '>', afterPostId)
    .orderBy('p.post_id')
    .limit(limit)
    .execute();
}

/** Deletes posts with their labels, and their texts and scores unless other posts have them; their days become dirty. At most 500 at once. */
export async function deletePosts(
  tx: Tx,
  posts: readonly { post_id: number; text_id: number }[],
): Promise<{ texts: number; days: number }> {
  const postIds = posts.map(({ post_id }) => post_id);
  if (postIds.length === 0) return { texts: 0, days: 0 };
  const links = await tx.db
    .deleteFrom('post_brands')
    .where('post_id', 'in', postIds)
    .returning(['brand_id', 'day'])
    .execute();
  await dropLabels(tx, postIds);
  await tx.db.deleteFrom('posts').where('post_id', 'in', postIds).execute();
  const days = new Map<string, BrandDay>();
  for (const { brand_id, day } of links) days.set(`${brand_id}/${day}`, { brandId: brand_id, day });
  await markDirty(tx, days.values());
  const texts = await deleteUnusedTexts(tx, [...new Set(posts.map(({ text_id }) => text_id))]);
  return { texts, days: days.size };
}

/** What the text of a post is once it was deleted by age. */
const NO_TEXT = { hash16: new Uint8Array(16), body: '', original: null, copy16: null };

/**
 * Empties some of the posts of days before the given one: text, user, labels and other columns go, with the texts and scores that no
 * younger post has. What stays is that the post was there. Returns how many posts there were; 0 when none is left.
 */
export async function emptyPostsBefore(tx: Tx, day: Day, limit: number): Promise<{ posts: number; texts: number }> {
  const noText = await textIdOf(tx, NO_TEXT);
  const posts = await tx.db
    .selectFrom('posts')
    .select(['post_id', 'text_id'])
    .where('day', '<', day)
    .where('text_id', '<>', noText)
    .orderBy('post_id')
    .limit(limit)
    .execute();
  await dropLabels(
    tx,
    posts.map(({ post_id }) => post_id),
  );
  for (let start = 0; start < posts.length; start += 500)
    await tx.db
      .updateTable('posts')
      .set({ text_id: noText, extra: null, user_id: null, brand: null })
      .where(
        'post_id',
        'in',
        posts.slice(start, start + 500).map(({ post_id }) => post_id),
      )
      .execute();
  const texts = await deleteUnusedTexts(tx, [...new Set(posts.map(({ text_id }) => text_id))]);
  return { posts: posts.length, texts };
}

/** Deletes the content of rejected rows of files that were begun before a day. Returns how many had one. */
export async function emptyRejectsBefore(tx: Tx, day: Day): Promise<number> {
  const done = await tx.db
    .updateTable('rejects')
    .set({ raw: Buffer.alloc(0), reason: 'deleted by age' })
    .where('reason', '<>', 'deleted by age')
    .where(
      'file_id',
      'in',
      tx.db.selectFrom('files').select('file_id').where('begun_day', '<', day).where('state', '<>', 'reading'),
    )
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}

/** Takes the statistics of the posts again: the old ones hold samples of users that may be gone. */
export async function refreshStatistics({ db }: Reader): Promise<void> {
  await sql`analyze posts`.execute(db);
}
