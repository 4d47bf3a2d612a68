import type { Zone } from '../calendar.ts';

const EARLIEST_MS = Date.UTC(2000, 0, 1);
const AHEAD_MS = 48 * 3_600_000;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const FULL_MONTHS = 'january|february|march|april|may|june|july|august|september|october|november|december|sept';
const MONTH = `${MONTHS.join('|')}|${FULL_MONTHS}`;
const WEEKDAY = '(?:mon|tue|wed|thu|fri|sat|sun)';
const LONG_WEEKDAY = '(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,?\\s+)?';
const OFFSET = '[+-]\\d{2}:?\\d{2}|[+-]\\d{2}|z|utc|gmt|ut|[ecmp][sd]t';

/** `2018-10-10`, and then `T` or blanks, hours and minutes, seconds and their fraction, and an offset, each if it is there. */
const ISO = new RegExp(
  `^(\\d{4})-(\\d{2})-(\\d{2})(?:(?:t|\\s+)(\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?\\s*(${OFFSET})?)?$`,
  'i',
);
/** Twitter's `Wed Oct 10 20:19:24 +0000 2018`. */
const TWITTER = new RegExp(`^${WEEKDAY} ([a-z]{3}) (\\d{2}) (\\d{2}):(\\d{2}):(\\d{2}) ([+-]\\d{4}) (\\d{4})$`, 'i');
/** RFC 2822, section 3.3: `Wed, 10 Oct 2018 20:19:24 +0000`; weekday, seconds and offset may be missing, a comment may follow. */
const RFC_2822 = new RegExp(
  `^(?:${WEEKDAY},\\s*)?(\\d{1,2})\\s+([a-z]{3})\\s+(\\d{4})\\s+(\\d{2}):(\\d{2})(?::(\\d{2}))?\\s*(${OFFSET})?(?:\\s*\\([^()]*\\))?$`,
  'i',
);
/** A time as spreadsheets and people write it: `9:05`, `09.05`, `9:05:30 PM`, perhaps with an offset. */
const CLOCK = `(?:(?:,?\\s+(?:at\\s+)?|t)(\\d{1,2})[:.](\\d{2})(?:[:.](\\d{2})(?:[.,]\\d{1,9})?)?\\s*([ap]\\.?m\\.?)?\\s*(${OFFSET})?)?$`;
/** `3/4/2026 9:05`, `03-04-2026 09.05`, `3.4.2026`: day and month in the order that the file is found to have. */
const NUMERIC = new RegExp(`^(\\d{1,2})([/.-])(\\d{1,2})\\2(\\d{4})${CLOCK}`, 'i');
/** `2026/4/3 9:05 PM` and ISO dates with such a time. */
const YEAR_FIRST = new RegExp(`^(\\d{4})([/.-])(\\d{1,2})\\2(\\d{1,2})${CLOCK}`, 'i');
/** `3-Apr-2026 9:05PM`, `Fri, 3 April 2026 09:05`. */
const DAY_NAMED = new RegExp(`^${LONG_WEEKDAY}(\\d{1,2})[\\s-](${MONTH})\\.?,?[\\s-](\\d{4})${CLOCK}`, 'i');
/** `Apr 3, 2026 9:05 PM`, `April 3 2026`. */
const MONTH_NAMED = new RegExp(`^${LONG_WEEKDAY}(${MONTH})\\.?\\s+(\\d{1,2}),?\\s+(\\d{4})${CLOCK}`, 'i');
const SECONDS = /^\d{9,10}$/;
const MILLISECONDS = /^\d{12,13}$/;

/** The zone names that RFC 2822, section 4.3, gives a meaning, in hours. */
const NAMED_HOURS: Readonly<Record<string, number>> = {
  ...{ z: 0, ut: 0, utc: 0, gmt: 0 },
  ...{ est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 },
};

/** Which comes first in a date of three numbers, day or month. */
export type DateOrder = 'dmy' | 'mdy';

/**
 * The instant that a date of an export names, in milliseconds since 1970 UTC; undefined when it has none of the known forms
 * (ISO 8601, Twitter's, RFC 2822, epoch seconds or milliseconds, and local ones with a year of four digits) or names a moment
 * that doesn't exist, such as February 30. Without an offset it is local time of the zone; a date without a time is that day's
 * midnight. Nothing is guessed: dates like 3/4/2026 are read only in the order given. A weekday that doesn't fit is ignored.
 */
export function parseInstant(written: string, zone: Zone, order?: DateOrder): number | undefined {
  const value = written.trim();
  const utc = commonInstant(value);
  if (utc !== undefined) return utc;
  let found = ISO.exec(value);
  if (found) {
    const [, year, month, day, hour, minute, second, fraction, offset] = found;
    const local = localMs(Number(year), Number(month), Number(day), hour, minute, second);
    const ms = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
    return instant(local === undefined ? undefined : local + ms, offset, zone);
  }
  found = TWITTER.exec(value);
  if (found) {
    const [, month, day, hour, minute, second, offset, year] = found;
    return instant(localMs(Number(year), monthOf(month), Number(day), hour, minute, second), offset, zone);
  }
  if (SECONDS.test(value)) return Number(value) * 1000;
  if (MILLISECONDS.test(value)) return Number(value);
  found = RFC_2822.exec(value);
  if (found) {
    const [, day, month, year, hour, minute, second, offset] = found;
    return instant(localMs(Number(year), monthOf(month), Number(day), hour, minute, second), offset, zone);
  }
  return parseLocalForm(value, zone, order);
}

/** The most common form, `2018-10-10T20:19:24Z` with or without milliseconds, in a tenth of the time; undefined for the others. */
export function commonInstant(value: string): number | undefined {
  const { length } = value;
  if ((length !== COMMON.length && length !== COMMON.length - 4) || !value.endsWith('Z')) return undefined;
  // Bytes are read faster than the characters of a piece of a large text. Only ASCII has as many of them as characters.
  if (units.write(value) !== length) return undefined;
  for (let at = 0; at < length - 1; at += 1) {
    const unit = units[at] ?? 0;
    const expected = COMMON[at];
    if (expected === ZERO ? unit < ZERO || unit > ZERO + 9 : unit !== expected) return undefined;
  }
  const ms = length === COMMON.length ? pair(20) * 10 + (units[22] ?? 0) - ZERO : 0;
  const [hour, minute, second] = [pair(11), pair(14), pair(17)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const days = dayMs(pair(0) * 100 + pair(2), pair(5), pair(8));
  return days === undefined ? undefined : days + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

/** The number of two digits. */
function pair(at: number): number {
  return (units[at] ?? 0) * 10 + (units[at + 1] ?? 0) - 11 * ZERO;
}

const COMMON = Buffer.from('0000-00-00T00:00:00.000Z');
const ZERO = 0x30;
const units = Buffer.alloc(COMMON.length);

function parseLocalForm(value: string, zone: Zone, order: DateOrder | undefined): number | undefined {
  const timed = (found: RegExpExecArray, year: number, month: number, day: number): number | undefined => {
    const [hour, minute, second, half, offset] = found.slice(-5);
    const hour24 = half === undefined ? hour : hourOf(hour, half);
    return hour24 === null ? undefined : instant(localMs(year, month, day, hour24, minute, second), offset, zone);
  };
  let found = NUMERIC.exec(value);
  if (found) {
    if (order === undefined) return undefined;
    const [first, second] = [Number(found[1]), Number(found[3])];
    const [day, month] = order === 'dmy' ? [first, second] : [second, first];
    return timed(found, Number(found[4]), month, day);
  }
  found = YEAR_FIRST.exec(value);
  if (found) return timed(found, Number(found[1]), Number(found[3]), Number(found[4]));
  found = DAY_NAMED.exec(value);
  if (found) return timed(found, Number(found[3]), monthOf(found[2]), Number(found[1]));
  found = MONTH_NAMED.exec(value);
  if (found) return timed(found, Number(found[3]), monthOf(found[1]), Number(found[2]));
  return undefined;
}

/** The two numbers of a date like 3/4/2026 whose order is open, and what stands between; undefined for any other form. */
export function openOrder(written: string): { first: number; second: number; separator: string } | undefined {
  const found = NUMERIC.exec(written.trim());
  return found ? { first: Number(found[1]), second: Number(found[3]), separator: found[2] ?? '' } : undefined;
}

/** Whether an instant can be that of a post: not before 2000, and at most 48 hours after now (zones and clocks differ). */
export function isPlausible(atMs: number, nowMs: number): boolean {
  return atMs >= EARLIEST_MS && atMs <= nowMs + AHEAD_MS;
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

/** The hour of the day of `9 PM`; null when a clock of twelve hours doesn't show it. */
function hourOf(hour: string | undefined, half: string): string | null {
  const shown = Number(hour);
  if (shown < 1 || shown > 12) return null;
  return String((shown % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0));
}

/** A wall-clock time as if it were UTC, in milliseconds; undefined when no calendar or clock shows it. */
function localMs(year: number, month: number, day: number, hour = '0', minute = '0', second = '0'): number | undefined {
  const start = dayMs(year, month, day);
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)];
  if (start === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return start + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** The first moment of a day of the calendar; undefined when there is no such day. */
function dayMs(year: number, month: number, day: number): number | undefined {
  const days = DAYS_IN_MONTH[month - 1];
  if (days === undefined || day < 1 || day > days) return undefined;
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return undefined;
  return Date.UTC(year, month - 1, day);
}

function instant(local: number | undefined, offset: string | undefined, zone: Zone): number | undefined {
  if (local === undefined) return undefined;
  if (offset === undefined) return zone.instantOf(local);
  const minutes = offsetMinutes(offset);
  return minutes === undefined ? undefined : local - minutes * 60_000;
}

/** Minutes east of UTC; undefined beyond 14 hours, where no place on Earth is. */
function offsetMinutes(offset: string): number | undefined {
  const named = NAMED_HOURS[offset.toLowerCase()];
  if (named !== undefined) return named * 60;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', ''));
  if (minutes > 59 || hours * 60 + minutes > 14 * 60) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
