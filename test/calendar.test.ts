import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay, isTimeZone, parseDay, zoneOf } from '../src/calendar.ts';

describe('days', () => {
  it('reads and writes ISO dates', () => {
    expect(parseDay('1970-01-01')).toBe(0);
    expect(formatDay(0)).toBe('1970-01-01');
    expect(parseDay('2024-02-29')).toBe(19_782);
  });

  it.each(['2023-02-29', '2026-13-01', '2026-1-1', '20260101', 'yesterday', ''])('refuses %s', (text) => {
    expect(parseDay(text)).toBeUndefined();
  });

  it('reads back every day it writes', () => {
    fc.assert(fc.property(fc.integer({ min: -20_000, max: 60_000 }), (day) => parseDay(formatDay(day)) === day));
  });
});

describe('zones', () => {
  const berlin = zoneOf('Europe/Berlin');
  const at = (iso: string) => Date.parse(iso);

  it('tells the local day of an instant', () => {
    expect(formatDay(berlin.dayOf(at('2026-07-01T21:59:59Z')))).toBe('2026-07-01');
    expect(formatDay(berlin.dayOf(at('2026-07-01T22:00:00Z')))).toBe('2026-07-02');
    expect(formatDay(zoneOf('America/Los_Angeles').dayOf(at('2026-07-02T06:59:59Z')))).toBe('2026-07-01');
    expect(formatDay(zoneOf('Asia/Kathmandu').dayOf(at('2026-07-01T18:15:00Z')))).toBe('2026-07-02');
  });

  it('reads a skipped spring time with the offset before the change', () => {
    expect(berlin.instantOf(at('2026-03-29T02:30:00Z'))).toBe(at('2026-03-29T01:30:00Z'));
  });

  it('reads a repeated autumn time as its first pass', () => {
    expect(berlin.instantOf(at('2026-10-25T02:30:00Z'))).toBe(at('2026-10-25T00:30:00Z'));
    expect(zoneOf('America/New_York').instantOf(at('2026-11-01T01:30:00Z'))).toBe(at('2026-11-01T05:30:00Z'));
  });

  it('keeps to the minute where clocks change within a quarter of an hour', () => {
    const newfoundland = zoneOf('America/St_Johns');
    expect(formatDay(newfoundland.dayOf(at('2010-11-07T02:30:59Z')))).toBe('2010-11-07');
    expect(formatDay(newfoundland.dayOf(at('2010-11-07T02:31:00Z')))).toBe('2010-11-06');
    expect(formatDay(newfoundland.dayOf(at('2010-11-07T03:30:00Z')))).toBe('2010-11-07');
  });

  it('agrees with Intl on the local day everywhere', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'].map((name) => ({
      zone: zoneOf(name),
      format: new Intl.DateTimeFormat('en-CA', { timeZone: name, year: 'numeric', month: '2-digit', day: '2-digit' }),
    }));
    fc.assert(
      fc.property(fc.integer({ min: at('2005-01-01'), max: at('2030-01-01') }), (ms) => {
        for (const { zone, format } of zones) expect(formatDay(zone.dayOf(ms))).toBe(format.format(ms));
      }),
      { numRuns: 300 },
    );
  });

  it('turns every local time that exists back into itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2015-01-01'), max: at('2030-01-01') }), (ms) => {
        const local = ms + offsetOf('Europe/Berlin', ms);
        const instant = berlin.instantOf(local);
        expect([ms, ms - 3_600_000]).toContain(instant);
        expect(instant + offsetOf('Europe/Berlin', instant)).toBe(local);
      }),
    );
  });

  it('knows zone names', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Europe/Berlln')).toBe(false);
  });
});

/** The zone's offset by another way: through the parts that Intl prints. */
function offsetOf(name: string, ms: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms);
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - Math.floor(ms / 1000) * 1000;
}
