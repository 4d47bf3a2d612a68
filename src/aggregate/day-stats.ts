import type { Day } from '../calendar.ts';
import type { Sentiment } from '../sentiment.ts';

/** Sums are kept in parts per million, as whole numbers, so that order, dialect and number of workers change nothing. */
export const PPM = 1_000_000;

const HISTOGRAM_BINS = 20;

/** What a day's (or several days') figures are computed from. The same numbers as the table day_stats. */
export interface DayStats {
  readonly n: number;
  readonly nPositive: number;
  readonly nNegative: number;
  readonly sumScore: number;
  readonly sumPPositive: number;
  readonly sumPNegative: number;
  readonly users: number;
  /** Sums over users of products of post count (n), score sum (s, parts per million) and positive count (k). */
  readonly userNN: bigint;
  readonly userSN: bigint;
  readonly userSS: bigint;
  readonly userKN: bigint;
  readonly userKK: bigint;
  /**
   * Sums over users of products of the sums of p_negative (a), p_positive (b), both in parts per million, and post count (n):
   * aa, ab, bb, an, bn. Null for days computed before these were kept.
   */
  readonly userProbabilities: readonly bigint[] | null;
  /** Posts per twentieth of the score. */
  readonly histogram: readonly number[];
}

/** A day of one brand with its statistics. */
export interface DatedStats extends DayStats {
  readonly day: Day;
}

/** One scored post as aggregation sees it: calibrated probabilities and the class that the model gives it. */
export interface ScoredPost {
  readonly userId: string | null;
  readonly pPositive: number;
  readonly pNegative: number;
  readonly predicted: Sentiment;
}

export const EMPTY_STATS: DayStats = {
  n: 0,
  nPositive: 0,
  nNegative: 0,
  sumScore: 0,
  sumPPositive: 0,
  sumPNegative: 0,
  users: 0,
  userNN: 0n,
  userSN: 0n,
  userSS: 0n,
  userKN: 0n,
  userKK: 0n,
  userProbabilities: [0n, 0n, 0n, 0n, 0n],
  histogram: new Array<number>(HISTOGRAM_BINS).fill(0),
};

interface UserSums {
  n: number;
  score: number;
  positive: number;
  pNegative: number;
  pPositive: number;
}

/** The statistics of a set of posts. Posts without a user are each a user of their own. */
export function statsOf(posts: Iterable<ScoredPost>): DayStats {
  let n = 0;
  let nPositive = 0;
  let nNegative = 0;
  let sumScore = 0;
  let sumPPositive = 0;
  let sumPNegative = 0;
  const histogram = new Array<number>(HISTOGRAM_BINS).fill(0);
  const users = new Map<string, UserSums>();
  const unnamed: UserSums[] = [];

  for (const post of posts) {
    const score = Math.round(scoreOf(post.pNegative, post.pPositive) * PPM);
    const positive = post.predicted === 'positive' ? 1 : 0;
    n += 1;
    nPositive += positive;
    if (post.predicted === 'negative') nNegative += 1;
    sumScore += score;
    const pNegative = Math.round(post.pNegative * PPM);
    const pPositive = Math.round(post.pPositive * PPM);
    sumPNegative += pNegative;
    sumPPositive += pPositive;
    const bin = Math.min(HISTOGRAM_BINS - 1, Math.floor((score * HISTOGRAM_BINS) / PPM));
    histogram[bin] = (histogram[bin] ?? 0) + 1;

    const sums = post.userId === null ? undefined : users.get(post.userId);
    if (sums === undefined) {
      const own = { n: 1, score, positive, pNegative, pPositive };
      if (post.userId === null) unnamed.push(own);
      else users.set(post.userId, own);
    } else {
      sums.n += 1;
      sums.score += score;
      sums.positive += positive;
      sums.pNegative += pNegative;
      sums.pPositive += pPositive;
    }
  }

  const products = { userNN: 0n, userSN: 0n, userSS: 0n, userKN: 0n, userKK: 0n };
  let [aa, ab, bb, an, bn] = [0n, 0n, 0n, 0n, 0n];
  for (const group of [users.values(), unnamed])
    for (const sums of group) {
      const [count, score, positive] = [BigInt(sums.n), BigInt(sums.score), BigInt(sums.positive)];
      products.userNN += count * count;
      products.userSN += score * count;
      products.userSS += score * score;
      products.userKN += positive * count;
      products.userKK += positive * positive;
      const [a, b] = [BigInt(sums.pNegative), BigInt(sums.pPositive)];
      aa += a * a;
      ab += a * b;
      bb += b * b;
      an += a * count;
      bn += b * count;
    }
  const userProbabilities = [aa, ab, bb, an, bn];
  const userCount = users.size + unnamed.length;
  return {
    ...{ n, nPositive, nNegative, sumScore, sumPPositive, sumPNegative, users: userCount },
    ...products,
    userProbabilities,
    histogram,
  };
}

/** The score of a post: its probability of being positive plus half of what is neither. In [0, 1]. */
export function scoreOf(pNegative: number, pPositive: number): number {
  return pPositive + 0.5 * (1 - pPositive - pNegative);
}

/** The statistics of several days together; a person who posts on two of them counts as two users. */
export function sumStats(days: readonly DayStats[]): DayStats {
  return days.reduce(addStats, EMPTY_STATS);
}

/** The statistics of two sets of posts by different users (of two days, say) together. Exact and associative. */
export function addStats(a: DayStats, b: DayStats): DayStats {
  return {
    n: a.n + b.n,
    nPositive: a.nPositive + b.nPositive,
    nNegative: a.nNegative + b.nNegative,
    sumScore: a.sumScore + b.sumScore,
    sumPPositive: a.sumPPositive + b.sumPPositive,
    sumPNegative: a.sumPNegative + b.sumPNegative,
    users: a.users + b.users,
    userNN: a.userNN + b.userNN,
    userSN: a.userSN + b.userSN,
    userSS: a.userSS + b.userSS,
    userKN: a.userKN + b.userKN,
    userKK: a.userKK + b.userKK,
    userProbabilities:
      a.userProbabilities && b.userProbabilities
        ? a.userProbabilities.map((product, index) => product + (b.userProbabilities?.[index] ?? 0n))
        : null,
    histogram: a.histogram.map((count, bin) => count + (b.histogram[bin] ?? 0)),
  };
}
