import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DayVersion, scoredTexts } from '../../db/day-posts.ts';
import type { Reader } from '../../db/store.ts';
import { scoreOf } from '../aggregate/day-stats.ts';
import type { Day } from '../calendar.ts';
import type { Sentiment } from '../sentiment.ts';
import { judge } from './probabilities.ts';
import type { Applied } from './spec.ts';

/** A scored post as its day's model calls it. */
export interface JudgedPost {
  readonly postId: number;
  readonly text: string;
  readonly score: number;
  readonly predicted: Sentiment;
  readonly pNegative: number;
  readonly pPositive: number;
}

/** Posts read in one go: other requests are answered in between. */
const PART = 2_000;

/** Says what the model of a day makes of its network's raw probabilities. */
export function judgeOf({ networkSpec, modelSpec }: Pick<DayVersion, 'networkSpec' | 'modelSpec'>) {
  const { labels } = JSON.parse(networkSpec) as Pick<Applied, 'labels'>;
  const spec: Applied = { labels, ...(JSON.parse(modelSpec) as Omit<Applied, 'labels'>) };
  return (rawNegative: number, rawPositive: number): Omit<JudgedPost, 'postId' | 'text'> => {
    const judged = judge({ spec }, rawNegative, rawPositive);
    return { score: scoreOf(judged.pNegative, judged.pPositive), ...judged };
  };
}

/** The scored posts of a brand's day by their number, some at a time, as the model that shows the day calls them. */
export async function* judgedPosts(
  reader: Reader,
  of: DayVersion & { brandId: number; day: Day },
): AsyncGenerator<JudgedPost[]> {
  const judged = judgeOf(of);
  for await (const part of scoredTexts(reader, of, PART)) {
    yield part.map(({ postId, text, pNegative, pPositive }) => ({ postId, text, ...judged(pNegative, pPositive) }));
    await nextTurn();
  }
}
