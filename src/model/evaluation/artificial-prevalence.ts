import { estimateCorrectedRate } from '../../aggregate/corrected-rate.ts';
import { statsOf } from '../../aggregate/day-stats.ts';
import { saerensPrevalence } from '../../aggregate/prevalence.ts';
import { MonitorError, throwIfAborted } from '../../errors.ts';
import { nextTurn } from '../../next-turn.ts';
import type { Rates } from '../calibration.ts';
import { neutralOf } from '../probabilities.ts';
import type { ModelSpec } from '../spec.ts';
import { type Random, randomOf } from '../training/random.ts';
import type { PostOfGroup } from './group-rates.ts';

export interface ArtificialOptions {
  readonly posts: readonly PostOfGroup[];
  readonly labels: ModelSpec['labels'];
  readonly rates: Rates;
  /** Posts in an artificial day. */
  readonly size: number;
  readonly samples: number;
  readonly seed: number;
  readonly confidence: number;
  readonly signal: AbortSignal;
}

/** How far off a way of telling the positive rate is: mean absolute error and mean error, against the rate among the posts drawn. */
interface ErrorOfRate {
  readonly mae: number;
  readonly bias: number;
}

export interface ArtificialResult {
  readonly size: number;
  readonly samples: number;
  readonly counted: ErrorOfRate;
  readonly meanProbability: ErrorOfRate;
  readonly corrected: ErrorOfRate;
  readonly saerens: ErrorOfRate;
  /** Of the corrected rate's interval: how often it held the rate among the posts drawn, and the rate they were drawn by. */
  readonly coverage: number;
  readonly coverageOfSource: number;
  readonly width: number;
}

/** Without a pause no signal would be heard. */
const SAMPLES_PER_TURN = 20;

/**
 * The artificial-prevalence protocol: shares of the classes are drawn evenly from all there are (Kraemer's way, by sorted random
 * cuts), then posts by these shares, with replacement. Errors: E_INPUT when a class has no labelled post.
 */
export async function artificialPrevalence(options: ArtificialOptions): Promise<ArtificialResult> {
  const { posts, labels, rates, size, samples, seed, confidence, signal } = options;
  const pools = labels.map((name) => posts.filter(({ label }) => label === name));
  const empty = labels.find((_, index) => pools[index]?.length === 0);
  if (empty !== undefined)
    throw new MonitorError('E_INPUT', `No text of the data is labelled ${empty}.`, {
      remedy: `Give labelled texts of each class: ${labels.join(', ')}.`,
    });
  const all = rates.counts.reduce((sum, count) => sum + count, 0);
  const prior = rates.counts.map((count) => count / all);
  const random = randomOf(seed, size);
  const errors = { counted: [], meanProbability: [], corrected: [], saerens: [] } as Record<
    'counted' | 'meanProbability' | 'corrected' | 'saerens',
    number[]
  >;
  let [held, heldSource, width] = [0, 0, 0];
  for (let sample = 0; sample < samples; sample += 1) {
    if (sample % SAMPLES_PER_TURN === 0) await nextTurn();
    throwIfAborted(signal);
    const shares = evenShares(labels.length, random);
    const day = Array.from({ length: size }, () => drawnOf(pools, shares, random));
    const truth = day.filter(({ label }) => label === 'positive').length / size;
    const stats = statsOf(day);
    const corrected = estimateCorrectedRate(stats, rates, confidence);
    const posteriors = day.map(({ pNegative, pPositive }) =>
      labels.length === 2 ? [pNegative, pPositive] : [pNegative, neutralOf(pNegative, pPositive), pPositive],
    );
    errors.counted.push(stats.nPositive / size - truth);
    errors.meanProbability.push(stats.sumPPositive / 1e6 / size - truth);
    errors.corrected.push((corrected?.value ?? Number.NaN) - truth);
    errors.saerens.push((saerensPrevalence(posteriors, prior).at(-1) ?? Number.NaN) - truth);
    const [low, high] = [corrected?.low ?? 0, corrected?.high ?? 1];
    const source = shares.at(-1) ?? 0;
    if (low <= truth && truth <= high) held += 1;
    if (low <= source && source <= high) heldSource += 1;
    width += high - low;
  }
  return {
    ...{ size, samples },
    counted: errorOf(errors.counted),
    meanProbability: errorOf(errors.meanProbability),
    corrected: errorOf(errors.corrected),
    saerens: errorOf(errors.saerens),
    coverage: held / samples,
    coverageOfSource: heldSource / samples,
    width: width / samples,
  };
}

/** Shares of so many classes, each set of them as likely as any other. */
export function evenShares(classes: number, random: Random): number[] {
  const cuts = [0, ...Array.from({ length: classes - 1 }, random).sort((a, b) => a - b), 1];
  return cuts.slice(1).map((cut, index) => cut - (cuts[index] ?? 0));
}

/** A post of a class drawn by these shares, with replacement. */
export function drawnOf<Post>(pools: readonly (readonly Post[])[], shares: readonly number[], random: Random): Post {
  let left = random();
  let index = 0;
  while (index < shares.length - 1 && left >= (shares[index] ?? 0)) {
    left -= shares[index] ?? 0;
    index += 1;
  }
  const pool = pools[index] ?? [];
  const post = pool[Math.floor(random() * pool.length)];
  if (post === undefined) throw new Error('an empty class was drawn from');
  return post;
}

function errorOf(errors: readonly number[]): ErrorOfRate {
  return {
    mae: errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length,
    bias: errors.reduce((sum, error) => sum + error, 0) / errors.length,
  };
}
