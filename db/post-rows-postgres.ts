import { sql } from 'kysely';
import type { KnownPost } from './post-changes.ts';
import type { PostRows } from './post-rows.ts';
import type { NewPost } from './posts.ts';
import type { Tx } from './store.ts';

/**
 * The same for PostgreSQL, where each statement travels to the server and back: the new posts of a batch are stored at once,
 * with their texts and brands, before the first of them is asked for.
 */
export async function postgresPosts(tx: Tx, sourceId: number, posts: readonly NewPost[]): Promise<PostRows> {
  const known = await knownPosts(tx, sourceId, [...new Set(posts.map(({ key }) => key))]);
  const added = new Map<string, NewPost>();
  for (const post of posts) if (!known.has(post.key) && !added.has(post.key)) added.set(post.key, post);
  await addPosts(tx, sourceId, [...added.values()]);
  return {
    add: (post) => added.get(post.key) === post,
    find: async (key) => {
      const post = known.get(key);
      // Once: what is asked for may be corrected next.
      known.delete(key);
      return post ?? (await knownPosts(tx, sourceId, [key])).get(key);
    },
  };
}

async function knownPosts(tx: Tx, sourceId: number, keys: readonly string[]): Promise<Map<string, KnownPost>> {
  if (keys.length === 0) return new Map();
  const { rows } = await sql<KnownPost & { key: string }>`
    select p.key, p.post_id, p.text_id, p.at_ms, p.day, p.user_id, t.hash16
    from unnest(${keys}::text[]) as wanted (key)
    join posts p on p.source_id = ${sourceId} and p.key = wanted.key
    join texts t on t.text_id = p.text_id`.execute(tx.db);
  return new Map(rows.map((row) => [row.key, row]));
}

/** Stores posts that are new, in their order. */
async function addPosts(tx: Tx, sourceId: number, posts: readonly NewPost[]): Promise<void> {
  if (posts.length === 0) return;
  const textIds = await textIdsOf(tx, posts);
  const column = <T>(of: (post: NewPost) => T): T[] => posts.map(of);
  const { rows } = await sql<{ key: string; post_id: number }>`
    insert into posts (source_id, key, text_id, at_ms, day, user_id, extra, brand, other_language)
    select ${sourceId}::integer, key, text_id, at_ms, day, user_id, extra, brand, other_language
    from unnest(
      ${column(({ key }) => key)}::text[], ${column(({ hash16 }) => textIds.get(hexOf(hash16)))}::integer[],
      ${column(({ atMs }) => atMs)}::bigint[], ${column(({ day }) => day)}::integer[],
      ${column(({ userId }) => userId)}::text[], ${column(({ extra }) => extra)}::text[],
      ${column(({ brand }) => brand)}::text[], ${column(({ otherLanguage }) => otherLanguage)}::text[]
    ) with ordinality as new (key, text_id, at_ms, day, user_id, extra, brand, other_language, place)
    order by place
    returning key, post_id`.execute(tx.db);
  const ids = new Map(rows.map((row) => [row.key, row.post_id]));
  const links = posts.flatMap(({ key, day, brandIds }) =>
    brandIds.map((brandId) => ({ brandId, day, postId: ids.get(key) })),
  );
  if (links.length === 0) return;
  await sql`
    insert into post_brands (brand_id, day, post_id)
    select * from unnest(
      ${links.map(({ brandId }) => brandId)}::integer[], ${links.map(({ day }) => day)}::integer[],
      ${links.map(({ postId }) => postId)}::integer[])`.execute(tx.db);
}

/** The number of each text by the hexadecimal hash of its original; those that are new are stored, in their order. */
async function textIdsOf(tx: Tx, posts: readonly NewPost[]): Promise<Map<string, number>> {
  const texts = [...new Map(posts.map((post) => [hexOf(post.hash16), post])).values()];
  const hashes = texts.map(({ hash16 }) => hexOf(hash16));
  await sql`
    insert into texts (hash16, body, original, copy16)
    select decode(hash16, 'hex'), body, original, decode(copy16, 'hex')
    from unnest(
      ${hashes}::text[], ${texts.map(({ body }) => body)}::text[], ${texts.map(({ original }) => original)}::text[],
      ${texts.map(({ copy16 }) => copy16 && hexOf(copy16))}::text[]
    ) with ordinality as new (hash16, body, original, copy16, place)
    order by place
    on conflict (hash16) do nothing`.execute(tx.db);
  const { rows } = await sql<{ hash: string; text_id: number }>`
    select encode(t.hash16, 'hex') as hash, t.text_id
    from unnest(${hashes}::text[]) as wanted (hash) join texts t on t.hash16 = decode(wanted.hash, 'hex')`.execute(
    tx.db,
  );
  return new Map(rows.map((row) => [row.hash, row.text_id]));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
