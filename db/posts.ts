import type { Day, Days } from '../src/calendar.ts';
import { type BrandDay, markDirty } from './dirty-days.ts';
import { correctPost, saysTheSame } from './post-changes.ts';
import { sqlitePosts } from './post-rows.ts';
import { postgresPosts } from './post-rows-postgres.ts';
import { sealedBefore } from './sealed.ts';
import type { Reader, Tx } from './store.ts';
import { mergeTextHashes } from './text-ids.ts';

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
  /** The same for texts that are copies of one another; null where that isn't told. */
  copy16: Uint8Array | null;
  /** The value of the brand column, by which the brands can be found again; null when there is none. */
  brand: string | null;
  /** The language that keeps it out of all brands; null when it counts. */
  otherLanguage: string | null;
  brandIds: readonly number[];
}

/** What became of the posts. Every one is stored, a duplicate (which may have corrected the post), or too old. */
export interface StoredPosts {
  stored: number;
  duplicates: number;
  /** Those of the duplicates that changed their post. */
  updated: number;
  /** Those of the stored that are in another language. */
  otherLanguage: number;
  /** Which posts, by index, were left out because their day is sealed. */
  sealed: number[];
}

/**
 * Stores posts that the source has not delivered before. One that it has, and that now has another text, instant or user,
 * is corrected; the others are duplicates. New posts for sealed days are left out. Texts are shared by equal originals,
 * the days that change become dirty, and the source's watermark moves on.
 */
export async function storePosts(tx: Tx, sourceId: number, posts: readonly NewPost[]): Promise<StoredPosts> {
  const dirty = new Map<number, BrandDay>();
  const touch = (brandId: number, day: Day): void => {
    const key = brandId * 2 ** 22 + day;
    if (!dirty.has(key)) dirty.set(key, { brandId, day });
  };
  const result: StoredPosts = { stored: 0, duplicates: 0, updated: 0, otherLanguage: 0, sealed: [] };
  const firstOpen = await sealedBefore(tx);
  const table = tx.sqlite
    ? sqlitePosts(tx.sqlite, sourceId)
    : await postgresPosts(
        tx,
        sourceId,
        posts.filter(({ day }) => day >= firstOpen),
      );
  let watermark = Number.NEGATIVE_INFINITY;
  for (const [index, post] of posts.entries()) {
    watermark = Math.max(watermark, post.atMs);
    if (post.day >= firstOpen && table.add(post)) {
      for (const brandId of post.brandIds) touch(brandId, post.day);
      result.stored += 1;
      if (post.otherLanguage) result.otherLanguage += 1;
      continue;
    }
    // Only PostgreSQL answers later; awaiting every row would cost SQLite a turn of the event loop each.
    const answer = table.find(post.key);
    const known = answer instanceof Promise ? await answer : answer;
    if (known && (known.day < firstOpen || saysTheSame(known, post))) result.duplicates += 1;
    else if (post.day < firstOpen || known === undefined) result.sealed.push(index);
    else {
      for (const { brandId, day } of await correctPost(tx, known, post)) touch(brandId, day);
      result.duplicates += 1;
      result.updated += 1;
    }
  }
  if (tx.sqlite) mergeTextHashes(tx.sqlite);
  if (posts.length > 0)
    await tx.db
      .updateTable('sources')
      .set({ watermark_ms: watermark })
      .where('source_id', '=', sourceId)
      .where((eb) => eb.or([eb('watermark_ms', 'is', null), eb('watermark_ms', '<', watermark)]))
      .execute();
  await markDirty(tx, dirty.values());
  return result;
}

/** First and last day that has posts, or undefined when there are none. */
export async function daysOfPosts(reader: Reader): Promise<Days | undefined> {
  const row = await reader.db
    .selectFrom('post_brands')
    .select((eb) => [eb.fn.min('day').as('from'), eb.fn.max('day').as('to')])
    .executeTakeFirst();
  return row === undefined || row.from === null ? undefined : { from: row.from, to: row.to };
}

/** A post as mails quote it. */
export interface QuotedPost {
  postId: number;
  atMs: number;
  day: Day;
  userId: string | null;
  text: string;
  score: number;
}
