import type { Day } from '../src/calendar.ts';
import type { Reader } from './store.ts';

/** A post as its brands are found: the text, the value of its brand column, and the brands that it has now. */
export interface MatchedPost {
  postId: number;
  day: Day;
  body: string;
  brand: string | null;
  source: string;
  otherLanguage: string | null;
  brandIds: number[];
}

/** A page of the posts from a day on, by number, beyond `afterPostId`. */
export async function postsToMatch(
  reader: Reader,
  query: { afterPostId: number; from: Day; limit: number },
): Promise<MatchedPost[]> {
  let select = reader.db
    .selectFrom('posts as p')
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .innerJoin('sources as s', 's.source_id', 'p.source_id')
    .select(['p.post_id', 'p.day', 'p.brand', 't.body', 's.name as source', 'p.other_language'])
    .where('p.post_id', '>', query.afterPostId);
  if (Number.isFinite(query.from)) select = select.where('p.day', '>=', query.from);
  const posts = await select.orderBy('p.post_id').limit(query.limit).execute();
  const found = new Map(posts.map((post) => [post.post_id, [] as number[]]));
  const ids = [...found.keys()];
  for (let start = 0; start < ids.length; start += 500) {
    const links = await reader.db
      .selectFrom('post_brands')
      .select(['post_id', 'brand_id'])
      .where('post_id', 'in', ids.slice(start, start + 500))
      .execute();
    for (const { post_id, brand_id } of links) found.get(post_id)?.push(brand_id);
  }
  return posts.map(({ post_id, other_language, ...post }) => ({
    ...{ postId: post_id, otherLanguage: other_language, ...post },
    brandIds: found.get(post_id) ?? [],
  }));
}
