import { postsToSample, type ScoredPostRow } from '../../db/second-opinion.ts';
import type { Reader } from '../../db/store.ts';
import type { Judgement } from '../aggregate/stage.ts';
import { createDraw } from '../audit/draw.ts';
import type { Day } from '../calendar.ts';
import type { Config } from '../config/schema.ts';
import { sha256 } from '../model/canonical-json.ts';

/** A post of a population: its text, and what the model that reads everything makes of it. */
export interface FastPost extends Judgement {
  readonly textId: number;
}

export interface Drawn {
  /** The sample, in the order in which it was drawn. */
  readonly posts: readonly FastPost[];
  /** All posts that it was drawn from. */
  readonly all: readonly FastPost[];
}

/** Which posts to draw from, and by what. */
export interface DrawFrom {
  readonly brandId: number;
  readonly from: Day;
  readonly to: Day;
  readonly networkId: number;
  readonly judge: (pNegative: number, pPositive: number) => Judgement;
  readonly size: number;
  /** What chance comes from: the same words draw the same posts again. */
  readonly seed: string;
}

/** Draws a simple random sample of a brand's posts on some days, the same each time. */
export async function drawPosts(reader: Reader, config: Pick<Config, 'duplicates'>, request: DrawFrom): Promise<Drawn> {
  const { brandId, from, to, networkId, judge, size, seed } = request;
  const rows = new Map<number, ScoredPostRow>();
  const draw = createDraw(size, seedOf(seed));
  for (let day = from; day <= to; day += 1)
    for (const row of await postsToSample(reader, networkId, { brandId, day }, config.duplicates)) {
      rows.set(row.postId, row);
      draw.add(row.postId);
    }
  const postOf = (row: ScoredPostRow): FastPost => ({ textId: row.textId, ...judge(row.pNegative, row.pPositive) });
  const all = new Map([...rows].map(([postId, row]) => [postId, postOf(row)]));
  return { posts: draw.end().postIds.flatMap((postId) => all.get(postId) ?? []), all: [...all.values()] };
}

/** A number from 0 to below 2^31. */
function seedOf(words: string): number {
  return Number.parseInt(sha256(words).slice(0, 8), 16) % 2 ** 31;
}
