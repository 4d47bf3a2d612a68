import type { Day } from '../src/calendar.ts';
import type { Reader, Tx } from './store.ts';

export interface BrandRow {
  brandId: number;
  slug: string;
  name: string;
}

/**
 * The number of a brand, made when the slug is new. The name is what the config or the export last called it.
 * It is looked for first: an insert that meets a row uses up a number on PostgreSQL, so a run that is taken up again would number
 * later brands otherwise than one that was not stopped.
 */
export async function ensureBrand(tx: Tx, slug: string, name: string): Promise<number> {
  const known = await tx.db
    .updateTable('brands')
    .set({ name })
    .where('slug', '=', slug)
    .returning('brand_id')
    .executeTakeFirst();
  if (known) return known.brand_id;
  const row = await tx.db.insertInto('brands').values({ slug, name }).returning('brand_id').executeTakeFirstOrThrow();
  return row.brand_id;
}

/** The brand of a slug, if it has been seen. */
export async function brandOf(reader: Reader, slug: string): Promise<BrandRow | undefined> {
  const row = await reader.db.selectFrom('brands').selectAll().where('slug', '=', slug).executeTakeFirst();
  return row && { brandId: row.brand_id, slug: row.slug, name: row.name };
}

export async function brandIdOf(reader: Reader, slug: string): Promise<number | undefined> {
  return (await brandOf(reader, slug))?.brandId;
}

/** Every brand that has been seen, by slug. */
export async function listBrands(reader: Reader): Promise<BrandRow[]> {
  const rows = await reader.db.selectFrom('brands').selectAll().orderBy('slug').execute();
  return rows.map((row) => ({ brandId: row.brand_id, slug: row.slug, name: row.name }));
}

/** Every brand with its posts and the days that they are on, by slug. */
export async function brandTotals(
  reader: Reader,
): Promise<(BrandRow & { posts: number; from: Day | null; to: Day | null })[]> {
  const rows = await reader.db
    .selectFrom('brands as b')
    .leftJoin('post_brands as pb', 'pb.brand_id', 'b.brand_id')
    .select((eb) => [
      ...(['b.brand_id', 'b.slug', 'b.name'] as const),
      eb.fn.count('pb.post_id').as('posts'),
      eb.fn.min('pb.day').as('from'),
      eb.fn.max('pb.day').as('to'),
    ])
    .groupBy(['b.brand_id', 'b.slug', 'b.name'])
    .orderBy('b.slug')
    .execute();
  return rows.map(({ brand_id, slug, name, posts, from, to }) => ({
    ...{ brandId: brand_id, slug, name, posts: Number(posts), from, to },
  }));
}
