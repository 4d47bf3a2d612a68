import { zoneOf } from '../calendar.ts';
import type { Config } from '../config/schema.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

type Team = Pick<Config['teams'][string], 'send_after' | 'time_zone' | 'digest'>;

/**
 * When what is found now may go out to a team, milliseconds UTC: at once, or at its hour of the day if that is still to come. A
 * team with a daily digest hears once a day: after a message today, on the next day. `lastMs` is when its newest was made.
 */
export function dueAt(team: Team, timeZone: string, nowMs: number, lastMs: number | null): number {
  const zone = zoneOf(team.time_zone ?? timeZone);
  const minutes = team.send_after ?? 0;
  const today = zone.dayOf(nowMs);
  const isToldToday = team.digest === 'daily' && lastMs !== null && zone.dayOf(lastMs) >= today;
  const day = isToldToday ? today + 1 : today;
  return Math.max(nowMs, zone.instantOf(day * DAY + minutes * MINUTE));
}
