import type { Silence } from '../../db/silences.ts';
import { parseDay, type Zone } from '../calendar.ts';
import { MonitorError } from '../errors.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const UNITS: Readonly<Record<string, number>> = { h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS };

/** The silence that keeps a brand's mails back at a moment: the one that ends last; undefined when none does. */
export function silenceAt(silences: readonly Silence[], slug: string, nowMs: number): Silence | undefined {
  return silences
    .filter((silence) => silence.slug === null || silence.slug === slug)
    .filter((silence) => isHolding(silence, nowMs))
    .reduce<Silence | undefined>((last, next) => (last && last.untilMs >= next.untilMs ? last : next), undefined);
}

export function isHolding({ fromMs, untilMs, endedMs }: Silence, nowMs: number): boolean {
  return nowMs >= fromMs && nowMs < untilMs && (endedMs === null || nowMs < endedMs);
}

/**
 * The end of a silence: a day, included (`2026-03-31`), a local time (`2026-03-31T18:00`), or a length from now on (`12h`, `3d`,
 * `2w`). Milliseconds since 1970 UTC. Errors: E_USAGE, also for what is past.
 */
export function silenceEnd(text: string, nowMs: number, zone: Zone): number {
  const [, amount = '', unit = ''] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  const [, date = text, hours = '24', minutes = '00'] = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})$/.exec(text) ?? [];
  const day = parseDay(date);
  const ofDay = Number(hours) * 60 + Number(minutes);
  const untilMs =
    amount !== ''
      ? nowMs + Number(amount) * (UNITS[unit] ?? 0)
      : day === undefined || ofDay > 24 * 60 || Number(minutes) > 59
        ? Number.NaN
        : zone.instantOf(day * DAY_MS + ofDay * 60_000);
  if (untilMs > nowMs) return untilMs;
  throw new MonitorError(
    'E_USAGE',
    Number.isNaN(untilMs) ? `"${text}" is not a time.` : `"${text}" is past, so nothing would be silent.`,
    { remedy: 'Write --until 2026-03-31 (that day included), 2026-03-31T18:00, or a length such as 12h, 3d or 2w.' },
  );
}
