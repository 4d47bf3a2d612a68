import { type DayVersion, dayVersion } from '../db/day-posts.ts';
import type { Reader } from '../db/store.ts';
import { judgedPosts } from '../jobs/judged-posts.ts';
import type { PredictedClass } from '../src/aggregate/day-stats.ts';
import type { Day } from '../src/calendar.ts';

/** What a person looks for among the posts of a day. */
export interface PostFilter {
  readonly class?: PredictedClass | undefined;
  /** Words that the text must have, in any case. */
  readonly term?: string | undefined;
  /** Ends of the score, both included. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A post's place in a list by influence: posts of the same influence go by their number. */
export interface Place {
  readonly influence: number;
  readonly postId: number;
}

export interface ListedPost extends Place {
  readonly score: number;
  readonly predicted: PredictedClass;
  readonly pNegative: number;
  readonly pPositive: number;
}

export interface PostPage {
  readonly posts: readonly ListedPost[];
  /** Posts that the filter lets through, of all. */
  readonly matching: number;
  readonly total: number;
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}

/** Where a page begins: behind a place, before one, or at the end. */
export type From = { readonly after: Place } | { readonly before: Place } | 'first' | 'last';

/**
 * The scored posts of a brand's day by influence: what each adds to the difference between the day's mean and that of the posts of
 * the week before, (score − usual mean) / n. All of a day add up to that difference. The largest first, whatever its sign.
 */
export interface DayPosts {
  readonly posts: readonly (ListedPost & { readonly folded: string })[];
}

/** Posts kept in memory, of all days together, at some 300 bytes each; one day may have more. */
const MOST_POSTS = 400_000;

/** Days as they were last looked at, read anew when anything about them changed. */
export function dayPostsCache(): (reader: Reader, brandId: number, day: Day) => Promise<DayPosts> {
  const days = new Map<string, { version: string; size: number; posts: Promise<DayPosts> }>();
  return async (reader, brandId, day) => {
    const key = `${brandId}/${day}`;
    const of = await dayVersion(reader, brandId, day);
    if (!of) return { posts: [] };
    const known = days.get(key);
    days.delete(key);
    if (known?.version === of.version) {
      days.set(key, known);
      return known.posts;
    }
    const entry = { version: of.version, size: 0, posts: readDay(reader, { ...of, brandId, day }) };
    days.set(key, entry);
    try {
      const read = await entry.posts;
      entry.size = read.posts.length;
      let total = 0;
      for (const { size } of days.values()) total += size;
      for (const [oldest, { size }] of days) {
        if (total <= MOST_POSTS || days.size === 1) break;
        days.delete(oldest);
        total -= size;
      }
      return read;
    } catch (thrown) {
      days.delete(key);
      throw thrown;
    }
  };
}

async function readDay(reader: Reader, of: DayVersion & { brandId: number; day: Day }): Promise<DayPosts> {
  const found: (ListedPost & { folded: string })[] = [];
  let sum = 0;
  for await (const part of judgedPosts(reader, of))
    for (const { text, ...post } of part) {
      sum += post.score;
      found.push({ ...post, influence: 0, folded: fold(text) });
    }
  // Without a week before there is nothing but the day itself to differ from.
  const usual = of.usual ?? sum / found.length;
  const posts = found.map((post) => ({ ...post, influence: (post.score - usual) / found.length }));
  return { posts: posts.sort(compare) };
}

/** The largest influence first, whatever its sign. */
function compare(a: Place, b: Place): number {
  return Math.abs(b.influence) - Math.abs(a.influence) || a.postId - b.postId;
}

/** A page of those that the filter lets through, and how many these are. */
export function pageOf({ posts }: DayPosts, filter: PostFilter, from: From, limit: number): PostPage {
  const term = filter.term === undefined ? '' : fold(filter.term.trim());
  const { min = 0, max = 1 } = filter;
  const found = posts.filter(
    (post) =>
      (filter.class === undefined || post.predicted === filter.class) &&
      post.score >= min &&
      post.score <= max &&
      (term === '' || post.folded.includes(term)),
  );
  const [start, end] = boundsOf(found, from, limit);
  return {
    posts: found.slice(start, end),
    ...{ matching: found.length, total: posts.length, hasBefore: start > 0, hasAfter: end < found.length },
  };
}

function boundsOf(found: readonly Place[], from: From, limit: number): [start: number, end: number] {
  if (from === 'first') return [0, limit];
  if (from === 'last') return [Math.max(0, found.length - limit), found.length];
  if ('after' in from) {
    const start = firstWhere(found, (post) => compare(post, from.after) > 0);
    return [start, start + limit];
  }
  const end = firstWhere(found, (post) => compare(post, from.before) >= 0);
  return [Math.max(0, end - limit), end];
}

/** By halving: the index of the first for which it is true, as it then is for all behind it. */
function firstWhere(found: readonly Place[], test: (place: Place) => boolean): number {
  let [low, high] = [0, found.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = found[middle];
    if (place !== undefined && test(place)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
