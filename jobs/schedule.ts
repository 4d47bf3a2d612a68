import { createTask, parse } from 'node-cron';
import { zoneOf } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';
import type { Clock } from '../src/context.ts';

const MINUTE = 60_000;
/** No zone turns its clocks back further; what goes back further was set by somebody. */
const LARGEST_TURN = 3 * 60 * MINUTE;
/** How far back a missed time is looked for. */
const LONGEST_ABSENCE = 366 * 24 * 60 * MINUTE;

/**
 * Calls `night` when the local wall clock passes a time of the configured cron line, until the signal stops it, and `eachMinute` in
 * the minutes between. A time that is
 * skipped in spring counts as passed with the gap, and one that comes twice in autumn counts once, so that each local day has
 * its night. A time that passed while the machine slept, while a night was at work, or since the last night (`lastNightMs`,
 * milliseconds UTC) before this program was started, is made up for at once, by one night.
 */
export async function schedule(
  config: Config,
  { clock, signal, lastNightMs }: { clock: Clock; signal: AbortSignal; lastNightMs?: number | undefined },
  night: () => Promise<void>,
  eachMinute: () => Promise<void> = async () => undefined,
): Promise<void> {
  const zone = zoneOf(config.time_zone);
  const isDue = createTimetable(config.schedule);
  let reached = zone.localOf(lastNightMs ?? clock());
  while (!signal.aborted) {
    const now = zone.localOf(clock());
    if (now < reached - LARGEST_TURN) reached = now;
    const due = isDue(reached, now);
    reached = Math.max(reached, now);
    if (due) await night();
    else {
      await eachMinute();
      await pause(MINUTE - (clock() % MINUTE), signal);
    }
  }
}

/** Tells whether a cron line has a time after `from` and not after `to`; both are wall-clock times given as if they were UTC. */
function createTimetable(line: string): (from: number, to: number) => boolean {
  // Only its pattern is used: by itself node-cron loses what falls into the hour that is skipped in spring.
  const pattern = createTask(line, () => undefined, { timezone: 'Etc/UTC' });
  const { minute: minutes } = parse(line);
  return (from, to) => {
    let time = Math.floor(Math.max(from, to - LONGEST_ABSENCE) / MINUTE + 1) * MINUTE;
    for (; time <= to; time += MINUTE)
      if (minutes.includes((time / MINUTE) % 60) && pattern.match(new Date(time))) return true;
    return false;
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
