import type { Day } from '../src/calendar.ts';
import type { BrandDay } from './dirty-days.ts';
import { dropLabels } from './labels.ts';
import type { NewPost } from './posts.ts';
import type { Tx } from './store.ts';
import { textIds } from './text-ids.ts';

/** A post as the store has it, as far as a correction can change it. */
export interface KnownPost {
  post_id: number;
  text_id: number;
  at_ms: number;
  day: Day;
  user_id: string | null;
  hash16: Uint8Array;
}

/** Whether a row says of a post what is known of it. A row that doesn't name the user doesn't contradict one that does. */
export function saysTheSame(known: KnownPost, post: NewPost): boolean {
  return (
    Number(known.at_ms) === post.atMs &&
    (post.userId === null || known.user_id === post.userId) &&
    Buffer.compare(known.hash16, post.hash16) === 0
  );
}

/** Makes a known post what a later row says it is. Returns the brand-days that it left and those that it is on now. */
export async function correctPost(tx: Tx, known: KnownPost, post: NewPost): Promise<BrandDay[]> {
  const textId = await textIdOf(tx, post);
  await tx.db
    .updateTable('posts')
    .set({
      text_id: textId,
      at_ms: post.atMs,
      day: post.day,
      extra: post.extra,
      brand: post.brand,
      other_language: post.otherLanguage,
      ...(post.userId === null ? {} : { user_id: post.userId }),
    })
    .where('post_id', '=', known.post_id)
    .execute();
  const before = await setBrands(tx, { postId: known.post_id, day: post.day }, post.brandIds);
  if (textId !== known.text_id) {
    // A label was given to the words that are gone.
    await dropLabels(tx, [known.post_id]);
    await deleteUnusedTexts(tx, [known.text_id]);
  }
  return [
    ...before.map((brandId) => ({ brandId, day: known.day })),
    ...post.brandIds.map((brandId) => ({ brandId, day: post.day })),
  ];
}

/** The number of a text, stored when it is new. */
export async function textIdOf(
  tx: Tx,
  text: Pick<NewPost, 'hash16' | 'body' | 'original' | 'copy16'>,
): Promise<number> {
  const hash16 = Buffer.from(text.hash16);
  const ids = tx.sqlite && textIds(tx.sqlite);
  const known = ids
    ? ids.find(hash16)
    : (await tx.db.selectFrom('texts').select('text_id').where('hash16', '=', hash16).executeTakeFirst())?.text_id;
  if (known !== undefined) return known;
  const added = await tx.db
    .insertInto('texts')
    .values({ hash16, body: text.body, original: text.original, copy16: text.copy16 && Buffer.from(text.copy16) })
    .returning('text_id')
    .executeTakeFirstOrThrow();
  ids?.add(hash16, added.text_id);
  return added.text_id;
}

/** Puts a post under these brands and no others. Returns the brands that it was under. */
export async function setBrands(
  tx: Tx,
  { postId, day }: { postId: number; day: Day },
  brandIds: readonly number[],
): Promise<number[]> {
  const before = await tx.db.deleteFrom('post_brands').where('post_id', '=', postId).returning('brand_id').execute();
  if (brandIds.length > 0)
    await tx.db
      .insertInto('post_brands')
      .values(brandIds.map((brand_id) => ({ brand_id, day, post_id: postId })))
      .execute();
  return before.map((row) => row.brand_id);
}

/** Deletes those of the texts that no post has any more, with their scores. Returns how many there were. */
export async function deleteUnusedTexts(tx: Tx, textIds: readonly number[]): Promise<number> {
  let deleted = 0;
  for (let start = 0; start < textIds.length; start += 500) {
    const unused = await tx.db
      .selectFrom('texts as t')
      .select('t.text_id')
      .where('t.text_id', 'in', textIds.slice(start, start + 500))
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('posts as p').select('p.post_id').whereRef('p.text_id', '=', 't.text_id'))),
      )
      .execute();
    const ids = unused.map((row) => row.text_id);
    if (ids.length === 0) continue;
    // Whatever network scored it: a score is looked for by network and text, which takes one step for each network.
    for (const { network_id } of await tx.db.selectFrom('networks').select('network_id').execute())
      await tx.db.deleteFrom('scores').where('network_id', '=', network_id).where('text_id', 'in', ids).execute();
    await tx.db.deleteFrom('texts').where('text_id', 'in', ids).execute();
    deleted += ids.length;
  }
  return deleted;
}
