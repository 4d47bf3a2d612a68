import { type SqlBool, sql } from 'kysely';
import type { BrandDay } from './dirty-days.ts';
import type { Reader } from './store.ts';
import type { DayRange } from './texts.ts';

/**
 * Brand-days whose statistics by a model are missing or older than the data, oldest first, each with the tick of the logical
 * clock that its data is at: that of a change that still waits, or else of the statistics that the series shows.
 * For models beside the series, whose days nobody marks dirty.
 */
export async function staleDays(
  reader: Reader,
  modelId: number,
  range: DayRange,
): Promise<(BrandDay & { seq: number })[]> {
  const { db } = reader;
  const seq = sql<number>`coalesce(dirty.seq, series.data_seq, 0)`;
  const rows = await db
    .selectFrom(
      db
        .selectFrom('post_brands')
        .select(['brand_id', 'day'])
        .where('day', '>=', range.from)
        .where('day', '<=', range.to)
        // Days that lost all their posts have statistics still.
        .union(
          db
            .selectFrom('series_stats')
            .select(['brand_id', 'day'])
            .where('day', '>=', range.from)
            .where('day', '<=', range.to),
        )
        .union(
          db
            .selectFrom('day_stats')
            .select(['brand_id', 'day'])
            .where('model_id', '=', modelId)
            .where('day', '>=', range.from)
            .where('day', '<=', range.to),
        )
        .as('known'),
    )
    .leftJoin('dirty_days as dirty', (join) =>
      join.onRef('dirty.brand_id', '=', 'known.brand_id').onRef('dirty.day', '=', 'known.day'),
    )
    .leftJoin('series_stats as series', (join) =>
      join.onRef('series.brand_id', '=', 'known.brand_id').onRef('series.day', '=', 'known.day'),
    )
    .leftJoin('day_stats as own', (join) =>
      join
        .on('own.model_id', '=', modelId)
        .onRef('own.brand_id', '=', 'known.brand_id')
        .onRef('own.day', '=', 'known.day'),
    )
    .select(['known.brand_id', 'known.day', seq.as('seq')])
    .where(sql<SqlBool>`(own.data_seq is null or own.data_seq <> ${seq})`)
    .orderBy('known.day')
    .orderBy('known.brand_id')
    .execute();
  return rows.map((row) => ({ brandId: row.brand_id, day: row.day, seq: Number(row.seq) }));
}
