import { PPM } from './day-stats.ts';
import type { Estimate } from './estimate.ts';
import { studentQuantile } from './student.ts';

/** How sure the interval is, unless told otherwise: as that of the corrected rate. */
const SAMPLED_CONFIDENCE = 0.9;

/** With fewer posts in the sample nothing is estimated: the coefficient alone takes one of them. */
const LEAST_SAMPLE = 10;

/**
 * What a random sample of posts says, read by two models: f is the fast model's figure of a post, g the accurate model's, both in
 * parts per million. Whole numbers, as all statistics of a day.
 */
export interface SampleSums {
  readonly n: number;
  readonly sumF: number;
  readonly sumG: number;
  readonly sumFF: bigint;
  readonly sumFG: bigint;
  readonly sumGG: bigint;
}

/** The sums of pairs of figures in [0, 1]: the fast model's, the accurate one's. */
export function sumsOf(pairs: Iterable<readonly [fast: number, accurate: number]>): SampleSums {
  let [n, sumF, sumG, sumFF, sumFG, sumGG] = [0, 0, 0, 0n, 0n, 0n];
  for (const [fast, accurate] of pairs) {
    const [f, g] = [Math.round(fast * PPM), Math.round(accurate * PPM)];
    n += 1;
    sumF += f;
    sumG += g;
    sumFF += BigInt(f) * BigInt(f);
    sumFG += BigInt(f) * BigInt(g);
    sumGG += BigInt(g) * BigInt(g);
  }
  return { n, sumF, sumG, sumFF, sumFG, sumGG };
}

/** All posts that a sample was drawn from, and the sum of the fast model's figure over them in parts per million. */
export interface Population {
  readonly n: number;
  readonly sumF: number;
}

/**
 * The mean that the accurate model would give, had it read all posts: the fast model's mean over all of them, plus what the sample
 * says it is off by, with the coefficient that leaves the least variance. This is survey sampling's regression estimator
 * (Cochran, Sampling Techniques, 1977, chapter 7), and prediction-powered inference with a fitted coefficient (Angelopoulos, Bates,
 * Fannjiang, Jordan, Zrnic, Science 382, 2023; Angelopoulos, Duchi, Zrnic 2023).
 * The interval is Student's on n − 2 degrees of freedom, with the correction for a finite population: it says how far the
 * accurate model's own mean may be, not how wrong that model is or who happened to post. To the squared residuals that of one post
 * half wrong is added, since a sample that agrees in everything does not show that all posts do. Null below ten sampled posts.
 */
export function estimateSampled(
  { n: all, sumF: allF }: Population,
  sample: SampleSums,
  confidence = SAMPLED_CONFIDENCE,
): Estimate | null {
  const { n } = sample;
  if (n < LEAST_SAMPLE || all < n) return null;
  const [count, sumF, sumG] = [BigInt(n), BigInt(sample.sumF), BigInt(sample.sumG)];
  // n² times the sample's variances and covariance, exact up to the one division.
  const ff = Number(count * sample.sumFF - sumF * sumF) / PPM ** 2;
  const fg = Number(count * sample.sumFG - sumF * sumG) / PPM ** 2;
  const gg = Number(count * sample.sumGG - sumG * sumG) / PPM ** 2;
  const coefficient = ff > 0 ? fg / ff : 0;
  const centre = sample.sumG / PPM / n + coefficient * (allF / PPM / all - sample.sumF / PPM / n);
  const residuals = Math.max(0, gg - coefficient * fg) / n + HALF_WRONG;
  const standardError = Math.sqrt((1 - n / all) * (residuals / (n - 2) / n));
  const half = studentQuantile(0.5 + confidence / 2, n - 2) * standardError;
  // What the sample saw is there, whatever the rest is like.
  const least = sample.sumG / PPM / all;
  const within = (mean: number): number => Math.min(least + (all - n) / all, Math.max(least, mean));
  return { value: within(centre), low: within(centre - half), high: within(centre + half), standardError };
}

/** The square of a residual of one half. */
const HALF_WRONG = 0.25;
