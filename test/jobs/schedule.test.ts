import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { schedule } from '../../jobs/schedule.ts';
import { zoneOf } from '../../src/calendar.ts';
import { configSchema } from '../../src/config/schema.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Daemon {
  /** When nights were begun, in UTC. */
  nights: string[];
  stop(): Promise<void>;
}

let stops: (() => Promise<void>)[] = [];
beforeEach(() => vi.useFakeTimers());
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  vi.useRealTimers();
});

function start(
  settings: { time_zone: string; schedule?: string },
  options: { lastNightMs?: number; night?: () => Promise<void> } = {},
): Daemon {
  const controller = new AbortController();
  const nights: string[] = [];
  const done = schedule(
    configSchema.parse(settings),
    { clock: Date.now, signal: controller.signal, lastNightMs: options.lastNightMs },
    async () => {
      nights.push(new Date().toISOString().slice(0, 16));
      await options.night?.();
    },
  );
  const stop = () => {
    controller.abort();
    return done;
  };
  stops.push(stop);
  return { nights, stop };
}

describe('the daemon', () => {
  it('does a night at its time in the configured zone, each day, until it is stopped', async () => {
    vi.setSystemTime('2026-07-01T20:00:00Z');
    const { nights, stop } = start({ time_zone: 'Europe/Berlin', schedule: '30 2 * * *' });
    await vi.advanceTimersByTimeAsync(48 * HOUR);
    expect(nights).toEqual(['2026-07-02T00:30', '2026-07-03T00:30']);
    await stop();
    await vi.advanceTimersByTimeAsync(48 * HOUR);
    expect(nights).toHaveLength(2);
  });

  it.each([
    ['Europe/Berlin', '2026-03-28T12:00:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
    ['Europe/Berlin', '2026-10-24T12:00:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['America/New_York', '2026-03-07T12:00:00Z', ['2026-03-08T07:00', '2026-03-09T06:30']],
    ['America/New_York', '2026-10-31T12:00:00Z', ['2026-11-01T07:30', '2026-11-02T07:30']],
    // Its clocks turn by half an hour, at 2:00.
    ['Australia/Lord_Howe', '2026-10-03T00:00:00Z', ['2026-10-03T15:30', '2026-10-04T15:30']],
    ['Australia/Lord_Howe', '2026-04-04T00:00:00Z', ['2026-04-04T16:00', '2026-04-05T16:00']],
  ])('in %s does the job of 2:30 once on the night of %s and once on the next', async (time_zone, from, expected) => {
    vi.setSystemTime(from);
    const { nights } = start({ time_zone });
    await vi.advanceTimersByTimeAsync(2 * DAY);
    expect(nights).toEqual(expected);
  });

  it('does each local day around the changes once, whatever the minute and the zone', async () => {
    for (const [time_zone, line] of [
      ['Europe/Berlin', '59 2 * * *'],
      ['America/New_York', '0 1 * * *'],
    ] as const) {
      const zone = zoneOf(time_zone);
      for (const from of ['2026-03-04T12:00:00Z', '2026-03-24T12:00:00Z', '2026-10-24T12:00:00Z']) {
        vi.setSystemTime(from);
        const { nights, stop } = start({ time_zone, schedule: line });
        await vi.advanceTimersByTimeAsync(10 * DAY);
        await stop();
        const days = nights.map((night) => zone.dayOf(Date.parse(`${night}Z`)));
        expect(days).toEqual(Array.from({ length: 10 }, (_, index) => (days[0] ?? 0) + index));
      }
    }
  });

  it('makes up at once, by one night, for what passed before it was started', async () => {
    vi.setSystemTime('2026-07-05T09:12:00Z');
    const { nights } = start({ time_zone: 'UTC' }, { lastNightMs: Date.parse('2026-07-02T02:30:01Z') });
    await vi.advanceTimersByTimeAsync(DAY);
    expect(nights).toEqual(['2026-07-05T09:12', '2026-07-06T02:30']);
  });

  it('has nothing to make up for after a night of the same day', async () => {
    vi.setSystemTime('2026-07-05T09:12:00Z');
    const { nights } = start({ time_zone: 'UTC' }, { lastNightMs: Date.parse('2026-07-05T02:30:00Z') });
    await vi.advanceTimersByTimeAsync(12 * HOUR);
    expect(nights).toEqual([]);
  });

  it('started again between the two 2:30 of autumn does no second night', async () => {
    vi.setSystemTime('2026-10-25T01:10:00Z');
    const { nights } = start({ time_zone: 'Europe/Berlin' }, { lastNightMs: Date.parse('2026-10-25T00:30:00Z') });
    await vi.advanceTimersByTimeAsync(12 * HOUR);
    expect(nights).toEqual([]);
  });

  it('does not start a second night while one is at work, and makes up for it afterwards', async () => {
    vi.setSystemTime('2026-07-01T20:00:00Z');
    let hours = 26;
    const night = () => {
      const ended = new Promise<void>((resolve) => setTimeout(resolve, hours * HOUR));
      hours = 1;
      return ended;
    };
    const { nights } = start({ time_zone: 'UTC' }, { night });
    await vi.advanceTimersByTimeAsync(40 * HOUR);
    expect(nights).toEqual(['2026-07-02T02:30', '2026-07-03T04:30']);
  });

  it('goes on when the clock was far ahead and is set right', async () => {
    vi.setSystemTime('2027-07-01T20:00:00Z');
    const { nights } = start({ time_zone: 'UTC' });
    await vi.advanceTimersByTimeAsync(HOUR);
    vi.setSystemTime('2026-07-01T20:00:00Z');
    await vi.advanceTimersByTimeAsync(DAY);
    expect(nights).toEqual(['2026-07-02T02:30']);
  });
});

describe('the setting', () => {
  it.each(['30 2 * *', '0 30 2 * * *', 'nonsense', ''])('schedule: "%s" is refused', (line) => {
    expect(configSchema.safeParse({ schedule: line }).success).toBe(false);
  });
});
