import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { dailyFigures } from '../../src/aggregate/figures.ts';
import { sumsOf } from '../../src/aggregate/sampled-rate.ts';

const day = (number: number, p: number, posts = 10) => ({
  ...statsOf(
    Array.from({ length: posts }, (_, index) => ({
      userId: `user ${index}`,
      pPositive: p,
      pNegative: 1 - p,
      predicted: p >= 0.5 ? ('positive' as const) : ('negative' as const),
    })),
  ),
  day: number,
});

const calendar = { smoothing: 'calendar', window: 3, min_posts_per_day: 1 } as const;
const rows = { ...calendar, smoothing: 'rows' } as const;
const averages = (figures: ReturnType<typeof dailyFigures>) =>
  figures.map((figure) => figure.ma3?.value.toFixed(4) ?? null);

describe('daily figures', () => {
  it('say all of a day, and leave out days without posts', () => {
    const none = { ...day(1, 0.5, 0), day: 1 };
    const figures = dailyFigures([none, day(2, 0.8, 12), day(3, 0.2, 10)], calendar);
    expect(figures).toHaveLength(2);
    expect(figures[0]).toMatchObject({ day: 2, total: 12, positives: 12, negatives: 0, users: 12, windowFrom: 0 });
    expect(figures[1]).toMatchObject({ day: 3, positives: 0, negatives: 10, windowPosts: 22, correctedRate: null });
    expect(figures[1]?.positiveRate.value).toBe(0);
    expect(figures[1]?.positiveRateMa3?.value).toBe(0.5);
    expect(figures[1]).not.toHaveProperty('sampled');
    expect(dailyFigures([day(1, 0.2, 4)], { ...calendar, min_posts_per_day: 5 })[0]).toMatchObject({
      ...{ ma3: null, positiveRateMa3: null, windowPosts: 0 },
    });
    expect(dailyFigures([day(1, 0.2, 5)], { ...calendar, min_posts_per_day: 5 })[0]?.windowPosts).toBe(5);
  });

  it('have the rate of a sample where an accurate model read one of ten posts or more', () => {
    const pairs = (count: number) => sumsOf(new Array<[number, number]>(count).fill([0.8, 0.7]));
    const samples = new Map([
      [2, pairs(10)],
      [3, pairs(9)],
    ]);
    const figures = dailyFigures([day(2, 0.8, 12), day(3, 0.8, 12)], calendar, [], undefined, samples);
    expect(figures[0]?.sampled).toMatchObject({ posts: 10, value: expect.closeTo(0.7, 9) });
    expect(figures[1]).not.toHaveProperty('sampled');
  });

  it('average over rows as far back as the window is long, and know its first day', () => {
    const figures = dailyFigures(
      [1, 5, 6, 9, 20].map((at) => day(at, 0.5)),
      rows,
    );
    expect(figures.map(({ windowFrom, windowPosts }) => [windowFrom, windowPosts])).toEqual([
      [1, 10],
      [1, 20],
      [1, 30],
      [5, 30],
      [6, 30],
    ]);
  });

  it('average over as few as one day at the start', () => {
    expect(averages(dailyFigures([day(1, 0.2), day(2, 0.4), day(3, 0.6), day(4, 0.8)], calendar))).toEqual([
      '0.2000',
      '0.3000',
      '0.4000',
      '0.6000',
    ]);
  });

  it('leave days without posts out: they are missing, not zero', () => {
    expect(averages(dailyFigures([day(1, 0.2), day(3, 0.6), day(9, 0.9)], calendar))).toEqual([
      '0.2000',
      '0.4000',
      '0.9000',
    ]);
  });

  it('average over rows as the tutorial does, however far apart', () => {
    expect(averages(dailyFigures([day(1, 0.2), day(3, 0.6), day(900, 0.7)], rows))).toEqual([
      '0.2000',
      '0.4000',
      '0.5000',
    ]);
  });

  it('weigh a day of 3 posts like one of 3,000, and know how uncertain that is', () => {
    const [, second] = dailyFigures([day(1, 0.2, 3000), day(2, 0.6, 3)], calendar);
    expect(second?.ma3?.value).toBeCloseTo(0.4, 9);
    expect(second?.windowPosts).toBe(3003);
  });

  it('leave thin days out of the average, but not out of the list', () => {
    const figures = dailyFigures([day(1, 0.2), day(2, 0.6, 3)], { ...calendar, min_posts_per_day: 5 });
    expect(averages(figures)).toEqual(['0.2000', '0.2000']);
    expect(figures[1]?.total).toBe(3);
    expect(dailyFigures([day(2, 0.6, 3)], { ...calendar, min_posts_per_day: 5 })[0]?.ma3).toBeNull();
  });

  it('equal the plain definition for any days', () => {
    const anyDays = fc.uniqueArray(
      fc.record({ day: fc.integer({ min: 0, max: 30 }), p: fc.integer({ min: 0, max: 100 }) }),
      {
        selector: (entry) => entry.day,
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(anyDays, fc.integer({ min: 1, max: 7 }), (entries, window) => {
        const sorted = entries.toSorted((a, b) => a.day - b.day);
        const figures = dailyFigures(
          sorted.map((entry) => day(entry.day, entry.p / 100, 2)),
          { ...calendar, window },
        );
        for (const [index, entry] of sorted.entries()) {
          const within = sorted.filter((other) => other.day <= entry.day && other.day > entry.day - window);
          const mean = within.reduce((sum, other) => sum + other.p / 100, 0) / within.length;
          expect(figures[index]?.ma3?.value).toBeCloseTo(mean, 9);
        }
      }),
    );
  });

  it('starts the average anew where another model begins, as if the days before were not', () => {
    const days = fc.uniqueArray(
      fc.record({ day: fc.integer({ min: 0, max: 20 }), p: fc.integer({ min: 0, max: 100 }) }),
      {
        selector: (entry) => entry.day,
        maxLength: 15,
      },
    );
    const kind = fc.constantFrom('calendar' as const, 'rows' as const);
    fc.assert(
      fc.property(
        days,
        kind,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 20 }),
        (list, smoothing, window, at) => {
          const sorted = list.sort((a, b) => a.day - b.day).map((entry) => day(entry.day, entry.p / 100, 2));
          const settings = { smoothing, window, min_posts_per_day: 1 };
          const plain = (figures: ReturnType<typeof dailyFigures>) =>
            figures.map(({ ma3, positiveRateMa3, windowPosts }) => ({ ma3, positiveRateMa3, windowPosts }));
          const whole = dailyFigures(sorted, settings, [at]);
          expect(plain(whole)).toEqual(
            [sorted.filter((entry) => entry.day < at), sorted.filter((entry) => entry.day >= at)].flatMap((part) =>
              plain(dailyFigures(part, settings)),
            ),
          );
          for (const figures of whole) expect(figures.windowFrom >= at || figures.day < at).toBe(true);
        },
      ),
    );
  });
});
