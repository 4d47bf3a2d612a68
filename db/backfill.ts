import type { Day } from '../src/calendar.ts';
import type { BrandDay } from './dirty-days.ts';
import type { Reader } from './store.ts';
import type { DayRange } from './texts.ts';

/** A brand's day with its posts, and how many of them the network has scored. */
export interface BrandDayPosts extends BrandDay {
  posts: number;
  scored: number;
}

/** The brand-days of a range that have posts, oldest first. */
export async function brandDaysOf(reader: Reader, networkId: number, range: DayRange): Promise<BrandDayPosts[]> {
  let query = reader.db
    .selectFrom('post_brands as pb')
    .innerJoin('posts as p', 'p.post_id', 'pb.post_id')
    .leftJoin('scores as s', (join) => join.onRef('s.text_id', '=', 'p.text_id').on('s.network_id', '=', networkId))
    .select((eb) => ['pb.brand_id', 'pb.day', eb.fn.countAll().as('posts'), eb.fn.count('s.text_id').as('scored')])
    .where('pb.day', '>=', range.from)
    .where('pb.day', '<=', range.to);
  if (range.brandId !== undefined) query = query.where('pb.brand_id', '=', range.brandId);
  const rows = await query.groupBy(['pb.brand_id', 'pb.day']).orderBy('pb.day').orderBy('pb.brand_id').execute();
  return rows.map((row) => ({
    brandId: row.brand_id,
    day: row.day,
    posts: Number(row.posts),
    scored: Number(row.scored),
  }));
}

/** Posts of a range, and the days that they are on; each post once, whatever the number of its brands. */
export async function postsOfDays(reader: Reader, range: DayRange): Promise<{ days: number; posts: number }> {
  const { brandId } = range;
  let query = reader.db
    .selectFrom('posts as p')
    .select((eb) => [eb.fn.countAll().as('posts'), eb.fn.count('p.day').distinct().as('days')])
    .where('p.day', '>=', range.from)
    .where('p.day', '<=', range.to);
  if (brandId !== undefined)
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('post_brands as pb')
          .select('pb.post_id')
          .whereRef('pb.post_id', '=', 'p.post_id')
          .where('pb.brand_id', '=', brandId),
      ),
    );
  const row = await query.executeTakeFirstOrThrow();
  return { posts: Number(row.posts), days: Number(row.days) };
}

/** What a brand's day published, as far as comparing needs it. Score sum in parts per million. */
export interface DayLevel extends BrandDay {
  n: number;
  nPositive: number;
  sumScore: number;
}

/** The figures of a range as they are shown, by brand and day. */
export async function levelsOf(reader: Reader, range: DayRange): Promise<DayLevel[]> {
  let query = reader.db
    .selectFrom('series_stats')
    .select(['brand_id', 'day', 'n', 'n_positive', 'sum_score'])
    .where('day', '>=', range.from)
    .where('day', '<=', range.to)
    .where('n', '>', 0);
  if (range.brandId !== undefined) query = query.where('brand_id', '=', range.brandId);
  const rows = await query.orderBy('brand_id').orderBy('day').execute();
  return rows.map((row) => ({
    brandId: row.brand_id,
    day: row.day as Day,
    n: row.n,
    nPositive: row.n_positive,
    sumScore: Number(row.sum_score),
  }));
}

/** Rows that could not be used and whose content was kept, so that reading them can be tried again. */
export async function rejectsToRetry(reader: Reader): Promise<number> {
  const row = await reader.db
    .selectFrom('rejects')
    .select((eb) => eb.fn.countAll().as('rows'))
    .executeTakeFirstOrThrow();
  return Number(row.rows);
}
