import { postsByIds } from '../../db/day-posts.ts';
import { copiesOn } from '../../db/drivers.ts';
import type { QuotedPost } from '../../db/posts.ts';
import { seriesStatsOf } from '../../db/series.ts';
import type { Reader } from '../../db/store.ts';
import { sumStats } from '../aggregate/day-stats.ts';
import { estimateMean } from '../aggregate/estimate.ts';
import type { Day, Days } from '../calendar.ts';
import type { Brand, Config } from '../config/schema.ts';
import { copyHash } from '../ingest/copies.ts';
import { judgeOf } from '../model/judged-posts.ts';
import type { Sentiment } from '../sentiment.ts';
import { type CopyGroup, candidatesOf, dayVersionIn, textsOf } from './driver-candidates.ts';
import { pickQuotes } from './quotes.ts';
import { type GrownTerm, grownTerms } from './terms.ts';

/** Days that a change is measured against. */
const BASE_DAYS = 7;

/** A post that moved the mean score, for itself and its copies. */
export interface DriverPost extends QuotedPost {
  /** Posts of the days that say the same, itself among them; `score` is their mean. */
  readonly copies: number;
  /** What they add to the difference from the days before. */
  readonly influence: number;
  /** The part of the difference that this is; null where there is none to that side. */
  readonly share: number | null;
}

/** What moved a brand's mean score on some days away from that of the days before. */
export interface Drivers {
  readonly mean: number;
  /** The mean score of the days before; null without any, or where another model begins in between. */
  readonly usual: number | null;
  /** Whether it differs by more than chance: the days' 95 % interval does not hold the mean before. */
  readonly isSure: boolean;
  /** Most influence first. */
  readonly posts: readonly DriverPost[];
  /** Terms that became more frequent in posts of the class. */
  readonly terms: readonly GrownTerm[];
}

export const NO_DRIVERS: Drivers = { mean: 0, usual: null, isSure: false, posts: [], terms: [] };

/** What a question after drivers needs of the settings and the series. */
export interface DriverSettings {
  /** Words that are in all of a brand's posts and tell nothing. */
  readonly ownWords: readonly string[];
  /** Days on which another model begins. */
  readonly breaks: readonly Day[];
  /** Whether copies of one day count as one post. */
  readonly countOnce: boolean;
}

/**
 * The days of an alert and those that tell what is usual: the window of its average, and the week before the dip's first window.
 * Mails and pages ask of these, and so tell the same.
 */
export function spansOfAlert(windowFrom: Day, day: Day, since: Day): { days: Days; before: Days } {
  const until = Math.min(windowFrom, since - (day - windowFrom)) - 1;
  return { days: { from: windowFrom, to: day }, before: { from: until - BASE_DAYS + 1, to: until } };
}

/** A day, and the week before it. */
export function spansOfDay(day: Day): { days: Days; before: Days } {
  return { days: { from: day, to: day }, before: { from: day - BASE_DAYS, to: day - 1 } };
}

/**
 * What moved a brand's mean score, by the calibrated scores of the days' own models: the posts that did it most, copies together,
 * and the words that became more frequent. To the side given, or to that on which the mean lies; where it is not lower, the lowest
 * posts are those of the side `negative` all the same. Null without posts.
 */
export async function driversOf(
  reader: Reader,
  brandId: number,
  { days, before }: { readonly days: Days; readonly before: Days },
  { ownWords, breaks, countOnce }: DriverSettings,
  given?: 'negative' | 'positive',
): Promise<Drivers | null> {
  const statsNow = sumStats(await seriesStatsOf(reader, brandId, days));
  const statsBefore = sumStats(await seriesStatsOf(reader, brandId, before));
  if (statsNow.n === 0) return null;
  const mean = estimateMean(statsNow);
  const comparable = statsBefore.n > 0 && !breaks.some((day) => day > before.from && day <= days.to);
  const usual = comparable ? estimateMean(statsBefore).value : null;
  // Without an interval it may lie anywhere.
  const isSure = usual !== null && (usual < (mean.low ?? 0) || usual > (mean.high ?? 1));
  const level = usual ?? mean.value;
  const side: Sentiment = given ?? (mean.value < level ? 'negative' : 'positive');
  const sign = side === 'negative' ? -1 : 1;

  const { groups, texts } = await candidatesOf(reader, brandId, {
    ...{ days, level, side, countOnce },
    beyondOnly: usual !== null,
  });
  const known = usual === null ? undefined : await groupsOn(reader, brandId, before, { groups, countOnce });
  const totals = {
    now: statsNow.n,
    before: usual === null ? null : { posts: statsBefore.n, mean: usual },
    mean: level,
  };
  const change = mean.value - level;
  const moves = change * sign > 0;
  const shown = await postsByIds(
    reader,
    groups.map(({ postId }) => postId),
  );
  const posts = groups.flatMap((group): DriverPost[] => {
    const post = shown.get(group.postId);
    const influence = effectOf(group, known?.get(group.key), totals);
    // Where the mean did not move to this side, the strongest are shown all the same.
    if (!post || (moves && influence * sign <= 0)) return [];
    const { postId, atMs, day, userId, text } = post;
    const share = moves ? influence / change : null;
    return [{ postId, atMs, day, userId, text, score: group.score, copies: group.posts, influence, share }];
  });
  posts.sort((a, b) => (b.influence - a.influence) * sign || a.postId - b.postId);
  return {
    ...{ mean: mean.value, usual, isSure },
    posts: pickQuotes(posts),
    terms: usual === null ? [] : grownTerms(texts, await textsOf(reader, brandId, before, side), ownWords),
  };
}

/** The same groups on other days, whose model is one; a group that has no post there is missing. */
async function groupsOn(
  reader: Reader,
  brandId: number,
  span: Days,
  { groups, countOnce }: { groups: readonly CopyGroup[]; countOnce: boolean },
): Promise<Map<string, Pick<CopyGroup, 'posts' | 'score'>>> {
  const found = new Map<string, { posts: number; score: number }>();
  const version = await dayVersionIn(reader, brandId, span);
  if (!version) return found;
  const keys = new Map(groups.map(({ key, text }) => [copyHash(text).toString('hex'), key]));
  const judged = judgeOf(version);
  const seen = new Set<string>();
  const hashes = [...keys.keys()].map((hash) => Buffer.from(hash, 'hex'));
  for (const row of await copiesOn(reader, { networkId: version.networkId, brandId, ...span }, hashes)) {
    const key = keys.get(row.copies);
    const ofDay = `${row.day}/${row.copies}`;
    if (key === undefined || (countOnce && seen.has(ofDay))) continue;
    seen.add(ofDay);
    const more = countOnce ? 1 : row.posts;
    const { posts, score } = found.get(key) ?? { posts: 0, score: 0 };
    const total = posts * score + more * judged(row.pNegative, row.pPositive).score;
    found.set(key, { posts: posts + more, score: total / (posts + more) });
  }
  return found;
}

/**
 * By how much a group of copies moves the mean: with shares a and b of the posts now and before, scores s and r, and the mean m
 * before, a·(s − m) − b·(r − m). Over all groups that adds up to the change of the mean.
 */
export function effectOf(
  group: Pick<CopyGroup, 'posts' | 'score'>,
  known: Pick<CopyGroup, 'posts' | 'score'> | undefined,
  { now, before, mean }: { now: number; before: { posts: number; mean: number } | null; mean: number },
): number {
  const level = before?.mean ?? mean;
  const lost = known && before ? (known.posts / before.posts) * (known.score - level) : 0;
  return (group.posts / now) * (group.score - level) - lost;
}

/** The words that find a brand's posts: they are in all of them and tell nothing. */
export function ownWordsOf({ brands }: Config, slug: string): string[] {
  const brand: Brand | undefined = brands[slug];
  const terms = brand?.match.any.flatMap((term) => (typeof term === 'string' ? [term] : [])) ?? [];
  const words = [slug.replaceAll('-', ' '), brand?.name ?? '', ...(brand?.aliases ?? []), ...terms];
  return words.map((word) => word.replace(/^@/, ''));
}
