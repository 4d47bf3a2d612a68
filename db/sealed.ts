import type { Day } from '../src/calendar.ts';
import { setting } from './settings.ts';
import type { Reader } from './store.ts';

/**
 * The first day that may still change. The texts of all days before it were deleted by age, so their statistics can't be
 * computed again: they stay as they are, and nothing is added to them. Minus infinity where nothing was deleted.
 */
export async function sealedBefore(reader: Reader): Promise<Day> {
  const day = await setting(reader, 'sealed_before');
  return day === undefined ? Number.NEGATIVE_INFINITY : Number(day);
}
