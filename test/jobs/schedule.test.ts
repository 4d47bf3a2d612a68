import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { schedule } from '../../jobs/schedule.ts';
import { configSchema } from '../../src/config/schema.ts';

const HOUR = 3_600_000;

describe('the daemon', () => {
  const stop = new AbortController();
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    stop.abort();
    vi.useRealTimers();
  });

  it('does a night at its time in the configured zone, each day, until it is stopped', async () => {
    vi.setSystemTime('2026-07-01T20:00:00Z');
    const config = configSchema.parse({ time_zone: 'Europe/Berlin', schedule: '30 2 * * *' });
    const nights: string[] = [];
    const done = schedule(config, stop.signal, async () => {
      nights.push(new Date().toISOString().slice(0, 16));
    });
    await vi.advanceTimersByTimeAsync(48 * HOUR);
    expect(nights).toEqual(['2026-07-02T00:30', '2026-07-03T00:30']);
    stop.abort();
    await done;
    await vi.advanceTimersByTimeAsync(48 * HOUR);
    expect(nights).toHaveLength(2);
  });
});
