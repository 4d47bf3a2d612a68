import { estimateCorrectedRate } from '../../aggregate/corrected-rate.ts';
import { type ScoredPost, statsOf } from '../../aggregate/day-stats.ts';
import { estimateSampled, sumsOf } from '../../aggregate/sampled-rate.ts';
import { throwIfAborted } from '../../errors.ts';
import { nextTurn } from '../../next-turn.ts';
import type { Rates } from '../calibration.ts';
import { randomOf } from '../training/random.ts';
import { drawnOf, evenShares } from './artificial-prevalence.ts';

/** A labelled post as both models read it. */
export interface TwiceRead extends ScoredPost {
  readonly label: string;
  /** Whether the accurate model calls it positive. */
  readonly accurate: boolean;
}

export interface SampledDaysOptions {
  readonly posts: readonly TwiceRead[];
  readonly labels: readonly string[];
  readonly rates: Rates;
  /** Posts in a day, and of these in its sample. */
  readonly size: number;
  readonly sample: number;
  readonly days: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

const WAYS = ['counted', 'mean', 'corrected', 'sampled', 'sampleAlone', 'accurateCount'] as const;
type Way = (typeof WAYS)[number];

export interface SampledDaysResult {
  /** Mean absolute error of each way to tell the positive rate, against the accurate model's count of the whole day. */
  readonly ofAccurate: Readonly<Record<Way, number>>;
  /** The same against the true labels. */
  readonly ofLabels: Readonly<Record<Way, number>>;
  /** How often the sampled rate's interval of 90 % held the accurate model's count, and its mean width. */
  readonly coverage: number;
  readonly width: number;
}

/** Without a pause no signal would be heard. */
const DAYS_PER_TURN = 20;

/** Days drawn at artificial prevalences, as `artificialPrevalence` draws them, each with a random sample that both models read. */
export async function sampledDays(options: SampledDaysOptions): Promise<SampledDaysResult> {
  const { posts, labels, rates, size, sample, days, seed, signal } = options;
  const pools = labels.map((name) => posts.filter(({ label }) => label === name));
  const random = randomOf(seed, size);
  const zero = () => Object.fromEntries(WAYS.map((way) => [way, 0])) as Record<Way, number>;
  const [ofAccurate, ofLabels] = [zero(), zero()];
  let [held, width] = [0, 0];
  for (let index = 0; index < days; index += 1) {
    if (index % DAYS_PER_TURN === 0) await nextTurn();
    throwIfAborted(signal);
    const shares = evenShares(labels.length, random);
    // The posts of a day are in no order, so its first ones are a random sample of them.
    const day = Array.from({ length: size }, () => drawnOf(pools, shares, random));
    const read = day.slice(0, sample);
    const stats = statsOf(day);
    const sampled = estimateSampled(
      { n: stats.n, sumF: stats.sumPPositive },
      sumsOf(read.map(({ pPositive, accurate }) => [pPositive, accurate ? 1 : 0] as const)),
    );
    const told: Record<Way, number> = {
      counted: stats.nPositive / size,
      mean: stats.sumPPositive / 1e6 / size,
      corrected: estimateCorrectedRate(stats, rates)?.value ?? Number.NaN,
      sampled: sampled?.value ?? Number.NaN,
      sampleAlone: shareOf(read, ({ accurate }) => accurate),
      accurateCount: shareOf(day, ({ accurate }) => accurate),
    };
    const truth = shareOf(day, ({ label }) => label === 'positive');
    for (const way of WAYS) {
      ofAccurate[way] += Math.abs(told[way] - told.accurateCount) / days;
      ofLabels[way] += Math.abs(told[way] - truth) / days;
    }
    const [low, high] = [sampled?.low ?? 0, sampled?.high ?? 1];
    if (low <= told.accurateCount && told.accurateCount <= high) held += 1;
    width += (high - low) / days;
  }
  return { ofAccurate, ofLabels, coverage: held / days, width };
}

function shareOf<Post>(posts: readonly Post[], is: (post: Post) => boolean): number {
  return posts.filter(is).length / posts.length;
}
