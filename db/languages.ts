import type { Reader, Tx } from './store.ts';

/** The number of posts in each language that no brand counts, by code. */
export async function otherLanguages(reader: Reader): Promise<Record<string, number>> {
  const rows = await reader.db
    .selectFrom('posts')
    .select((eb) => ['other_language', eb.fn.countAll().as('posts')])
    .where('other_language', 'is not', null)
    .groupBy('other_language')
    .orderBy('other_language')
    .execute();
  return Object.fromEntries(rows.map(({ other_language, posts }) => [other_language ?? '', Number(posts)]));
}

/** Marks a post as one in a language that no brand counts, or as one that counts. */
export async function setOtherLanguage(tx: Tx, postId: number, language: string | null): Promise<void> {
  await tx.db.updateTable('posts').set({ other_language: language }).where('post_id', '=', postId).execute();
}
