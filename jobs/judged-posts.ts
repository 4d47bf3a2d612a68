import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DayVersion, scoredTexts } from '../db/day-posts.ts';
import type { Reader } from '../db/store.ts';
import { scoreOf } from '../src/aggregate/day-stats.ts';
import type { Day } from '../src/calendar.ts';
import { judge } from '../src/model/probabilities.ts';
import type { Applied } from '../src/model/spec.ts';
import type { Sentiment } from '../src/sentiment.ts';

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

/** The scored posts of a brand's day by their number, some at a time, as the model that shows the day calls them. */
export async function* judgedPosts(
  reader: Reader,
  of: DayVersion & { brandId: number; day: Day },
): AsyncGenerator<JudgedPost[]> {
  const { labels } = JSON.parse(of.networkSpec) as Pick<Applied, 'labels'>;
  const spec: Applied = { labels, ...(JSON.parse(of.modelSpec) as Omit<Applied, 'labels'>) };
  for await (const part of scoredTexts(reader, of, PART)) {
    yield part.map(({ postId, text, pNegative, pPositive }) => {
      const judged = judge({ spec }, pNegative, pPositive);
      return { postId, text, score: scoreOf(judged.pNegative, judged.pPositive), ...judged };
    });
    await nextTurn();
  }
}
