import type { Selectable } from 'kysely';
import type { DatedStats, DayStats } from '../src/aggregate/day-stats.ts';
import type { Day } from '../src/calendar.ts';
import type { BrandDay } from './dirty-days.ts';
import type { DayStatsRow } from './schema.ts';
import { scoredPosts } from './scored-posts.ts';
import type { Reader, Tx } from './store.ts';

export interface RawScoredPost {
  userId: string | null;
  pNegative: number;
  pPositive: number;
}

/**
 * The scored posts of a brand's day, with the network's raw probabilities. With copies `once`, of posts that are copies of one
 * another only the earliest. Texts that were stored before copies were marked are copies of nothing.
 */
export async function scoredPostsOf(
  reader: Reader,
  networkId: number,
  { brandId, day }: BrandDay,
  copies: 'count' | 'once' = 'count',
): Promise<RawScoredPost[]> {
  const scored = scoredPosts(reader, networkId, brandId)
    .select(['p.user_id', 's.p_negative', 's.p_positive'])
    .where('pb.day', '=', day);
  const rows =
    copies === 'count'
      ? await scored.execute()
      : firstOfCopies(
          await scored
            .crossJoin('texts as t')
            .whereRef('t.text_id', '=', 'p.text_id')
            .select('t.copy16')
            .orderBy('p.at_ms')
            .orderBy('p.post_id')
            .execute(),
        );
  return rows.map((row) => ({ userId: row.user_id, pNegative: row.p_negative, pPositive: row.p_positive }));
}

/** The rows without those that are a copy of an earlier one. */
export function firstOfCopies<Row extends { copy16: Uint8Array | null }>(rows: readonly Row[]): Row[] {
  const seen = new Set<string>();
  return rows.filter(({ copy16 }) => {
    if (copy16 === null) return true;
    const group = Buffer.from(copy16).toString('hex');
    return !seen.has(group) && seen.add(group);
  });
}

/** Writes a day's statistics. */
export async function saveDayStats(
  tx: Tx,
  key: BrandDay & { modelId: number; seq: number },
  stats: DayStats,
): Promise<void> {
  const values = {
    data_seq: key.seq,
    n: stats.n,
    n_positive: stats.nPositive,
    n_negative: stats.nNegative,
    sum_score: stats.sumScore,
    sum_p_positive: stats.sumPPositive,
    sum_p_negative: stats.sumPNegative,
    users: stats.users,
    user_nn: stats.userNN.toString(),
    user_sn: stats.userSN.toString(),
    user_ss: stats.userSS.toString(),
    user_kn: stats.userKN.toString(),
    user_kk: stats.userKK.toString(),
    user_probabilities: stats.userProbabilities && JSON.stringify(stats.userProbabilities.map(String)),
    histogram: JSON.stringify(stats.histogram),
  };
  await tx.db
    .insertInto('day_stats')
    .values({ model_id: key.modelId, brand_id: key.brandId, day: key.day, ...values })
    .onConflict((conflict) => conflict.columns(['model_id', 'brand_id', 'day']).doUpdateSet(values))
    .execute();
}

/** A brand's days with their statistics by one model, in ascending order. What is shown to people is in series.ts. */
export async function dayStatsOf(
  reader: Reader,
  modelId: number,
  brandId: number,
  range: { from?: Day; to?: Day } = {},
): Promise<DatedStats[]> {
  let query = reader.db
    .selectFrom('day_stats')
    .selectAll()
    .where('model_id', '=', modelId)
    .where('brand_id', '=', brandId);
  if (range.from !== undefined) query = query.where('day', '>=', range.from);
  if (range.to !== undefined) query = query.where('day', '<=', range.to);
  return (await query.orderBy('day').execute()).map(statsOfRow);
}

export function statsOfRow(row: Selectable<DayStatsRow>): DatedStats {
  return {
    day: row.day,
    n: row.n,
    nPositive: row.n_positive,
    nNegative: row.n_negative,
    sumScore: Number(row.sum_score),
    sumPPositive: Number(row.sum_p_positive),
    sumPNegative: Number(row.sum_p_negative),
    users: row.users,
    userNN: BigInt(row.user_nn),
    userSN: BigInt(row.user_sn),
    userSS: BigInt(row.user_ss),
    userKN: BigInt(row.user_kn),
    userKK: BigInt(row.user_kk),
    userProbabilities:
      row.user_probabilities === null ? null : (JSON.parse(row.user_probabilities) as string[]).map(BigInt),
    histogram: JSON.parse(row.histogram) as number[],
  };
}
