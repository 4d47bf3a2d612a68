import type { AlertEventRow } from '../../db/alerts.ts';
import { modelBreaks, modelSpans, seriesRates, seriesStatsOf } from '../../db/series.ts';
import { postsBySource, sourceDeliveries } from '../../db/sources.ts';
import type { Reader } from '../../db/store.ts';
import type { Day, Zone } from '../calendar.ts';
import type { Context } from '../context.ts';
import { ACTIVE_DAYS, type BrandSource } from './complete.ts';
import { type DayInput, emptyDay, type Series } from './measure.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A brand's days with posts, up to one. */
export async function seriesOfBrand(reader: Reader, brandId: number, to: Day): Promise<Series> {
  const stats = (await seriesStatsOf(reader, brandId, { to })).filter(({ n }) => n > 0);
  return { stats, breaks: modelBreaks(await modelSpans(reader)), ratesOf: await seriesRates(reader) };
}

/** Days before the newest one that may still be found to lack a source. */
const LOOK_BACK = 4 * ACTIVE_DAYS;

/** The sources of a brand's posts of the last weeks. */
export async function brandSources(reader: Reader, brandId: number, newestDay: Day): Promise<BrandSource[]> {
  const posts = await postsBySource(reader, brandId, { from: newestDay - LOOK_BACK, to: newestDay });
  return (await sourceDeliveries(reader)).flatMap(({ sourceId, name, newestPostMs, readingDays }) => {
    const own = posts.filter((row) => row.sourceId === sourceId);
    if (newestPostMs === null || own.length === 0) return [];
    const byDay = new Map(own.map((row) => [row.day, row.posts]));
    return [{ name, newestPostMs, isRegular: readingDays > 1, posts: byDay }];
  });
}

/** A job for a morning that the clock has not reached, as of a test, takes its days to be over and done. */
export function momentOf(newestDay: Day, nowMs: number, zone: Zone): number {
  return zone.dayOf(nowMs) > newestDay ? nowMs : Number.POSITIVE_INFINITY;
}

/** The hour of the next morning at which a day that no run looked at is asked about. */
const MORNING_HOURS = 6;

/**
 * The days that a rule on freshness decides: the newest one, as it is now, and those since the last decision, as they were on the
 * morning after. What was decided stays: later it can't be told when an export was missing.
 */
export async function freshnessInputs(
  reader: Reader,
  { zone, clock }: Pick<Context, 'zone' | 'clock'>,
  { brandId, newestDay }: { readonly brandId: number; readonly newestDay: Day },
  known: readonly AlertEventRow[],
): Promise<DayInput[]> {
  const last = known.at(-1)?.day ?? newestDay;
  if (last > newestDay) return [];
  const posts = await postsBySource(reader, brandId, { from: newestDay - 10 * ACTIVE_DAYS, to: newestDay + 1 });
  const own = new Set(posts.map(({ sourceId }) => sourceId));
  const files = (await sourceDeliveries(reader)).filter(({ sourceId }) => own.has(sourceId));
  const arrivals = files.flatMap(({ lastFileMs }) => lastFileMs ?? []);
  const inputs: DayInput[] = [];
  for (let day = Math.min(last + 1, newestDay); day <= newestDay; day += 1) {
    const morningMs = zone.instantOf((day + 1) * DAY_MS) + MORNING_HOURS * HOUR_MS;
    const atMs = day === newestDay && zone.dayOf(clock()) > day ? Math.min(clock(), morningMs + DAY_MS) : morningMs;
    const newest = Math.max(...arrivals.filter((ms) => ms <= atMs), Number.NEGATIVE_INFINITY);
    inputs.push({
      ...emptyDay(day),
      hoursSinceExport: Number.isFinite(newest) ? Math.floor((atMs - newest) / HOUR_MS) : null,
    });
  }
  return inputs;
}
