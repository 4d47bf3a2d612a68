import type { Selectable } from 'kysely';
import type { SampleSums } from '../src/aggregate/sampled-rate.ts';
import type { Day } from '../src/calendar.ts';
import { firstOfCopies } from './day-stats.ts';
import type { BrandDay } from './dirty-days.ts';
import type { Schema } from './schema.ts';
import { scoredPosts } from './scored-posts.ts';
import type { Reader, Tx } from './store.ts';

/** A post with its text's number and the network's raw probabilities. */
export interface ScoredPostRow {
  readonly postId: number;
  readonly textId: number;
  readonly pNegative: number;
  readonly pPositive: number;
}

/** The scored posts of a brand's day, those that its statistics count; see `scoredPostsOf`. */
export async function postsToSample(
  reader: Reader,
  networkId: number,
  { brandId, day }: BrandDay,
  copies: 'count' | 'once',
): Promise<ScoredPostRow[]> {
  const rows = await scoredPosts(reader, networkId, brandId)
    .crossJoin('texts as t')
    .select(['p.post_id', 'p.text_id', 's.p_negative', 's.p_positive', 't.copy16'])
    .where('pb.day', '=', day)
    .whereRef('t.text_id', '=', 'p.text_id')
    .where('t.body', '<>', '')
    .orderBy('p.at_ms')
    .orderBy('p.post_id')
    .execute();
  return (copies === 'once' ? firstOfCopies(rows) : rows).map((row) => ({
    ...{ postId: row.post_id, textId: row.text_id, pNegative: row.p_negative, pPositive: row.p_positive },
  }));
}

/** Texts by their numbers; those that were deleted by age are left out. */
export async function textsByNumber(
  reader: Reader,
  textIds: readonly number[],
): Promise<{ textId: number; body: string; original: string | null }[]> {
  const found: { textId: number; body: string; original: string | null }[] = [];
  for (let start = 0; start < textIds.length; start += 500) {
    const rows = await reader.db
      .selectFrom('texts')
      .select(['text_id', 'body', 'original'])
      .where('text_id', 'in', textIds.slice(start, start + 500))
      .where('body', '<>', '')
      .execute();
    found.push(...rows.map((row) => ({ textId: row.text_id, body: row.body, original: row.original })));
  }
  return found;
}

/** A brand-day of the series whose sample is missing, of older data, of another size or read by another model. */
export interface DueSample extends BrandDay {
  readonly seq: number;
  readonly modelId: number;
  readonly networkId: number;
}

/** The newest `limit` brand-days that lack a sample of this size by this model, newest first. Days deleted by age are left out. */
export async function dueSamples(
  reader: Reader,
  accurateModelId: number,
  size: number,
  firstDay: Day,
  limit: number,
): Promise<DueSample[]> {
  const rows = await reader.db
    .selectFrom('series_stats as d')
    .innerJoin('models as m', 'm.model_id', 'd.model_id')
    .leftJoin('day_samples as s', (join) =>
      join
        .onRef('s.model_id', '=', 'd.model_id')
        .onRef('s.brand_id', '=', 'd.brand_id')
        .onRef('s.day', '=', 'd.day')
        .onRef('s.data_seq', '=', 'd.data_seq')
        .on('s.accurate_model_id', '=', accurateModelId)
        .on('s.size', '=', size),
    )
    .select(['d.brand_id', 'd.day', 'd.data_seq', 'd.model_id', 'm.network_id'])
    .where('s.day', 'is', null)
    .where('d.n', '>', 0)
    // PostgreSQL knows no infinite integer.
    .$if(Number.isFinite(firstDay), (query) => query.where('d.day', '>=', firstDay))
    .orderBy('d.day', 'desc')
    .orderBy('d.brand_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...{ brandId: row.brand_id, day: row.day, seq: Number(row.data_seq) },
    ...{ modelId: row.model_id, networkId: row.network_id },
  }));
}

/** Keeps a day's sample in the place of an older one. */
export async function saveDaySample(
  tx: Tx,
  { brandId, day, seq, modelId }: Omit<DueSample, 'networkId'>,
  by: { accurateModelId: number; size: number },
  sums: SampleSums,
): Promise<void> {
  const values = {
    ...{ accurate_model_id: by.accurateModelId, data_seq: seq, size: by.size },
    ...{ n: sums.n, sum_f: sums.sumF, sum_g: sums.sumG },
    ...{ sum_ff: String(sums.sumFF), sum_fg: String(sums.sumFG), sum_gg: String(sums.sumGG) },
  };
  await tx.db
    .insertInto('day_samples')
    .values({ model_id: modelId, brand_id: brandId, day, ...values })
    .onConflict((conflict) => conflict.columns(['model_id', 'brand_id', 'day']).doUpdateSet(values))
    .execute();
}

/** Whether any day has a sample. */
export async function hasSamples(reader: Reader): Promise<boolean> {
  return (await reader.db.selectFrom('day_samples').select('day').limit(1).executeTakeFirst()) !== undefined;
}

/**
 * A brand's samples that fit the statistics that the series shows, by day. Those of older data are left out, and those by another
 * accurate model than the newest sample's: what two models say is not mixed in one series.
 */
export async function seriesSamples(reader: Reader, brandId: number): Promise<Map<Day, SampleSums>> {
  const rows = await reader.db
    .selectFrom('series_stats as d')
    .innerJoin('day_samples as s', (join) =>
      join
        .onRef('s.model_id', '=', 'd.model_id')
        .onRef('s.brand_id', '=', 'd.brand_id')
        .onRef('s.day', '=', 'd.day')
        .onRef('s.data_seq', '=', 'd.data_seq'),
    )
    .selectAll('s')
    .where('d.brand_id', '=', brandId)
    .orderBy('s.day')
    .execute();
  const newest = rows.at(-1)?.accurate_model_id;
  return new Map(
    rows
      .filter((row) => row.accurate_model_id === newest)
      .map((row) => [
        row.day,
        {
          ...{ n: row.n, sumF: Number(row.sum_f), sumG: Number(row.sum_g) },
          ...{ sumFF: BigInt(row.sum_ff), sumFG: BigInt(row.sum_fg), sumGG: BigInt(row.sum_gg) },
        },
      ]),
  );
}

/** Deletes the samples of a model's days. */
export async function deleteDaySamples(tx: Tx, modelId: number): Promise<void> {
  await tx.db.deleteFrom('day_samples').where('model_id', '=', modelId).execute();
}

export type SecondOpinionRow = Selectable<Schema['second_opinions']>;

/** What was said of a rule's dips, in the order of the days. */
export function secondOpinionsOf(reader: Reader, ruleId: string): Promise<SecondOpinionRow[]> {
  return reader.db
    .selectFrom('second_opinions')
    .selectAll()
    .where('rule_id', '=', ruleId)
    .orderBy('since_day')
    .orderBy('day')
    .execute();
}

/** Keeps what was said of a dip on a morning. It is said once: a night done again keeps to it, unless nobody could be asked. */
export async function saveSecondOpinion(tx: Tx, row: SecondOpinionRow): Promise<void> {
  const { run_id, verdict, inputs } = row;
  await tx.db
    .insertInto('second_opinions')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['rule_id', 'since_day', 'day'])
        .doUpdateSet({ run_id, verdict, inputs })
        .where('second_opinions.verdict', '=', 'unknown'),
    )
    .execute();
}
