import { type Day, formatDayAs } from './calendar.ts';

/** Mornings that had no nightly job, first and last, and that a later one made up. */
export interface MissedNights {
  readonly from: Day;
  readonly to: Day;
}

/** `The nights of 3 to 5 March 2026 were missed and made up today.` */
export function missedText({ from, to }: MissedNights): string {
  const last = formatDayAs(to, 'd MMMM yyyy');
  if (from === to) return `The night of ${last} was missed and made up today.`;
  const same = (pattern: string) => formatDayAs(from, pattern) === formatDayAs(to, pattern);
  const first = formatDayAs(from, same('MMMM yyyy') ? 'd' : same('yyyy') ? 'd MMMM' : 'd MMMM yyyy');
  return `The nights of ${first} to ${last} were missed and made up today.`;
}
