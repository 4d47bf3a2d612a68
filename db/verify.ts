import { sql } from 'kysely';
import type { Day } from '../src/calendar.ts';
import type { BrandDay } from './dirty-days.ts';
import { setting } from './settings.ts';
import type { Reader } from './store.ts';
import { MERGED_SETTING } from './text-ids.ts';

/** What SQLite finds wrong with its file, at most 20 findings. Nothing on PostgreSQL, which looks after itself. */
export async function damagedPages({ db, dialect }: Reader): Promise<string[]> {
  if (dialect !== 'sqlite') return [];
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(20)`.execute(db);
  return rows.map((row) => row.integrity_check).filter((finding) => finding !== 'ok');
}

/** Rows that name a row of another table which is not there. */
export async function brokenReferences({ db, dialect }: Reader): Promise<string[]> {
  if (dialect !== 'sqlite') return [];
  const { rows } = await sql<{ table: string; parent: string; count: number }>`
    select "table", parent, count(*) as count from pragma_foreign_key_check group by 1, 2`.execute(db);
  return rows.map(({ table, parent, count }) => `${count} rows of ${table} belong to a row of ${parent} that is gone`);
}

/** Files whose rows are not all stored, seen before or rejected, or whose rejected rows are not all there. */
export async function unaccountedFiles({ db }: Reader): Promise<string[]> {
  const rows = await db
    .selectFrom('files as f')
    .select(['f.name', 'f.rows', 'f.stored', 'f.duplicates', 'f.updated', 'f.rejected'])
    .select((eb) =>
      eb
        .selectFrom('rejects as r')
        .select((of) => of.fn.countAll().as('kept'))
        .whereRef('r.file_id', '=', 'f.file_id')
        .where('r.row', '>', 0)
        .as('kept'),
    )
    .orderBy('f.file_id')
    .execute();
  return rows.flatMap(({ name, rows, stored, duplicates, updated, rejected, kept }) => [
    ...(rows === stored + duplicates + rejected
      ? []
      : [`${name}: ${rows} rows, but ${stored} stored + ${duplicates} seen before + ${rejected} not usable`]),
    ...(Number(kept) === rejected ? [] : [`${name}: ${rejected} rows not usable, but ${Number(kept)} are kept`]),
    ...(updated <= duplicates ? [] : [`${name}: ${updated} rows corrected a post, of only ${duplicates} seen before`]),
  ]);
}

/** Sources with their posts, and how many their files say that they stored. */
export async function postCounts({ db }: Reader): Promise<{ source: string; posts: number; stored: number }[]> {
  const rows = await db
    .selectFrom('sources as s')
    .select('s.name as source')
    .select((eb) => [
      eb
        .selectFrom('posts as p')
        .select((of) => of.fn.countAll().as('n'))
        .whereRef('p.source_id', '=', 's.source_id')
        .as('posts'),
      eb
        .selectFrom('files as f')
        .select((of) => of.fn.sum('f.stored').as('n'))
        .whereRef('f.source_id', '=', 's.source_id')
        .as('stored'),
    ])
    .orderBy('s.name')
    .execute();
  return rows.map((row) => ({ source: row.source, posts: Number(row.posts), stored: Number(row.stored ?? 0) }));
}

/** Posts that stand under a brand on another day than their own. */
export async function misplacedPosts({ db }: Reader): Promise<number> {
  const row = await db
    .selectFrom('post_brands as pb')
    .innerJoin('posts as p', 'p.post_id', 'pb.post_id')
    .select((eb) => eb.fn.countAll().as('count'))
    .whereRef('p.day', '<>', 'pb.day')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Texts that no post has. The text of posts that were emptied by age stays without one. */
export async function textsWithoutPost({ db }: Reader): Promise<number> {
  const row = await db
    .selectFrom('texts as t')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('t.body', '<>', '')
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('posts as p').select('p.post_id').whereRef('p.text_id', '=', 't.text_id'))),
    )
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Texts that are there twice, or that SQLite's table of hashes has not as they are. PostgreSQL has a unique index. */
export async function misfiledTexts(reader: Reader): Promise<number> {
  if (reader.dialect !== 'sqlite') return 0;
  const merged = Number((await setting(reader, MERGED_SETTING)) ?? '0');
  const { rows } = await sql<{ count: number }>`
    select (
      select count(*) from texts t left join text_hashes h on h.hash16 = t.hash16
      where h.text_id is not case when t.text_id <= ${merged} then t.text_id end
    ) + (
      select count(*) from (select 1 from texts where text_id > ${merged} group by hash16 having count(*) > 1)
    ) + (
      select count(*) from text_hashes h where not exists (select 1 from texts t where t.text_id = h.text_id)
    ) as count`.execute(reader.db);
  return rows[0]?.count ?? 0;
}

/** Brand-days that have posts or figures under a model, from the first open day on, oldest first. */
export async function daysToCheck({ db }: Reader, firstOpen: Day): Promise<BrandDay[]> {
  const from = Number.isFinite(firstOpen) ? firstOpen : -1_000_000;
  const rows = await db
    .selectFrom('post_brands')
    .select(['brand_id', 'day'])
    .where('day', '>=', from)
    .union(db.selectFrom('series_stats').select(['brand_id', 'day']).where('day', '>=', from))
    .orderBy('day')
    .orderBy('brand_id')
    .execute();
  return rows.map((row) => ({ brandId: row.brand_id, day: row.day }));
}

/** Messages that nobody is to deliver. */
export async function messagesWithoutDelivery({ db }: Reader): Promise<string[]> {
  const rows = await db
    .selectFrom('messages as m')
    .select('m.message_key')
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('deliveries as d').select('d.channel').whereRef('d.message_id', '=', 'm.message_id'))),
    )
    .orderBy('m.message_id')
    .execute();
  return rows.map((row) => row.message_key);
}

/** Whether anybody was forgotten: then posts are missing on purpose. */
export async function wasAnybodyForgotten({ db }: Reader): Promise<boolean> {
  return (await db.selectFrom('forgotten').select('user_hash').limit(1).executeTakeFirst()) !== undefined;
}

/** The models of the series, with the days of each, and their settings and their networks' as they were stored. */
export function seriesModelSpecs({
  db,
}: Reader): Promise<
  { modelId: number; networkId: number; modelSpec: string; networkSpec: string; from: Day; to: Day }[]
> {
  return db
    .selectFrom('model_spans as s')
    .innerJoin('models as m', 'm.model_id', 's.model_id')
    .innerJoin('networks as n', 'n.network_id', 'm.network_id')
    .select(['m.model_id as modelId', 'm.network_id as networkId', 'm.spec as modelSpec', 'n.spec as networkSpec'])
    .select(['s.from_day as from', 's.to_day as to'])
    .execute();
}
