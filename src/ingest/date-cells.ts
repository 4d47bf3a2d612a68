import type { Columns } from './columns.ts';

/** A cell that names a moment of the day: `10:00` anywhere, `10.00` at its end, or seconds since 1970. */
const HAS_TIME = /\d:\d{2}|[\sT]\d{1,2}\.\d{2}(?:\.\d{2})?(?:\s*[ap]\.?m\.?)?$|^\d{9,13}$/i;
/** What a spreadsheet shows of a day's beginning. */
const MIDNIGHT = /[\sT]+(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)?\s*AM)$/i;
const HAS_YEAR = /\d{4}/;

/**
 * What a row says of its instant: the cell of the date, with that of the time where the file has one of its own and the date
 * has none, or midnight.
 */
export function writtenDate(
  fields: readonly string[],
  { createdAt, time }: Pick<Columns, 'createdAt' | 'time'>,
): string {
  const date = fields[createdAt] ?? '';
  const clock = (fields[time] ?? '').trim();
  const day = date.trim().replace(MIDNIGHT, '');
  if (clock === '' || day === '' || HAS_TIME.test(day)) return date;
  return HAS_YEAR.test(clock) && HAS_TIME.test(clock) ? clock : `${day} ${clock}`;
}
