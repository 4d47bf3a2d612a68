import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { randomFrom } from '../../examples/world/random.ts';
import { type Day, formatDay, zoneOf } from '../../src/calendar.ts';
import type { Pool } from '../../src/model/pool.ts';
import { makeJobFolder } from './job.ts';

const MS_PER_DAY = 86_400_000;
const HOURS_2_30 = 2.5 * 3_600_000;
const WORDS = 'the good great love best bad worst late broken why app phone flight coffee my your not no'.split(' ');
const BRANDS = ['acme', 'pellimo'];
const POSTS = 8;

interface Arrival {
  day: Day;
  brand: string;
  row: string;
}

/** What a local day's posts are: spread over its 23, 24 or 25 hours, the first in its first and the last in its last second. */
function postsOf(zoneName: string, day: Day): Arrival[] {
  const zone = zoneOf(zoneName);
  const random = randomFrom(day);
  const start = zone.instantOf(day * MS_PER_DAY);
  const end = zone.instantOf((day + 1) * MS_PER_DAY);
  return BRANDS.flatMap((brand) =>
    Array.from({ length: POSTS }, (_, index) => {
      const atMs = index === POSTS - 1 ? end - 1000 : start + Math.floor(((end - start) * index) / POSTS / 1000) * 1000;
      // Moods last for some weeks, so that alerts fire and resolve.
      const mood = Math.floor(Math.sin(day / 9) * 4 + 6);
      const words = Array.from(
        { length: 4 },
        () => WORDS[Math.floor(random.next() * mood + 0.7 * (mood - 2))] ?? 'coffee',
      );
      const row = `${brand}-${day}-${index},${new Date(atMs).toISOString()},${words.join(' ')} ${index},u${index},${brand}\n`;
      return { day, brand, row };
    }),
  );
}

const exportOf = (arrivals: readonly Arrival[]) =>
  `id,created_at,text,user_id,brand\n${arrivals.map(({ row }) => row).join('')}`;

/**
 * Turns a clock through nights at 2:30 local time. In each the posts of the day before arrive, some a night late and some
 * twice. Then holds the database against one backfill of the same posts, and both against a count of the posts.
 */
export async function simulateNights(world: {
  zone: string;
  model: string;
  pool: Pool;
  /** First and last day of posts, and the days on which the machine was off the next morning. */
  from: Day;
  to: Day;
  off?: (day: Day) => boolean;
}): Promise<{ nights: number; secondsPerNight: number; events: number; firing: number }> {
  const { zone, model, pool, from, to, off = () => false } = world;
  const local = zoneOf(zone);
  const settings = {
    time_zone: zone,
    processed: 'delete',
    model: { use: model },
    brands: { acme: { alerts: [{ below: 0.5, min_posts: 5 }] }, pellimo: { alerts: [{ below: 0.48, min_posts: 5 }] } },
  };
  const [byNight, atOnce] = [makeJobFolder(settings, pool), makeJobFolder(settings, pool)];
  try {
    const all: Arrival[] = [];
    let waiting: Arrival[] = [];
    const mornings: string[] = [];
    const startedMs = performance.now();
    for (let day = from; day <= to; day += 1) {
      const posts = postsOf(zone, day);
      all.push(...posts);
      const isOff = off(day) && day < to;
      // Every fifth day a post is a night late, and another comes again.
      const late = day % 5 === 0 && day < to && !isOff ? posts.splice(3, 1) : [];
      waiting.push(...posts);
      if (isOff) continue;
      byNight.drop(`${formatDay(day)}.csv`, exportOf(waiting));
      waiting = [...late, ...posts.slice(0, late.length)];
      const now = local.instantOf((day + 1) * MS_PER_DAY + HOURS_2_30);
      const asOf = formatDay(local.dayOf(now));
      mornings.push(asOf);
      const run = await byNight.nightly(asOf, { now, fromClock: true, reports: day === to });
      expect(run.outcome).toBe('ok');
    }
    const secondsPerNight = (performance.now() - startedMs) / 1000 / mornings.length;
    expect(new Set(mornings).size).toBe(mornings.length);
    expect(mornings.at(-1)).toBe(formatDay(to + 1));

    atOnce.drop('history.csv', exportOf(all));
    const now = local.instantOf((to + 1) * MS_PER_DAY + HOURS_2_30);
    await atOnce.backfill(formatDay(from), formatDay(to), { now });

    const [nights, once] = [byNight.dump(), atOnce.dump()];
    const slugs = new Map(
      (nights['brands'] as { brand_id: number; slug: string }[]).map((row) => [row.brand_id, row.slug]),
    );
    const figures = nights['day_stats'] as { brand_id: number; day: Day; n: number }[];
    expect(figures.map(({ brand_id, day, n }) => `${slugs.get(brand_id)} ${formatDay(day)} ${n}`).sort()).toEqual(
      [...BRANDS.flatMap((brand) => daysFrom(from, to).map((day) => `${brand} ${formatDay(day)} ${POSTS}`))].sort(),
    );
    const plain = (rows: unknown[] | undefined) => rows?.map((row) => ({ ...(row as object), data_seq: 0 }));
    expect(plain(once['day_stats'])).toEqual(plain(nights['day_stats']));
    expect(newest(nights['alert_events'])).toEqual(newest(once['alert_events']));
    expect(once['notifications']).toEqual([]);
    const csv = (folder: string) =>
      readFileSync(join(folder, 'data/reports', formatDay(to), 'sentiment_daily_report.csv'), 'utf8');
    expect(csv(byNight.folder)).toBe(csv(atOnce.folder));
    const events = newest(nights['alert_events']);
    const firing = events.filter(({ to_state }) => to_state === 'firing').length;
    return { nights: mornings.length, secondsPerNight, events: events.length, firing };
  } finally {
    byNight.remove();
    atOnce.remove();
  }
}

function daysFrom(from: Day, to: Day): Day[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** The newest decision of each rule and day, without what tells when it was made. */
function newest(rows: unknown[] | undefined): { rule_id: string; day: Day; to_state: string }[] {
  const events = new Map<string, { rule_id: string; day: Day; revision: number; to_state: string }>();
  for (const row of rows ?? []) {
    const event = { ...(row as { rule_id: string; day: Day; revision: number; to_state: string }), data_seq: 0 };
    const known = events.get(`${event.rule_id} ${event.day}`);
    if (!known || known.revision < event.revision) events.set(`${event.rule_id} ${event.day}`, event);
  }
  return [...events.values()]
    .map((event) => ({ ...event, revision: 0 }))
    .sort((a, b) => (a.rule_id < b.rule_id ? -1 : a.rule_id > b.rule_id ? 1 : a.day - b.day));
}
