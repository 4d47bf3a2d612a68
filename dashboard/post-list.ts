import type { JudgedPost } from '../src/model/judged-posts.ts';
import type { Sentiment } from '../src/sentiment.ts';
import { type FoldedTexts, foldText, foldTexts, withWords } from './text-search.ts';

/** What a person looks for among the posts of a day. */
export interface PostFilter {
  readonly class?: Sentiment | undefined;
  /** Words that the text must have, in any case. */
  readonly term?: string | undefined;
  /** Ends of the score, both included. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A post's place in a list by influence: the heaviest first, those of the same weight by their number. */
export interface Place {
  /** How far the score is from what is usual, in steps. */
  readonly weight: number;
  readonly postId: number;
}

export interface ListedPost extends Place {
  readonly score: number;
  readonly predicted: Sentiment;
  readonly pNegative: number;
  readonly pPositive: number;
  readonly influence: number;
}

/** Which of two places comes first. */
export function comparePlaces(a: Place, b: Place): number {
  return b.weight - a.weight || a.postId - b.postId;
}

/**
 * The scored posts of a brand's day by influence: what each adds to the difference between the day's mean and that of the posts of
 * the week before, (score − usual mean) / n. All of a day add up to that difference. The largest first, whatever its sign.
 */
export interface DayPosts {
  readonly total: number;
  readonly bytes: number;
  readonly at: (rank: number) => ListedPost;
  /** Which of the posts, by rank, a filter lets through. */
  readonly matching: (filter: PostFilter) => Uint32Array;
}

/** A day without posts. */
export const NO_POSTS: DayPosts = {
  ...{ total: 0, bytes: 0, matching: () => new Uint32Array() },
  at: (rank) => {
    throw new RangeError(`no post ${rank}`);
  },
};

/** The posts of a day, which come in parts by their number, in order of influence; `mean` is that of the week before. */
export async function listPosts(
  parts: AsyncIterable<readonly JudgedPost[]>,
  mean: number | undefined,
): Promise<DayPosts> {
  const ids: number[] = [];
  const negative: number[] = [];
  const positive: number[] = [];
  const scores: number[] = [];
  const classes: number[] = [];
  const texts: FoldedTexts[] = [];
  let sum = 0;
  for await (const part of parts) {
    for (const { postId, pNegative, pPositive, score, predicted } of part) {
      ids.push(postId);
      negative.push(pNegative);
      positive.push(pPositive);
      scores.push(score);
      classes.push(CLASSES.indexOf(predicted));
      sum += score;
    }
    texts.push(
      foldTexts(
        part.map(({ text }) => text),
        ids.length - part.length,
      ),
    );
  }
  const total = ids.length;
  // Without a week before there is nothing but the day itself to differ from.
  const usual = mean ?? sum / total;
  const { order, weights } = byWeight(scores, usual);
  // Columns instead of objects: a million posts are as little work for the garbage collector as ten.
  const columns = {
    ids: Float64Array.from(ids),
    ...{ negative: Float64Array.from(negative), positive: Float64Array.from(positive) },
    ...{ scores: Float64Array.from(scores), classes: Uint8Array.from(classes) },
  };
  const at = (rank: number): ListedPost => {
    const index = order[rank] ?? 0;
    const score = columns.scores[index] ?? 0;
    return {
      ...{ weight: weights[rank] ?? 0, postId: columns.ids[index] ?? 0, score, influence: (score - usual) / total },
      predicted: CLASSES[columns.classes[index] ?? 0] ?? 'neutral',
      ...{ pNegative: columns.negative[index] ?? 0, pPositive: columns.positive[index] ?? 0 },
    };
  };
  const matching = ({ class: wanted, term = '', min = 0, max = 1 }: PostFilter): Uint32Array => {
    const words = foldText(term.trim());
    const found = words === '' ? undefined : withWords(texts, words, total);
    const number = wanted && CLASSES.indexOf(wanted);
    const ranks = new Uint32Array(total);
    let count = 0;
    for (let rank = 0; rank < total; rank += 1) {
      const index = order[rank] ?? 0;
      const score = columns.scores[index] ?? 0;
      if (score < min || score > max || (found && found[index] === 0)) continue;
      if (number === undefined || columns.classes[index] === number) ranks[count++] = rank;
    }
    return ranks.subarray(0, count);
  };
  const bytes = 45 * total + texts.reduce((all, { joined }) => all + 2 * joined.length, 0);
  return { total, bytes, at, matching };
}

const CLASSES = ['negative', 'neutral', 'positive'] as const satisfies readonly Sentiment[];

/** Steps between a score that is as usual and one that is as far from it as can be. */
const STEPS = 2 ** 26;
/** More posts than a day can have: a weight and a place in the day fit one number to the digit. */
const MOST_A_DAY = 2 ** 26;

/** The posts in order of their weight, as places in the order in which they were read, and their weights in the new order. */
function byWeight(scores: readonly number[], usual: number): { order: Uint32Array; weights: Uint32Array } {
  const keys = Float64Array.from(scores, (score, index) => {
    const weight = Math.round(Math.abs(score - usual) * STEPS);
    return (STEPS - weight) * MOST_A_DAY + index;
  });
  // Numbers without a function that compares them are sorted natively.
  keys.sort();
  return {
    order: Uint32Array.from(keys, (key) => key % MOST_A_DAY),
    weights: Uint32Array.from(keys, (key) => STEPS - Math.floor(key / MOST_A_DAY)),
  };
}
