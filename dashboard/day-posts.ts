import { dayVersion } from '../db/day-posts.ts';
import type { Reader } from '../db/store.ts';
import type { Day } from '../src/calendar.ts';
import { judgedPosts } from '../src/model/judged-posts.ts';
import {
  comparePlaces,
  type DayPosts,
  type ListedPost,
  listPosts,
  NO_POSTS,
  type Place,
  type PostFilter,
} from './post-list.ts';

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

/** Days kept in memory, all together; one day may take more. A day takes some 150 bytes a post, its words among them. */
const MOST_BYTES = 100_000_000;

/** Days as they were last looked at, read anew when anything about them changed. */
export function dayPostsCache(): (reader: Reader, brandId: number, day: Day) => Promise<DayPosts> {
  const days = new Map<string, { version: string; bytes: number; posts: Promise<DayPosts> }>();
  return async (reader, brandId, day) => {
    const key = `${brandId}/${day}`;
    const of = await dayVersion(reader, brandId, day);
    if (!of) return NO_POSTS;
    const known = days.get(key);
    days.delete(key);
    if (known?.version === of.version) {
      days.set(key, known);
      return known.posts;
    }
    const entry = {
      version: of.version,
      bytes: 0,
      posts: listPosts(judgedPosts(reader, { ...of, brandId, day }), of.usual),
    };
    days.set(key, entry);
    try {
      const read = await entry.posts;
      entry.bytes = read.bytes;
      let total = 0;
      for (const { bytes } of days.values()) total += bytes;
      for (const [oldest, { bytes }] of days) {
        if (total <= MOST_BYTES || days.size === 1) break;
        days.delete(oldest);
        total -= bytes;
      }
      return read;
    } catch (thrown) {
      if (days.get(key) === entry) days.delete(key);
      throw thrown;
    }
  };
}

/** A page of those that the filter lets through, and how many these are. */
export function pageOf(day: DayPosts, filter: PostFilter, from: From, limit: number): PostPage {
  const found = day.matching(filter);
  const [start, end] = boundsOf(day, found, from, limit);
  return {
    posts: Array.from(found.subarray(start, end), day.at),
    ...{ matching: found.length, total: day.total, hasBefore: start > 0, hasAfter: end < found.length },
  };
}

function boundsOf(day: DayPosts, found: Uint32Array, from: From, limit: number): [start: number, end: number] {
  if (from === 'first') return [0, limit];
  if (from === 'last') return [Math.max(0, found.length - limit), found.length];
  if ('after' in from) {
    const start = firstWhere(found, (rank) => comparePlaces(day.at(rank), from.after) > 0);
    return [start, start + limit];
  }
  const end = firstWhere(found, (rank) => comparePlaces(day.at(rank), from.before) >= 0);
  return [Math.max(0, end - limit), end];
}

/** By halving: the index of the first for which it is true, as it then is for all behind it. */
function firstWhere(found: Uint32Array, test: (rank: number) => boolean): number {
  let [low, high] = [0, found.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const rank = found[middle];
    if (rank !== undefined && test(rank)) high = middle;
    else low = middle + 1;
  }
  return low;
}
