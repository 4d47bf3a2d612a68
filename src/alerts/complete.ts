import type { Day, Zone } from '../calendar.ts';

/** A source that delivers a brand's posts. */
export interface BrandSource {
  readonly name: string;
  /** Its newest post of any brand, milliseconds since 1970 UTC. */
  readonly newestPostMs: number;
  /** Whether it has delivered on more than one day, so that more can be expected of it. */
  readonly isRegular: boolean;
  /** The brand's posts from it by day. */
  readonly posts: ReadonlyMap<Day, number>;
}

/** How long a source that has gone quiet is waited for: after a week without posts it counts as given up. */
export const ACTIVE_DAYS = 7;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A source's newest post may be so long before midnight, or so many of its usual gaps, and the day is still whole. */
const LEAST_GAP_MS = 2 * HOUR_MS;
const GAPS = 4;

/**
 * The sources that have not delivered a brand's day to its end. A source counts while it had posts of the brand in the last week;
 * one that has delivered on a single day only, such as an import of history, only for the days that it has reached. It has
 * delivered a day when its newest post is later than it, or so shortly before its end that silence is no wonder.
 */
export function missingSources(sources: readonly BrandSource[], day: Day, zone: Zone): BrandSource[] {
  const endMs = zone.instantOf((day + 1) * DAY_MS);
  return sources.filter((source) => {
    if (!source.isRegular && zone.dayOf(source.newestPostMs) < day) return false;
    // Endless without posts in the last week: such a source counts as given up.
    const usualGap = (ACTIVE_DAYS * DAY_MS) / recentPosts(source, day);
    return endMs - source.newestPostMs > Math.max(LEAST_GAP_MS, GAPS * usualGap);
  });
}

function recentPosts({ posts }: BrandSource, day: Day): number {
  let sum = 0;
  for (let past = day - ACTIVE_DAYS + 1; past <= day; past += 1) sum += posts.get(past) ?? 0;
  return sum;
}

/** What is known about the delivery of a brand's days at one moment. */
export interface Delivery {
  /** The newest day that may be decided: all before it are complete, or their time has run out. */
  readonly newestDay: Day;
  /** The sources of which a day up to that one will be told that they are missing. */
  missing(day: Day): string[];
}

/**
 * Looks up to which day a brand may be decided at `nowMs`. A day on which a source is missing waits until `settleHours` after its
 * end; then it is decided without, as stale where the source is a regular one.
 */
export function deliveryOf(
  sources: readonly BrandSource[],
  { newestDay, nowMs, settleHours, zone }: { newestDay: Day; nowMs: number; settleHours: number; zone: Zone },
): Delivery {
  const isSettled = (day: Day) => nowMs >= zone.instantOf((day + 1) * DAY_MS) + settleHours * HOUR_MS;
  let newest = newestDay;
  while (!isSettled(newest) && missingSources(sources, newest, zone).length > 0) newest -= 1;
  return {
    newestDay: newest,
    missing: (day) =>
      missingSources(sources, day, zone)
        .filter(({ isRegular }) => isRegular)
        .map(({ name }) => name),
  };
}
