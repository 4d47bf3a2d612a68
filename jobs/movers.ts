import { dayVersion } from '../db/day-posts.ts';
import { seriesStatsOf } from '../db/series.ts';
import type { Reader } from '../db/store.ts';
import type { Moved, MovingPost } from '../reports/moved.ts';
import { addStats, type DatedStats, EMPTY_STATS } from '../src/aggregate/day-stats.ts';
import { estimateMean } from '../src/aggregate/estimate.ts';
import { grownTerms } from '../src/alerts/terms.ts';
import type { Day } from '../src/calendar.ts';
import type { Brand } from '../src/config/schema.ts';
import { essenceOf } from '../src/ingest/copies.ts';
import type { Sentiment } from '../src/sentiment.ts';
import { type JudgedPost, judgedPosts } from './judged-posts.ts';

/** Days, both included. */
export interface Span {
  readonly from: Day;
  readonly to: Day;
}

/** Posts shown of a brand. */
const POSTS = 4;
/** Groups of copies kept of a day, to be put together with those of other days. */
const GROUPS = 200;
/** Texts in which terms are counted, of the days and of those before: enough for shares to the percent. */
const TEXTS = 3_000;

/**
 * What moved a brand's mean score on some days away from that of the days before: posts, copies together, by what they add to the
 * difference, (score − mean before) / posts, and the terms that became more frequent in negative posts, or in positive ones
 * where it rose. Undefined where the difference may be chance (the mean's 95 % interval holds the mean before), where there is
 * nothing before, and where another model begins in between.
 */
export async function movedOf(
  reader: Reader,
  brandId: number,
  { days, before }: { days: Span; before: Span },
  { ownWords, breaks, countOnce }: { ownWords: readonly string[]; breaks: readonly Day[]; countOnce: boolean },
): Promise<Omit<Moved, 'before'> | undefined> {
  if (breaks.some((day) => day > before.from && day <= days.to)) return undefined;
  const statsNow = sum(await seriesStatsOf(reader, brandId, days));
  const statsBefore = sum(await seriesStatsOf(reader, brandId, before));
  if (statsNow.n === 0 || statsBefore.n === 0) return undefined;
  const mean = estimateMean(statsNow);
  const usual = estimateMean(statsBefore).value;
  if (mean.low === null || mean.high === null || (usual >= mean.low && usual <= mean.high)) return undefined;
  const side: Sentiment = mean.value < usual ? 'negative' : 'positive';
  const sign = side === 'negative' ? -1 : 1;

  const groups = new Map<string, Group>();
  const texts: string[] = [];
  const perDay = Math.ceil(TEXTS / (days.to - days.from + 1));
  for (let day = days.from; day <= days.to; day += 1) {
    const ofDay = new Map<string, Group>();
    const distinct = new Map<string, string>();
    for await (const post of dayPosts(reader, brandId, day)) {
      const essence = essenceOf(post.text) || post.text.trim();
      if (essence === '') continue;
      if (post.predicted === side && distinct.size < perDay) distinct.set(essence, post.text);
      const influence = (post.score - usual) / statsNow.n;
      // A copy that the day doesn't count adds nothing.
      if (countOnce && ofDay.has(essence)) continue;
      if (influence * sign > 0) add(ofDay, essence, { ...post, copies: 1, influence });
    }
    texts.push(...distinct.values());
    for (const [essence, group] of strongest(ofDay, GROUPS)) add(groups, essence, group);
  }
  return {
    ...{ mean: mean.value, usual },
    posts: strongest(groups, POSTS).map(([, { score, copies, ...group }]) => ({
      ...group,
      ...{ copies, score: score / copies },
    })),
    terms: grownTerms(texts, await textsOf(reader, brandId, before, side), ownWords),
  };
}

/** A group of copies under way: `score` is their sum. */
type Group = MovingPost;

function add(groups: Map<string, Group>, essence: string, { postId, text, score, copies, influence }: Group): void {
  const known = groups.get(essence);
  groups.set(
    essence,
    known
      ? {
          ...known,
          score: known.score + score,
          copies: known.copies + copies,
          influence: known.influence + influence,
        }
      : { postId, text, score, copies, influence },
  );
}

function strongest(groups: ReadonlyMap<string, Group>, most: number): [string, Group][] {
  return [...groups]
    .sort(([, a], [, b]) => Math.abs(b.influence) - Math.abs(a.influence) || a.postId - b.postId)
    .slice(0, most);
}

/** Texts of a class, copies once, the first of each day. */
async function textsOf(reader: Reader, brandId: number, { from, to }: Span, side: Sentiment): Promise<string[]> {
  const perDay = Math.ceil(TEXTS / (to - from + 1));
  const texts: string[] = [];
  for (let day = from; day <= to; day += 1) {
    const distinct = new Map<string, string>();
    for await (const { text, predicted } of dayPosts(reader, brandId, day)) {
      if (predicted !== side || text === '') continue;
      distinct.set(essenceOf(text), text);
      if (distinct.size === perDay) break;
    }
    texts.push(...distinct.values());
  }
  return texts;
}

async function* dayPosts(reader: Reader, brandId: number, day: Day): AsyncGenerator<JudgedPost> {
  const version = await dayVersion(reader, brandId, day);
  if (version) for await (const part of judgedPosts(reader, { ...version, brandId, day })) yield* part;
}

function sum(stats: readonly DatedStats[]) {
  return stats.reduce<Omit<DatedStats, 'day'>>(addStats, EMPTY_STATS);
}

/** The words that find a brand's posts: they are in all of them and tell nothing. */
export function ownWordsOf(slug: string, brand: Brand | undefined): string[] {
  const terms = brand?.match.any.flatMap((term) => (typeof term === 'string' ? [term] : [])) ?? [];
  return [slug.replaceAll('-', ' '), brand?.name ?? '', ...(brand?.aliases ?? []), ...terms];
}
