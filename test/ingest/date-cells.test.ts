import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../src/calendar.ts';
import { findColumns } from '../../src/ingest/columns.ts';
import { writtenDate } from '../../src/ingest/date-cells.ts';
import { zoneInName } from '../../src/ingest/zone-names.ts';

describe('a date and a time in cells of their own', () => {
  it.each([
    ['2026-03-01', '10:00', '2026-03-01 10:00'],
    ['01.03.2026', '10.00', '01.03.2026 10.00'],
    ['3/1/2026 12:00:00 AM', '9:05 PM', '3/1/2026 9:05 PM'],
    ['2026-03-01 09:00', '10:00', '2026-03-01 09:00'],
    ['1.3.2026 09.00', '10:00', '1.3.2026 09.00'],
    ['1772359200', '10:00', '1772359200'],
    ['Sun Mar 01 10:00:00 +0000 2026', '11:00', 'Sun Mar 01 10:00:00 +0000 2026'],
    ['2026-03-01', '2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z'],
    ['2026-03-01', ' ', '2026-03-01'],
    [' 2026-03-01 ', ' 10:00 ', '2026-03-01 10:00'],
    ['', '10:00', ''],
  ])('%s and %s', (date, time, written) => {
    expect(writtenDate([date, time], { createdAt: 0, time: 1 })).toBe(written);
    expect(writtenDate([date], { createdAt: 0, time: -1 })).toBe(date);
  });

  it.each([
    [['Date', 'Time', 'text'], { createdAt: 0, time: 1 }],
    [['Time', 'text'], { createdAt: 0, time: -1 }],
    [['Created At', 'Time', 'text'], { createdAt: 0, time: -1 }],
    [['Datetime', 'Time', 'text'], { createdAt: 0, time: -1 }],
    [['Published Time', 'Published Date', 'text'], { createdAt: 1, time: 0 }],
  ])('%s', (header, found) => {
    expect(findColumns(header)).toMatchObject(found);
  });
});

describe('a zone in the name of a column', () => {
  it.each([
    ['Date (UTC)', { zone: 'UTC' }],
    ['created_utc', { zone: 'UTC' }],
    ['Timestamp (ET)', { zone: 'America/New_York' }],
    ['Date [Europe/Berlin]', { zone: 'Europe/Berlin' }],
    ['Date (GMT+2)', { zone: '+02:00' }],
    ['Date (UTC-03:30)', { zone: '-03:30' }],
    ['Date (IST)', { unclear: 'IST' }],
    ['Date (Europe/Nowhere)', { unclear: 'Europe/Nowhere' }],
    ['Date (GMT+25)', { unclear: 'GMT+25' }],
    ['Date (GMT+14)', { zone: '+14:00' }],
    ['Date (GMT+15)', { unclear: 'GMT+15' }],
    ['Date (+0530)', { zone: '+05:30' }],
    ['Date (+5:30)', { zone: '+05:30' }],
    ['Date (Eastern Time)', { unclear: 'Eastern Time' }],
    ['Date', {}],
    ['Date (yyyy-mm-dd)', {}],
    ['Date (local)', {}],
    ['Date ()', {}],
    ['constructor', {}],
    ['Date (constructor)', {}],
  ])('%s', (name, expected) => {
    expect(zoneInName(name)).toEqual(expected);
  });

  it('may be an offset, which the calendar reckons with', () => {
    expect(new Date(zoneOf('-03:30').instantOf(Date.UTC(2026, 6, 1))).toISOString()).toBe('2026-07-01T03:30:00.000Z');
  });
});
