import { describe, expect, it } from 'vitest';
import type { Silence } from '../../db/silences.ts';
import { nextAttempt } from '../../src/alerts/backoff.ts';
import { dueAt } from '../../src/alerts/due.ts';
import { isHolding, silenceAt, silenceEnd } from '../../src/alerts/silence.ts';
import { zoneOf } from '../../src/calendar.ts';
import { dayOf } from './days.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = dayOf('2026-11-20') * DAY + 12 * HOUR;

describe('a message that failed', () => {
  it('is tried again after a wait that doubles from a minute to six hours, less up to a half', () => {
    for (const key of ['a', 'b', 'c'])
      for (let attempts = 1; attempts <= 40; attempts += 1) {
        const wait = Math.min(6 * HOUR, MINUTE * 2 ** (attempts - 1));
        const next = nextAttempt({ key, createdMs: NOON }, attempts, NOON) ?? Number.NaN;
        expect(next - NOON).toBeGreaterThanOrEqual(wait / 2);
        expect(next - NOON).toBeLessThanOrEqual(wait);
      }
  });

  it('comes back at another time than others, and at the same when the run is done again', () => {
    const at = (key: string, attempts: number) => nextAttempt({ key, createdMs: NOON }, attempts, NOON);
    expect(at('a', 12)).toBe(at('a', 12));
    expect(new Set(['a', 'b', 'c', 'd'].flatMap((key) => [at(key, 12), at(key, 13)])).size).toBe(8);
    expect(at('key', 3)).toMatchInlineSnapshot(`1795176211291`);
  });

  it('is given up after four days', () => {
    const message = { key: 'a', createdMs: NOON };
    expect(nextAttempt(message, 9, NOON + 4 * DAY - 1)).not.toBeNull();
    expect(nextAttempt(message, 9, NOON + 4 * DAY)).toBeNull();
  });
});

describe('a team hears', () => {
  const at = (iso: string) => Date.parse(iso);
  type Team = Parameters<typeof dueAt>[0];
  const plain: Team = { digest: 'none' };
  const nine: Team = { ...plain, send_after: 9 * 60 };
  it.each<[string, Team, string, string | null, string]>([
    ['at once', plain, '2026-11-20T03:00Z', null, '2026-11-20T03:00Z'],
    ['at its hour', nine, '2026-11-20T03:00Z', null, '2026-11-20T09:00Z'],
    ['at once after its hour', nine, '2026-11-20T10:00Z', null, '2026-11-20T10:00Z'],
    ['in its own zone', { ...nine, time_zone: 'Europe/Berlin' }, '2026-11-20T03:00Z', null, '2026-11-20T08:00Z'],
    ['twice a day without a digest', nine, '2026-11-20T10:00Z', '2026-11-20T09:00Z', '2026-11-20T10:00Z'],
    ['once a day with one', { digest: 'daily' }, '2026-11-20T10:00Z', '2026-11-20T00:00Z', '2026-11-21T00:00Z'],
    [
      'on the next day again',
      { ...nine, digest: 'daily' },
      '2026-11-20T03:00Z',
      '2026-11-19T09:00Z',
      '2026-11-20T09:00Z',
    ],
    ['after a first message', { ...nine, digest: 'daily' }, '2026-11-20T10:00Z', null, '2026-11-20T10:00Z'],
  ])('%s', (_, team, now, last, due) => {
    expect(dueAt(team, 'UTC', at(now), last === null ? null : at(last))).toBe(at(due));
  });
});

describe('a silence', () => {
  const silence = (change: Partial<Silence> = {}): Silence => ({
    ...{ id: 1, slug: 'acme', fromMs: 10, untilMs: 20, author: 'jo', comment: '', endedMs: null },
    ...change,
  });

  it('holds from its beginning until its end, or until it was ended', () => {
    expect([9, 10, 19, 20].map((now) => isHolding(silence(), now))).toEqual([false, true, true, false]);
    expect([14, 15, 16].map((now) => isHolding(silence({ endedMs: 15 }), now))).toEqual([true, false, false]);
  });

  it('is that of the brand or of all, the one that ends last', () => {
    const own = silence();
    const all = silence({ id: 2, slug: null, untilMs: 30 });
    const other = silence({ id: 3, slug: 'other', untilMs: 99 });
    const over = silence({ id: 4, untilMs: 99, endedMs: 11 });
    const at = (...list: Silence[]) => silenceAt(list, 'acme', 12)?.id;
    expect([at(), at(own), at(other), at(over), at(own, all), at(all, own), at(own, all, other, over)]).toEqual([
      ...[undefined, 1, undefined, undefined, 2, 2, 2],
    ]);
    expect(at(own, silence({ id: 5 }))).toBe(1);
  });

  const berlin = zoneOf('Europe/Berlin');
  it.each([
    ['2026-11-20', '2026-11-20T23:00Z'],
    ['2026-11-21', '2026-11-21T23:00Z'],
    ['2026-11-20T18:00', '2026-11-20T17:00Z'],
    ['2026-11-20T18:59', '2026-11-20T17:59Z'],
    ['2026-11-20T24:00', '2026-11-20T23:00Z'],
    ['12h', '2026-11-21T00:00Z'],
    ['1d', '2026-11-21T12:00Z'],
    ['2w', '2026-12-04T12:00Z'],
  ])('%s ends at %s', (text, end) => {
    expect(silenceEnd(text, NOON, berlin)).toBe(Date.parse(end));
  });

  it.each([
    ['tomorrow', '"tomorrow" is not a time.'],
    ['', '"" is not a time.'],
    ['2026-11-20T18:60', '"2026-11-20T18:60" is not a time.'],
    ['2026-11-20T24:01', '"2026-11-20T24:01" is not a time.'],
    ['2026-11-20T18:00Z', '"2026-11-20T18:00Z" is not a time.'],
    ['x2026-11-20T18:00', '"x2026-11-20T18:00" is not a time.'],
    ['3dd', '"3dd" is not a time.'],
    ['x3d', '"x3d" is not a time.'],
    ['2026-02-30', '"2026-02-30" is not a time.'],
    ['2026-11-19', '"2026-11-19" is past, so nothing would be silent.'],
    ['0h', '"0h" is past, so nothing would be silent.'],
  ])('%j is refused', (text, message) => {
    expect(() => silenceEnd(text, NOON, berlin)).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message, remedy: expect.stringContaining('12h, 3d or 2w') }),
    );
  });
});
