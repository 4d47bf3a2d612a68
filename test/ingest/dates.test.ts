import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../src/calendar.ts';
import { commonInstant, isPlausible, parseInstant } from '../../src/ingest/dates.ts';

const utc = zoneOf('UTC');
const berlin = zoneOf('Europe/Berlin');
const iso = (value: string, zone = utc): string | undefined => {
  const at = parseInstant(value, zone);
  return at === undefined ? undefined : new Date(at).toISOString();
};

describe('dates', () => {
  it.each([
    ['2018-10-10T20:19:24Z', '2018-10-10T20:19:24.000Z'],
    ['2018-10-10t20:19:24z', '2018-10-10T20:19:24.000Z'],
    ['2018-10-10T20:19:24+02:00', '2018-10-10T18:19:24.000Z'],
    ['2018-10-10T20:19:24-0730', '2018-10-11T03:49:24.000Z'],
    ['2018-10-10T20:19:24+05', '2018-10-10T15:19:24.000Z'],
    ['2018-10-10T20:19:24+14:00', '2018-10-10T06:19:24.000Z'],
    ['2018-10-10T23:59:59Z', '2018-10-10T23:59:59.000Z'],
    ['2018-10-10 20:19:24 +0000', '2018-10-10T20:19:24.000Z'],
    ['2018-10-10 20:19:24 UTC', '2018-10-10T20:19:24.000Z'],
    ['2018-10-10 20:19', '2018-10-10T20:19:00.000Z'],
    ['2018-10-10T20:19Z', '2018-10-10T20:19:00.000Z'],
    ['2018-10-10T20:19:24.5Z', '2018-10-10T20:19:24.500Z'],
    ['2018-10-10T20:19:24,123456789Z', '2018-10-10T20:19:24.123Z'],
    ['2018-10-10', '2018-10-10T00:00:00.000Z'],
    ['  2018-10-10T20:19:24Z ', '2018-10-10T20:19:24.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['Wed Oct 10 20:19:24 +0000 2018', '2018-10-10T20:19:24.000Z'],
    ['Wed Oct 10 20:19:24 -0700 2018', '2018-10-11T03:19:24.000Z'],
    ['Wed, 10 Oct 2018 20:19:24 +0000', '2018-10-10T20:19:24.000Z'],
    ['Wed, 10 Oct 2018 20:19:24 GMT', '2018-10-10T20:19:24.000Z'],
    ['1 Oct 2018 20:19 EST', '2018-10-02T01:19:00.000Z'],
    ['Wed, 10 Oct 2018 22:19:24 +0200 (CEST)', '2018-10-10T20:19:24.000Z'],
    ['1539202764', '2018-10-10T20:19:24.000Z'],
    ['1539202764123', '2018-10-10T20:19:24.123Z'],
    ['946684800', '2000-01-01T00:00:00.000Z'],
    ['946684800000', '2000-01-01T00:00:00.000Z'],
  ])('reads %s', (written, expected) => {
    expect(iso(written)).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '10/11/2018',
    '10/11/2018 20:19',
    '10.11.2018',
    '2018-13-01',
    '2018-00-01',
    '2026-02-30',
    '2026-02-29T10:00:00Z',
    '1900-02-29',
    '2018-04-31T00:00:00Z',
    '2018-10-10T24:00:00Z',
    '2018-10-10T20:60:00Z',
    '2018-10-10T20:19:60Z',
    '2018-10-10T20:19:24+15:00',
    '2018-10-10T20:19:24+05:75',
    '2018-10-10T20:19:24+14:30',
    '2018-10-00',
    '2018-10-10T20:19:24é',
    '2018-10-10T20',
    '2018-10-10T20:19:24Z and more',
    'Wed Okt 10 20:19:24 +0000 2018',
    'Wed, 31 Nov 2018 20:19:24 +0000',
    '20181010',
    '1539202764.5',
    '1539202764123456',
    '-1539202764',
    'Infinity',
  ])('does not guess at "%s"', (written) => {
    expect(parseInstant(written, utc)).toBeUndefined();
  });

  it.each([
    ['3/4/2026', '2026-04-03T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
    ['3.4.2026 9.05', '2026-04-03T09:05:00.000Z', '2026-03-04T09:05:00.000Z'],
    ['03-04-2026 09:05:30', '2026-04-03T09:05:30.000Z', '2026-03-04T09:05:30.000Z'],
    ['3/4/2026, 9:05 PM', '2026-04-03T21:05:00.000Z', '2026-03-04T21:05:00.000Z'],
    ['3/4/2026 9:05 +02:00', '2026-04-03T07:05:00.000Z', '2026-03-04T07:05:00.000Z'],
    ['13/4/2026', '2026-04-13T00:00:00.000Z', undefined],
    ['3/13/2026', undefined, '2026-03-13T00:00:00.000Z'],
  ])('reads %s in the order that the file has', (written, dmy, mdy) => {
    const read = (order: 'dmy' | 'mdy') => parseInstant(written, utc, order);
    expect(read('dmy')).toBe(dmy === undefined ? undefined : Date.parse(dmy));
    expect(read('mdy')).toBe(mdy === undefined ? undefined : Date.parse(mdy));
    expect(parseInstant(written, utc)).toBeUndefined();
  });

  it.each([
    ['12:05 AM', '00:05'],
    ['1:05 a.m.', '01:05'],
    ['11:59 am', '11:59'],
    ['12:05 PM', '12:05'],
    ['12:59 p.m.', '12:59'],
    ['11:05pm', '23:05'],
    ['13:05 PM', undefined],
    ['0:05 AM', undefined],
    ['24:05', undefined],
  ])('reads %s on a clock as %s', (clock, expected) => {
    const instant = expected === undefined ? undefined : `2026-04-03T${expected}:00.000Z`;
    for (const day of ['2026/4/3', '2026-4-3', '3-Apr-2026', 'Fri, 3 April 2026', 'Apr 3, 2026', 'Friday april 3 2026'])
      expect(iso(`${day} ${clock}`), day).toBe(instant);
    expect(iso(`Apr. 3 2026 at ${clock}`)).toBe(instant);
  });

  it('knows every month by its short and its full name', () => {
    const full = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'];
    for (const [index, name] of [...full, 'November', 'December'].entries()) {
      const expected = new Date(Date.UTC(2026, index, 7)).toISOString();
      for (const month of [name, name.slice(0, 3), name.toUpperCase()]) expect(iso(`7 ${month} 2026`)).toBe(expected);
    }
    expect(iso('Sept 7, 2026')).toBe('2026-09-07T00:00:00.000Z');
  });

  it('reads a date without an offset in the zone', () => {
    expect(iso('2018-07-01 12:00:00', berlin)).toBe('2018-07-01T10:00:00.000Z');
    expect(iso('2018-12-01', berlin)).toBe('2018-11-30T23:00:00.000Z');
    expect(iso('10 Oct 2018 20:19:24', berlin)).toBe('2018-10-10T18:19:24.000Z');
    expect(iso('2018-07-01 12:00:00Z', berlin)).toBe('2018-07-01T12:00:00.000Z');
  });

  it('takes the first pass of an hour that happens twice, and the old offset in an hour that is skipped', () => {
    expect(iso('2018-10-28 02:30:00', berlin)).toBe('2018-10-28T00:30:00.000Z');
    expect(iso('2018-10-28 03:00:00', berlin)).toBe('2018-10-28T02:00:00.000Z');
    expect(iso('2018-03-25 02:30:00', berlin)).toBe('2018-03-25T01:30:00.000Z');
    expect(iso('2018-03-25 01:59:59', berlin)).toBe('2018-03-25T00:59:59.000Z');
  });

  it('reads back every instant that it is given', () => {
    const instants = fc.date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2099-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().replace('Z', '');
        const minutes = Math.abs(offset);
        const pad = (n: number): string => String(n).padStart(2, '0');
        const written = `${local}${offset < 0 ? '-' : '+'}${pad(Math.trunc(minutes / 60))}:${pad(minutes % 60)}`;
        expect(parseInstant(written, berlin)).toBe(date.getTime());
        expect(parseInstant(String(date.getTime()), berlin)).toBe(date.getTime());
        expect(parseInstant(date.toUTCString(), berlin)).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });

  it('reads the most common form as it reads all others', () => {
    const number = (max: number, digits: number) =>
      fc.integer({ min: 0, max }).map((value) => String(value).padStart(digits, '0'));
    const two = number(75, 2);
    fc.assert(
      fc.property(
        number(9999, 4),
        number(13, 2),
        number(32, 2),
        two,
        two,
        two,
        fc.option(number(999, 3)),
        (...parts) => {
          const [year, month, day, hour, minute, second, ms] = parts;
          const local = `${year}-${month}-${day}T${hour}:${minute}:${second}${ms === null ? '' : `.${ms}`}`;
          expect(parseInstant(`${local}Z`, utc)).toBe(parseInstant(`${local}+00:00`, utc));
        },
      ),
      { numRuns: 500 },
    );
    for (const odd of ['2018-10-10T20:19:2aZ', '2018-10-10T20:19:24.1x3Z'])
      expect(parseInstant(odd, utc)).toBeUndefined();
  });

  it.each([
    ['2018-10-10T20:19:24Z', 1_539_202_764_000],
    ['2018-10-10T20:19:24.987Z', 1_539_202_764_987],
    ['1999-12-31T23:59:59Z', 946_684_799_000],
    ['2018-10-10T20:19:24z', undefined],
    ['2018-10-10 20:19:24Z', undefined],
    ['2018-10-10T20:19:24.98Z', undefined],
    ['2018-10-10T20:19Z', undefined],
    ['2018-10-10T20:19:2\u0664Z', undefined],
    ['2018-10-10T20:19:/4Z', undefined],
    ['2018-10-10T20:19:2:Z', undefined],
    ['2018-10-10T24:00:00Z', undefined],
    ['2018-10-10T23:60:00Z', undefined],
    ['2018-10-10T23:00:60Z', undefined],
    ['2018-02-29T23:00:00Z', undefined],
  ])('reads %s in a tenth of the time if it is of the common form', (written, instant) => {
    expect(commonInstant(written)).toBe(instant);
  });

  it('holds dates against 2000 and the clock', () => {
    const now = Date.UTC(2026, 0, 10);
    expect(isPlausible(Date.UTC(1999, 11, 31, 23, 59, 59), now)).toBe(false);
    expect(isPlausible(Date.UTC(2000, 0, 1), now)).toBe(true);
    expect(isPlausible(Date.UTC(2026, 0, 12), now)).toBe(true);
    expect(isPlausible(Date.UTC(2026, 0, 12) + 1, now)).toBe(false);
  });
});
