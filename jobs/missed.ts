import { doneNightBefore, doneNightsAfter } from '../db/runs.ts';
import { type Day, formatDay, type Zone } from '../src/calendar.ts';
import { MonitorError, throwIfAborted } from '../src/errors.ts';
import type { MissedNights } from '../src/missed-nights.ts';
import { report } from './report.ts';
import type { Session } from './session.ts';

/** Nights that were made up: the mornings as ISO dates, and how many of their reports were written. */
export interface MissedSummary {
  from: string;
  to: string;
  nights: number;
  reports: number;
}

/** Reports of the newest missed mornings are written; older ones nobody waits for. */
const MOST_REPORTS = 31;

/**
 * The mornings between the last nightly job that was done and the one of `asOf`. None on a new database, and none where a
 * later morning was done already: then the gap, if there was one, has been told. The answer stays the same when the job of
 * `asOf` is done again.
 */
export async function missedNights(
  { store, zone }: Pick<Session, 'store' | 'zone'>,
  asOf: Day,
): Promise<MissedNights | undefined> {
  const before = await doneNightBefore(store.read, asOf);
  if (before === undefined || before >= asOf - 1) return undefined;
  if ((await doneNightsAfter(store.read, asOf)).some((night) => isReal(night, zone))) return undefined;
  return { from: before + 1, to: asOf - 1 };
}

/**
 * Refuses a night whose day comes from a clock that is behind: it would decide and report as if days that were already
 * reported had not been. Errors: E_CLOCK.
 */
export async function checkClock({ store, zone }: Pick<Session, 'store' | 'zone'>, asOf: Day): Promise<void> {
  const later = (await doneNightsAfter(store.read, asOf)).find((night) => isReal(night, zone));
  if (later === undefined) return;
  throw new MonitorError(
    'E_CLOCK',
    `The clock says ${formatDay(asOf)}, but the nightly job of ${formatDay(later.asOf)} was already done.`,
    {
      remedy: `Set the clock of this machine right. To do the job of an earlier day on purpose: monitor run --as-of ${formatDay(asOf)}`,
    },
  );
}

/** A job of a day that lay in the future when it was done, as a test or a typing error, says nothing about the clock. */
function isReal({ asOf, startedMs }: { asOf: Day; startedMs: number }, zone: Zone): boolean {
  return asOf <= zone.dayOf(startedMs);
}

/** Writes the reports of the missed mornings, oldest first, at most the newest 31. Errors: E_FILE, E_INTERRUPTED. */
export async function reportMissed(session: Session, { from, to }: MissedNights): Promise<MissedSummary> {
  const { progress, signal, log } = session;
  const first = Math.max(from, to - MOST_REPORTS + 1);
  log.info({ from: formatDay(from), to: formatDay(to) }, 'nights were missed and are made up now');
  progress.start('reports', to - first + 1);
  try {
    for (let morning = first; morning <= to; morning += 1) {
      throwIfAborted(signal);
      await report(session, morning - 1);
      progress.advance(1);
    }
  } finally {
    progress.finish();
  }
  return { from: formatDay(from), to: formatDay(to), nights: to - from + 1, reports: to - first + 1 };
}
