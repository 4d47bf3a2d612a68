import { estimateCorrectedRate } from '../../aggregate/corrected-rate.ts';
import { type ScoredPost, statsOf } from '../../aggregate/day-stats.ts';
import { type Estimate, estimateMeanProbability, estimatePositiveRate } from '../../aggregate/estimate.ts';
import type { Sentiment } from '../../sentiment.ts';
import type { Rates } from '../calibration.ts';

/** A scored text with the cells that its group is named by, and its true class where that is known. */
export interface PostOfGroup extends ScoredPost {
  readonly group: readonly string[];
  readonly label: Sentiment | null;
}

/** One group's positive rate, told in each way. */
export interface GroupRates {
  readonly group: readonly string[];
  readonly n: number;
  /** Share of posts that the model calls positive. */
  readonly counted: Estimate;
  /** Mean probability of being positive. */
  readonly meanProbability: Estimate | null;
  /** Corrected for the model's known mistakes; null for a model without `rates`. */
  readonly corrected: Estimate | null;
  /** Where texts have labels: how many do, and the share of positive ones among them. */
  readonly labelled: { readonly n: number; readonly rate: number } | null;
}

/** The rates of every group, in the order of their names. */
export function groupRates(posts: readonly PostOfGroup[], rates: Rates | null, confidence: number): GroupRates[] {
  const groups = new Map<string, PostOfGroup[]>();
  for (const post of posts) {
    const key = JSON.stringify(post.group);
    const own = groups.get(key);
    if (own) own.push(post);
    else groups.set(key, [post]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => {
      const stats = statsOf(own);
      const labelled = own.filter(({ label }) => label !== null);
      const positive = labelled.filter(({ label }) => label === 'positive').length;
      return {
        group: own[0]?.group ?? [],
        n: stats.n,
        counted: estimatePositiveRate(stats, confidence),
        meanProbability: estimateMeanProbability(stats, confidence),
        corrected: estimateCorrectedRate(stats, rates, confidence),
        labelled: labelled.length === 0 ? null : { n: labelled.length, rate: positive / labelled.length },
      };
    });
}
