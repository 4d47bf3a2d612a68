import { staleDays } from '../../db/beside.ts';
import { saveDayStats, scoredPostsOf } from '../../db/day-stats.ts';
import { type BrandDay, clearDirty, dirtyDays } from '../../db/dirty-days.ts';
import { hasSamples, seriesSamples } from '../../db/second-opinion.ts';
import { modelBreaks, modelSpans, seriesRates, seriesStatsOfBrands } from '../../db/series.ts';
import type { Reader, Tx } from '../../db/store.ts';
import type { DayRange } from '../../db/texts.ts';
import type { Day } from '../calendar.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import type { Rates } from '../model/calibration.ts';
import { type DayStats, type ScoredPost, statsOf } from './day-stats.ts';
import { type DayFigures, dailyFigures } from './figures.ts';

/** A post's calibrated probabilities and its class. */
export type Judgement = Omit<ScoredPost, 'userId'>;

/** The model as aggregation needs it. */
export interface AggregationModel {
  readonly networkId: number;
  readonly modelId: number;
  /** What the model makes of a post's raw probabilities: calibrated ones and a class. */
  judge(pNegative: number, pPositive: number): Judgement;
}

/** Brand-days computed in one transaction; small enough to keep the database free for readers. */
const DAYS_PER_TRANSACTION = 20;

/** Computes the statistics of every brand-day that changed; with a range, only those on its days. */
export async function aggregate(
  context: Context,
  model: AggregationModel,
  range?: DayRange,
): Promise<{ days: number; posts: number }> {
  return computeDays(context, model, await dirtyDays(context.store.read, range), (tx, brandDay, stats) =>
    storeDay(tx, model.modelId, brandDay, stats),
  );
}

/**
 * Computes a model's statistics beside the series, of the brand-days in a range whose statistics by this model are missing or
 * older than the data. Nothing that is shown changes. The texts of these days must have been scored before.
 */
export async function aggregateBeside(
  context: Context,
  model: AggregationModel,
  range: DayRange,
): Promise<{ days: number; posts: number }> {
  const due = await staleDays(context.store.read, model.modelId, range);
  return computeDays(context, model, due, (tx, brandDay, stats) =>
    saveDayStats(tx, { ...brandDay, modelId: model.modelId }, stats),
  );
}

async function computeDays<Due extends BrandDay>(
  { store, config, signal, progress }: Context,
  model: AggregationModel,
  due: readonly Due[],
  save: (tx: Tx, brandDay: Due, stats: DayStats) => Promise<void>,
): Promise<{ days: number; posts: number }> {
  progress.start('aggregate', due.length);
  let posts = 0;
  for (let start = 0; start < due.length; start += DAYS_PER_TRANSACTION) {
    throwIfAborted(signal);
    const batch = due.slice(start, start + DAYS_PER_TRANSACTION);
    await store.transaction(async (tx) => {
      for (const brandDay of batch) {
        const stats = await computeDay(tx, config, model, brandDay);
        await save(tx, brandDay, stats);
        posts += stats.n;
      }
    });
    progress.advance(batch.length);
  }
  progress.finish();
  return { days: due.length, posts };
}

/** The statistics of a brand's day as its posts and their scores are now. */
export async function computeDay(
  reader: Reader,
  config: Pick<Config, 'duplicates'>,
  model: Omit<AggregationModel, 'modelId'>,
  brandDay: BrandDay,
): Promise<DayStats> {
  const scored = await scoredPostsOf(reader, model.networkId, brandDay, config.duplicates);
  return statsOf(scored.map((post) => ({ userId: post.userId, ...model.judge(post.pNegative, post.pPositive) })));
}

/** Keeps a day's statistics, and takes it off the list of days to compute. */
export async function storeDay(
  tx: Tx,
  modelId: number,
  brandDay: BrandDay & { seq: number },
  stats: DayStats,
): Promise<void> {
  await saveDayStats(tx, { ...brandDay, modelId }, stats);
  await clearDirty(tx, brandDay);
}

/** What the figures of all brands have in common: where models begin and what corrects their rates. */
export interface SeriesModels {
  readonly breaks: readonly Day[];
  readonly ratesOf: (day: Day) => Rates | null;
  /** Whether an accurate model ever read a sample. */
  readonly isSampled: boolean;
}

/** Reads it, once for all brands. */
export async function seriesModels(reader: Reader): Promise<SeriesModels> {
  const [breaks, ratesOf] = [modelBreaks(await modelSpans(reader)), await seriesRates(reader)];
  return { breaks, ratesOf, isSampled: await hasSamples(reader) };
}

/**
 * Every brand's figures up to a day as the series shows them, by brand; with a first day only from there on, and of one brand only
 * where told so. Give it a snapshot, so that figures and models are of one moment.
 */
export async function figuresOfBrands(
  reader: Reader,
  config: Context['config'],
  { from, to }: { from?: Day | undefined; to: Day },
  brandId?: number,
): Promise<Map<number, DayFigures[]>> {
  const { breaks, ratesOf, isSampled } = await seriesModels(reader);
  // A window of calendar days reaches back so far; one of rows may reach back over any number of days.
  const reach = from === undefined || config.smoothing === 'rows' ? undefined : from - config.window + 1;
  const found = new Map<number, DayFigures[]>();
  for (const [brand, stats] of await seriesStatsOfBrands(reader, { from: reach, to, brandId })) {
    const samples = isSampled ? await seriesSamples(reader, brand) : undefined;
    const figures = dailyFigures(stats, config, breaks, ratesOf, samples);
    found.set(brand, from === undefined ? figures : figures.filter(({ day }) => day >= from));
  }
  return found;
}
