import { describe, expect, it } from 'vitest';
import { type BrandSource, deliveryOf, missingSources } from '../../src/alerts/complete.ts';
import { zoneOf } from '../../src/calendar.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const zone = zoneOf('UTC');
/** The end of day 100, and a source that came so long before it, with so many posts on each of the last days. */
const END = 101 * DAY;
const source = (before: number, perDay = 100, change: Partial<BrandSource> = {}): BrandSource => ({
  ...{ name: 'feed', newestPostMs: END - before, isRegular: true },
  posts: new Map(Array.from({ length: 40 }, (_, back) => [100 - back, perDay])),
  ...change,
});
const isMissing = (one: BrandSource, day = 100) => missingSources([one], day, zone).length === 1;

describe('a source is missing', () => {
  it.each<[string, BrandSource, boolean]>([
    ['when its newest post is long before midnight', source(3 * HOUR), true],
    ['not when that is no longer than two hours', source(2 * HOUR), false],
    ['when it is a moment longer', source(2 * HOUR + 1), true],
    ['not when it has posts of the next day', source(0), false],
    ['not within four of its usual gaps, where these are long', source(16 * HOUR, 6), false],
    ['after four of its usual gaps', source(16 * HOUR + 1, 6), true],
    ['not when it has had no posts for a week', source(9 * DAY, 1, { posts: new Map([[93, 900]]) }), false],
    ['when it has had some within the week', source(3 * DAY, 1, { posts: new Map([[94, 900]]) }), true],
    ['not a single import that ends before the day', source(30 * HOUR, 100, { isRegular: false }), false],
    ['a single import that ends within the day', source(20 * HOUR, 100, { isRegular: false }), true],
  ])('%s', (_, one, missing) => {
    expect(isMissing(one)).toBe(missing);
  });

  it('by the midnight of the zone', () => {
    const berlin = zoneOf('Europe/Berlin');
    expect(missingSources([source(HOUR + 1)], 100, berlin)).toEqual([]);
    expect(missingSources([source(HOUR)], 100, berlin)).toEqual([]);
    expect(missingSources([source(3 * HOUR + 1)], 100, berlin)).toHaveLength(1);
  });
});

describe('the newest day that may be decided', () => {
  const late = source(30 * HOUR);
  const at = (nowMs: number, sources = [late]) => deliveryOf(sources, { newestDay: 100, nowMs, settleHours: 6, zone });

  it.each([
    ['waits while a source is missing', END, [late], 99],
    ['waits until the hours are over', END + 6 * HOUR - 1, [late], 99],
    ['is decided without it then', END + 6 * HOUR, [late], 100],
    ['is the newest where nothing is missing', END, [source(0)], 100],
    ['goes back as far as days are missing', END - 2 * DAY + 5 * HOUR, [source(80 * HOUR)], 97],
  ] as const)('%s', (_, nowMs, sources, newestDay) => {
    expect(at(nowMs, [...sources]).newestDay).toBe(newestDay);
  });

  it('names the regular sources that are missing', () => {
    const once = source(20 * HOUR, 100, { isRegular: false, name: 'import' });
    expect(at(END, [late, once]).missing(100)).toEqual(['feed']);
    expect(at(END, [source(0)]).missing(100)).toEqual([]);
  });
});
