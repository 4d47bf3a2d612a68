import { listBrands } from '../../db/brands.ts';
import { sealedBefore } from '../../db/sealed.ts';
import { type DueSample, dueSamples, saveDaySample } from '../../db/second-opinion.ts';
import { type SampleSums, sumsOf } from '../aggregate/sampled-rate.ts';
import type { Judgement } from '../aggregate/stage.ts';
import type { SampledRateSettings } from '../config/second-opinion.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import { drawPosts } from './draw.ts';
import { type OpenSecondReader, type Readings, readTexts, type SecondReader } from './reader.ts';

/** What the series' model of a day makes of raw probabilities. */
export type JudgeOf = (modelId: number) => Promise<(pNegative: number, pPositive: number) => Judgement>;

/** What sampling did in a run. */
export interface SampleSummary {
  /** Null when the model could not be used. */
  model: string | null;
  /** Brand-days sampled and kept, and the posts in their samples. */
  days: number;
  posts: number;
  /** Texts that the accurate model had to read for them; the others it had read before. */
  read: number;
  /** Whether more are due: the next night goes on with them. */
  left: boolean;
}

/** Brand-days looked up at once. */
const DAYS_PER_PAGE = 50;

/**
 * Gives every brand-day a random sample that the accurate model reads, the newest days first, for as long as the settings allow.
 * A day whose posts changed is drawn again, and mostly has the same sample. Nothing that the series shows of a day changes but
 * its sampled rate. Where the model fails, the next night goes on. Errors: E_INTERRUPTED between days.
 */
export async function sampleDays(
  context: Context,
  open: OpenSecondReader,
  judgeOf: JudgeOf,
  settings: SampledRateSettings,
): Promise<SampleSummary> {
  const { store, clock, progress, signal, log } = context;
  const summary: SampleSummary = { model: null, days: 0, posts: 0, read: 0, left: false };
  const reader = await open(settings.model);
  if (reader === undefined) return summary;
  summary.model = reader.label;
  const untilMs = clock() + settings.minutes * 60_000;
  const firstDay = await sealedBefore(store.read);
  const by = { accurateModelId: reader.modelId, size: settings.sample };
  progress.start('sample');
  try {
    for (;;) {
      const due = await dueSamples(store.read, reader.modelId, settings.sample, firstDay, DAYS_PER_PAGE);
      if (due.length === 0) return summary;
      for (const day of due) {
        throwIfAborted(signal);
        const { sums, readings } = await sampleOf(context, reader, day, settings.sample, judgeOf, untilMs);
        summary.read += readings.read;
        if (!readings.complete) {
          summary.left = true;
          if (readings.failure) log.warn({ model: reader.label }, `no more samples: ${readings.failure.message}`);
          return summary;
        }
        await store.transaction((tx) => saveDaySample(tx, day, by, sums));
        summary.days += 1;
        summary.posts += sums.n;
        progress.advance(1);
      }
    }
  } finally {
    progress.finish();
  }
}

/** The sums of one day's sample, and how it was read: they count only where all of it was. */
async function sampleOf(
  context: Context,
  reader: SecondReader,
  { brandId, day, networkId, modelId }: DueSample,
  size: number,
  judgeOf: JudgeOf,
  untilMs: number,
): Promise<{ sums: SampleSums; readings: Readings }> {
  const { store, config } = context;
  const judge = await judgeOf(modelId);
  const slug = (await listBrands(store.read)).find((brand) => brand.brandId === brandId)?.slug ?? '';
  const request = { brandId, from: day, to: day, networkId, judge, size, seed: `${slug}/${day}` };
  const { posts } = await drawPosts(store.read, config, request);
  const readings = await readTexts(
    context,
    reader,
    posts.map(({ textId }) => textId),
    untilMs,
  );
  const pairs = posts.flatMap(({ textId, pPositive }) => {
    const said = readings.of.get(textId);
    return said === undefined ? [] : [[pPositive, said.predicted === 'positive' ? 1 : 0] as const];
  });
  return { sums: sumsOf(pairs), readings };
}
