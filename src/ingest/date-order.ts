import { type DateOrder, openOrder } from './dates.ts';

/** `ambiguous` is a date of the file that could be read either way, given when nothing tells which. */
export interface FoundOrder {
  order: DateOrder | undefined;
  ambiguous: string | undefined;
}

/** So many times as often must one order be certain as the other: a few rows may be broken, but a mixture is not to be read. */
const MAJORITY = 20;

/**
 * Finds whether a file writes day or month first from its dates: a number above 12 can only be a day. Dots are taken for
 * day first, as everywhere where dates have dots. Dates of other forms have no say.
 */
export function findDateOrder(dates: Iterable<string>): FoundOrder {
  const certain: Record<DateOrder, number> = { dmy: 0, mdy: 0 };
  let open = 0;
  let ambiguous: string | undefined;
  let dotted = true;
  for (const written of dates) {
    const date = openOrder(written);
    if (!date || (date.first > 12 && date.second > 12)) continue;
    open += 1;
    dotted &&= date.separator === '.';
    if (date.first > 12) certain.dmy += 1;
    else if (date.second > 12) certain.mdy += 1;
    // 4/4/2026 is the same day either way.
    else if (date.first !== date.second) ambiguous ??= written;
  }
  if (certain.dmy > certain.mdy * MAJORITY) return { order: 'dmy', ambiguous: undefined };
  if (certain.mdy > certain.dmy * MAJORITY) return { order: 'mdy', ambiguous: undefined };
  if (certain.dmy + certain.mdy > 0) return { order: undefined, ambiguous: ambiguous ?? 'days on both sides' };
  if (open > 0 && (dotted || ambiguous === undefined)) return { order: 'dmy', ambiguous: undefined };
  return { order: undefined, ambiguous };
}
