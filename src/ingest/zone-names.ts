import { isTimeZone } from '../calendar.ts';

/**
 * Zones that tools name so, summer time included. Names that stand for several places, or for one half of the year, such as `IST`,
 * `CST` and `EST`, are not among them: a file with one of those is asked about.
 */
const NAMED = new Map(
  Object.entries({
    ...{ utc: 'UTC', gmt: 'UTC', z: 'UTC', zulu: 'UTC' },
    ...{ et: 'America/New_York', ct: 'America/Chicago', mt: 'America/Denver', pt: 'America/Los_Angeles' },
    ...{ wet: 'Europe/Lisbon', cet: 'Europe/Paris', eet: 'Europe/Athens' },
  }),
);

const LABEL = /[([]\s*([^()[\]]*?)\s*[)\]]\s*$/;
const TRAILING_UTC = /(?:^|[^a-z])(?:utc|gmt)\s*$/i;
const OFFSET = /^(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?$/i;
/** What looks like a zone's name: `EST`, `AEDT`, `Europe/Nowhere`, `Eastern Time`. */
const LIKE_A_ZONE = /^(?:[a-z]{1,4}t|[a-z_]+\/[a-z_/]+|.*\btime)$/i;
/** What people write in brackets after a date that only looks like one. */
const NO_ZONE = /^(?:local(?:\s+time)?|date\s*\/\s*time|date|post|start|at)$/i;

/** The zone that a column's name gives its times in: a name for the calendar, `unclear` where it is one that needs asking. */
export interface NamedZone {
  zone?: string;
  unclear?: string;
}

/** Finds the zone in the name of a column, such as `Date (UTC)`, `Timestamp (ET)`, `Created At [Europe/Berlin]`, `Date (GMT+2)`. */
export function zoneInName(name: string): NamedZone {
  if (TRAILING_UTC.test(name)) return { zone: 'UTC' };
  const label = LABEL.exec(name)?.[1];
  if (label === undefined || NO_ZONE.test(label)) return {};
  const known = NAMED.get(label.toLowerCase());
  if (known !== undefined) return { zone: known };
  const offset = OFFSET.exec(label);
  if (offset) {
    const [, sign, hours = '', minutes = '00'] = offset;
    const zone = `${sign}${hours.padStart(2, '0')}:${minutes}`;
    return Number(hours) <= 14 && isTimeZone(zone) ? { zone } : { unclear: label };
  }
  if (label.includes('/') && isTimeZone(label)) return { zone: label };
  return LIKE_A_ZONE.test(label) ? { unclear: label } : {};
}

/** Whether a column's name ends in `UTC` or `GMT` without brackets, as in `created_utc`. */
export function endsInUtc(name: string): boolean {
  return TRAILING_UTC.test(name);
}
