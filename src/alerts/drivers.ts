import {
  type CopyGroup,
  groupsAgain,
  lowestGroups,
  negativeTexts,
  type PostSpan,
  shownPosts,
  spanMean,
} from '../../db/drivers.ts';
import type { QuotedPost } from '../../db/posts.ts';
import type { Reader } from '../../db/store.ts';
import { pickQuotes } from './quotes.ts';
import { type GrownTerm, grownTerms } from './terms.ts';

/** Days before the window that a change is measured against. */
export const BASE_DAYS = 7;
/** Groups to choose the quoted posts from. */
const CANDIDATES = 200;
/** Negative texts looked at for terms: enough for shares to the percent, little enough for a second. */
const TEXTS = 4000;

/** A post that moved the mean, for itself and its copies. */
export interface DriverPost extends QuotedPost {
  /** Posts of the window that say the same, itself among them. */
  readonly copies: number;
  /** The part of the change against the week before that the group makes up; null when the mean did not fall. */
  readonly share: number | null;
}

/** What drove a change. */
export interface Drivers {
  readonly posts: readonly DriverPost[];
  readonly terms: readonly GrownTerm[];
}

/**
 * What pulled a brand's mean down in a window, against the seven days before it: the posts that moved it most, copies
 * together, and the words that became more frequent in negative posts. `ownWords` are left out of these.
 */
export async function driversOf(reader: Reader, window: PostSpan, ownWords: readonly string[]): Promise<Drivers> {
  const base: PostSpan = { ...window, from: window.from - BASE_DAYS, to: window.from - 1 };
  const now = await spanMean(reader, window);
  if (!now) return { posts: [], terms: [] };
  const before = await spanMean(reader, base);
  const groups = await lowestGroups(reader, window, { mean: before?.mean ?? now.mean, limit: CANDIDATES });
  const known = await groupsAgain(reader, base, groups);
  const effects = groups.map((group) => ({
    group,
    effect: effectOf(group, known.get(group.key), { now: now.posts, before: before ?? null, mean: now.mean }),
  }));
  effects.sort((a, b) => a.effect - b.effect || a.group.postId - b.group.postId);
  const change = before ? now.mean - before.mean : 0;
  const shown = await shownPosts(
    reader,
    effects.map(({ group }) => group.postId),
  );
  const posts = effects.flatMap(({ group, effect }): DriverPost[] => {
    const post = shown.get(group.postId);
    // Where the mean did not fall, the lowest are shown all the same.
    if (!post || (change < 0 && effect >= 0)) return [];
    const share = change < 0 ? effect / change : null;
    return [{ ...post, postId: group.postId, copies: group.posts, share }];
  });
  return {
    posts: pickQuotes(posts),
    terms: before
      ? grownTerms(await negativeTexts(reader, window, TEXTS), await negativeTexts(reader, base, TEXTS), ownWords)
      : [],
  };
}

/**
 * By how much a group of copies moves the mean: with shares a and b of the posts now and before, scores s and r, and the mean m
 * before, a·(s − m) − b·(r − m). Over all groups that adds up to the change of the mean.
 */
export function effectOf(
  group: CopyGroup,
  known: CopyGroup | undefined,
  { now, before, mean }: { now: number; before: { posts: number; mean: number } | null; mean: number },
): number {
  const level = before?.mean ?? mean;
  const lost = known && before ? (known.posts / before.posts) * (known.score - level) : 0;
  return (group.posts / now) * (group.score - level) - lost;
}
