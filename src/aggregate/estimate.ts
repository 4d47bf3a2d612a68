import { type DayStats, PPM } from './day-stats.ts';
import { studentQuantile } from './student.ts';
import { NORMAL_95, wilsonInterval } from './wilson.ts';

/** A figure with its interval, of 95 % unless told otherwise. The ends are null when the data can't tell: fewer than two users. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Standard error, clustered by user. */
  readonly standardError: number | null;
}

/**
 * Mean score of a set of posts, with a t interval on G − 1 degrees of freedom for G users.
 * The variance is clustered by user (one person's ten posts are not ten people): with S and n a user's score sum and post
 * count, N all posts and m the mean, G/(G−1) · Σ(S − m·n)² / N² — Liang and Zeger, Biometrika 73 (1986), for a ratio of
 * sums; expanded, it needs only ΣS², ΣSn and Σn².
 */
export function estimateMean(stats: DayStats): Estimate {
  return meanEstimate(stats, stats.sumScore, stats.userSN, stats.userSS, 0.95);
}

/**
 * Share of positive posts, with a Wilson interval on the effective sample size: posts divided by the design effect, which is
 * the clustered variance over the binomial one, at least 1 (Korn and Graubard, Survey Methodology 24, 1998; Wilson, JASA 22,
 * 1927). Where all posts agree the variance says nothing; then Kish's n² / Σn² stands in for the effective size.
 */
export function estimatePositiveRate(stats: DayStats, confidence = 0.95): Estimate {
  const { n, nPositive, users } = stats;
  const value = nPositive / n;
  const variance = clusteredVariance(n, users, BigInt(nPositive), stats.userNN, stats.userKN, stats.userKK);
  if (variance === null) return { value, low: null, high: null, standardError: null };
  const binomial = (value * (1 - value)) / n;
  const effective =
    variance === 0 || binomial === 0 ? n ** 2 / Number(stats.userNN) : n / Math.max(1, variance / binomial);
  const z = studentQuantile(0.5 + confidence / 2, users - 1);
  const [low, high] = wilsonInterval(value, effective, z);
  return { value, low, high, standardError: Math.sqrt(variance) };
}

/**
 * Share of positive posts less the share of negative ones, from −1 to 1. Its variance is that of three classes, (p + q − (p − q)²) / n,
 * times the design effect of the positive rate: how much a user's posts are alike is taken to be the same for both classes.
 */
export function estimateNetSentiment(stats: DayStats): Estimate {
  const { n, nPositive, nNegative, users } = stats;
  const value = (nPositive - nNegative) / n;
  const { standardError: ofRate } = estimatePositiveRate(stats);
  if (ofRate === null) return { value, low: null, high: null, standardError: null };
  const rate = nPositive / n;
  const binomial = (rate * (1 - rate)) / n;
  const effect = binomial === 0 ? Number(stats.userNN) / n : Math.max(1, ofRate ** 2 / binomial);
  const standardError = Math.sqrt((((nPositive + nNegative) / n - value ** 2) / n) * effect);
  const half = studentQuantile(0.975, users - 1) * standardError;
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half), standardError };
}

/** Mean probability of being positive, with the interval of `estimateMean`. Null for statistics without products of probabilities. */
export function estimateMeanProbability(stats: DayStats, confidence: number): Estimate | null {
  if (stats.userProbabilities === null) return null;
  const [, , square = 0n, , withCount = 0n] = stats.userProbabilities;
  return meanEstimate(stats, stats.sumPPositive, withCount, square, confidence);
}

/** A mean in [0, 1] from a sum in parts per million and its products over users, with a t interval. */
function meanEstimate(
  { n, users, userNN }: DayStats,
  sum: number,
  withCount: bigint,
  square: bigint,
  confidence: number,
): Estimate {
  const value = sum / PPM / n;
  const variance = clusteredVariance(n, users, BigInt(sum), userNN, withCount, square);
  if (variance === null) return { value, low: null, high: null, standardError: null };
  const standardError = Math.sqrt(variance) / PPM;
  const half = studentQuantile(0.5 + confidence / 2, users - 1) * standardError;
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half), standardError };
}

/** Clustered variance of the ratio Σx / Σn over users, in squared units of x. Null below two users. */
function clusteredVariance(n: number, users: number, sum: bigint, nn: bigint, xn: bigint, xx: bigint): number | null {
  const x = { sum, withCount: xn };
  return clusteredCovariance({ n, users, userNN: nn }, x, x, xx);
}

/** A sum over all posts, and the sum over users of the product of its part with the user's post count. */
interface SumOverUsers {
  readonly sum: bigint;
  readonly withCount: bigint;
}

/**
 * Clustered covariance of the ratios Σx / Σn and Σy / Σn over users, in units of x times y. Null below two users.
 * Computed in whole numbers up to the last division: the expanded product loses all digits in floating point
 * when users hardly differ.
 */
export function clusteredCovariance(
  { n, users, userNN }: Pick<DayStats, 'n' | 'users' | 'userNN'>,
  x: SumOverUsers,
  y: SumOverUsers,
  xy: bigint,
): number | null {
  if (users < 2) return null;
  const total = BigInt(n);
  // N² · Σ(x − a·n)(y − b·n) with a = Σx / N and b = Σy / N.
  const scaled = total * total * xy - total * (x.sum * y.withCount + y.sum * x.withCount) + x.sum * y.sum * userNN;
  return (users / (users - 1)) * (Number(scaled) / n ** 4);
}

/**
 * Mean of several days' estimates, each day weighing the same, with the interval that follows from the days' standard
 * errors. The interval is unknown when any day's is. `least` is the lower end of the figure's scale.
 */
export function meanOfDays(days: readonly Estimate[], least = 0): Estimate {
  const value = days.reduce((sum, day) => sum + day.value, 0) / days.length;
  let variance = 0;
  for (const day of days) {
    if (day.standardError === null) return { value, low: null, high: null, standardError: null };
    variance += day.standardError ** 2;
  }
  const standardError = Math.sqrt(variance) / days.length;
  const half = NORMAL_95 * standardError;
  return { value, low: Math.max(least, value - half), high: Math.min(1, value + half), standardError };
}
