import { sql } from 'kysely';
import type { Day, Days } from '../src/calendar.ts';
import type { Reader } from './store.ts';

/** How a source has delivered so far. */
export interface SourceDelivery {
  readonly sourceId: number;
  readonly name: string;
  /** Its newest post, milliseconds since 1970 UTC; null before the first. */
  readonly newestPostMs: number | null;
  /** Days on which reading a file of it began, newest file's end of reading among them. */
  readonly readingDays: number;
  readonly lastFileMs: number | null;
}

/** Every source with what it delivered. */
export async function sourceDeliveries(reader: Reader): Promise<SourceDelivery[]> {
  const rows = await reader.db
    .selectFrom('sources as s')
    .leftJoin('files as f', (join) => join.onRef('f.source_id', '=', 's.source_id').on('f.state', '!=', 'failed'))
    .select((eb) => [
      's.source_id',
      's.name',
      's.watermark_ms',
      sql<number>`count(distinct f.begun_day)`.as('reading_days'),
      eb.fn.max('f.finished_ms').as('last_file'),
    ])
    .groupBy(['s.source_id', 's.name', 's.watermark_ms'])
    .orderBy('s.source_id')
    .execute();
  const number = (value: unknown) => (value === null || value === undefined ? null : Number(value));
  return rows.map((row) => ({
    ...{ sourceId: row.source_id, name: row.name, readingDays: Number(row.reading_days) },
    newestPostMs: number(row.watermark_ms),
    lastFileMs: number(row.last_file),
  }));
}

/** Posts of a brand by source and day, over a range of days. */
export async function postsBySource(
  reader: Reader,
  brandId: number,
  range: Days,
): Promise<{ sourceId: number; day: Day; posts: number }[]> {
  const rows = await reader.db
    .selectFrom('post_brands as pb')
    .innerJoin('posts as p', 'p.post_id', 'pb.post_id')
    .select((eb) => ['p.source_id', 'pb.day', eb.fn.countAll().as('posts')])
    .where('pb.brand_id', '=', brandId)
    .where('pb.day', '>=', range.from)
    .where('pb.day', '<=', range.to)
    .groupBy(['p.source_id', 'pb.day'])
    .orderBy('pb.day')
    .execute();
  return rows.map((row) => ({ sourceId: row.source_id, day: row.day, posts: Number(row.posts) }));
}
