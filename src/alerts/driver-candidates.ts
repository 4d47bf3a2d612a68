import { type DayVersion, dayVersion } from '../../db/day-posts.ts';
import type { Reader } from '../../db/store.ts';
import type { Day, Days } from '../calendar.ts';
import { essenceOf } from '../ingest/copies.ts';
import { type JudgedPost, judgedPosts } from '../model/judged-posts.ts';
import type { Sentiment } from '../sentiment.ts';

/** Posts that are copies of one another. */
export interface CopyGroup {
  /** What the copies share. */
  readonly key: string;
  readonly posts: number;
  /** Mean score, calibrated. */
  readonly score: number;
  /** Its first post, and what that says. */
  readonly postId: number;
  readonly text: string;
}

/** Groups of copies kept of a day, to be put together with those of other days. */
const GROUPS = 200;
/** Groups kept while a day is read; beyond, the weaker half is let go, so that a day of millions takes no more memory. */
const GROUPS_UNDER_WAY = 50_000;
/** Texts in which terms are counted, of the days and of those before: enough for shares to the percent. */
const TEXTS = 3_000;

/**
 * The groups of copies that pull hardest from a level to one side, hardest first, and texts of that class, copies of a day once.
 * A day's posts are read in parts and let go; `countOnce` takes copies of a day for one post, as its figures do. With `beyondOnly`,
 * posts that don't pull to the side are left out; without, they come last, so that posts which are all alike are told too.
 */
export async function candidatesOf(
  reader: Reader,
  brandId: number,
  {
    days,
    level,
    side,
    countOnce,
    beyondOnly,
  }: { days: Days; level: number; side: Sentiment; countOnce: boolean; beyondOnly: boolean },
): Promise<{ groups: CopyGroup[]; texts: string[] }> {
  const sign = side === 'negative' ? -1 : 1;
  const groups = new Map<string, CopyGroup>();
  const texts: string[] = [];
  const perDay = Math.ceil(TEXTS / (days.to - days.from + 1));
  for (let day = days.from; day <= days.to; day += 1) {
    let ofDay = new Map<string, CopyGroup>();
    const distinct = new Map<string, string>();
    for await (const { postId, text, score, predicted } of dayPosts(reader, brandId, day)) {
      const key = keyOf(text);
      if (key === '') continue;
      if (predicted === side && distinct.size < perDay) distinct.set(key, text);
      if ((beyondOnly && (score - level) * sign <= 0) || (countOnce && ofDay.has(key))) continue;
      add(ofDay, { key, posts: 1, score, postId, text });
      if (ofDay.size > GROUPS_UNDER_WAY)
        ofDay = new Map(strongest(ofDay, level, sign, GROUPS_UNDER_WAY / 2).map((group) => [group.key, group]));
    }
    texts.push(...distinct.values());
    for (const group of strongest(ofDay, level, sign, GROUPS)) add(groups, group);
  }
  return { groups: strongest(groups, level, sign, GROUPS), texts };
}

/** Texts of a class, copies once, the first of each day. */
export async function textsOf(reader: Reader, brandId: number, { from, to }: Days, side: Sentiment): Promise<string[]> {
  const perDay = Math.ceil(TEXTS / (to - from + 1));
  const texts: string[] = [];
  for (let day = from; day <= to; day += 1) {
    const distinct = new Map<string, string>();
    for await (const { text, predicted } of dayPosts(reader, brandId, day)) {
      if (predicted !== side || text === '') continue;
      distinct.set(keyOf(text), text);
      if (distinct.size === perDay) break;
    }
    texts.push(...distinct.values());
  }
  return texts;
}

/** Which model shows some days, by the newest of them that has figures. */
export async function dayVersionIn(
  reader: Reader,
  brandId: number,
  { from, to }: Days,
): Promise<DayVersion | undefined> {
  for (let day = to; day >= from; day -= 1) {
    const version = await dayVersion(reader, brandId, day);
    if (version) return version;
  }
  return undefined;
}

/** What copies share; a text of nothing but emoji or links stands for itself. */
function keyOf(text: string): string {
  return essenceOf(text) || text.trim();
}

function add(groups: Map<string, CopyGroup>, more: CopyGroup): void {
  const known = groups.get(more.key);
  if (!known) return void groups.set(more.key, more);
  const posts = known.posts + more.posts;
  groups.set(more.key, { ...known, posts, score: (known.posts * known.score + more.posts * more.score) / posts });
}

function strongest(groups: ReadonlyMap<string, CopyGroup>, level: number, sign: 1 | -1, most: number): CopyGroup[] {
  const pull = ({ posts, score }: CopyGroup): number => posts * (score - level) * sign;
  return [...groups.values()].sort((a, b) => pull(b) - pull(a) || a.postId - b.postId).slice(0, most);
}

async function* dayPosts(reader: Reader, brandId: number, day: Day): AsyncGenerator<JudgedPost> {
  const version = await dayVersion(reader, brandId, day);
  if (version) for await (const part of judgedPosts(reader, { ...version, brandId, day })) yield* part;
}
