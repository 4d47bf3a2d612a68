import { tzOffset } from '@date-fns/tz';
import { UTCDate } from '@date-fns/utc';
// Not from the index: its some 300 modules cost every start of the program three seconds.
import { format } from 'date-fns/format';

/** A local calendar day, counted in days since 1970-01-01. Plain integers sort, subtract and store well. */
export type Day = number;

/** First and last day, both included. */
export interface Days {
  readonly from: Day;
  readonly to: Day;
}

const MS_PER_DAY = 86_400_000;
const MS_PER_QUARTER = 900_000;

/** The day named by an ISO date such as `2026-03-01`, or undefined when there is no such day. */
export function parseDay(iso: string): Day | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!match) return undefined;
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(ms).toISOString().startsWith(iso) ? ms / MS_PER_DAY : undefined;
}

/** A day as an ISO date, `2026-03-01`. */
export function formatDay(day: Day): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** A day in words, by a pattern of date-fns: `d MMM yyyy` is `1 Mar 2026`. English, the same on every machine. */
export function formatDayAs(day: Day, pattern: string): string {
  return format(new UTCDate(day * MS_PER_DAY), pattern);
}

/** Tells local days of one time zone. */
export interface Zone {
  readonly name: string;
  /** The local calendar day of an instant (milliseconds since 1970 UTC). */
  dayOf(atMs: number): Day;
  /** The local wall-clock time of an instant, as if it were UTC milliseconds. */
  localOf(atMs: number): number;
  /**
   * The instant of a local wall-clock time, given as if it were UTC milliseconds.
   * A time skipped in spring is read with the offset before the change; a time that happens twice in autumn is its first pass.
   */
  instantOf(localMs: number): number;
}

/**
 * A zone by its IANA name. An offset is looked up once per quarter of an hour and kept, because the look-up costs a hundred times
 * as much as the arithmetic. The rare quarters in which a zone changes its clocks (Newfoundland until 2011: at one minute past
 * midnight) keep none: there each instant is looked up.
 */
export function zoneOf(name: string): Zone {
  const lookUp = (atMs: number): number => tzOffset(name, new Date(atMs)) * 60_000;
  const offsets = new Map<number, number | null>();
  const offsetAt = (atMs: number): number => {
    const quarter = Math.floor(atMs / MS_PER_QUARTER);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      const atStart = lookUp(quarter * MS_PER_QUARTER);
      offset = atStart === lookUp((quarter + 1) * MS_PER_QUARTER - 1) ? atStart : null;
      if (offsets.size >= 200_000) offsets.clear();
      offsets.set(quarter, offset);
    }
    return offset ?? lookUp(atMs);
  };
  return {
    name,
    dayOf: (atMs) => Math.floor((atMs + offsetAt(atMs)) / MS_PER_DAY),
    localOf: (atMs) => atMs + offsetAt(atMs),
    instantOf: (localMs) => {
      // The offsets a day before and a day after enclose any change; the earlier one that fits its own result wins.
      const before = offsetAt(localMs - MS_PER_DAY);
      const after = offsetAt(localMs + MS_PER_DAY);
      const first = localMs - before;
      if (offsetAt(first) === before) return first;
      const second = localMs - after;
      return offsetAt(second) === after ? second : first;
    },
  };
}

/** Whether the name is an IANA time zone that this system knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
