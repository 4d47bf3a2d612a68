import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brandIdOf } from '../../db/brands.ts';
import { type DriverSettings, type Drivers, driversOf } from '../../src/alerts/drivers.ts';
import type { Day, Days } from '../../src/calendar.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

const WEEK = { from: DAY_ONE, to: DAY_ONE + 6 };
const DAY = { from: DAY_ONE + 7, to: DAY_ONE + 7 };
const LUGGAGE = { from: DAY_ONE + 20, to: DAY_ONE + 20 };
const ONE_AUTHOR = { from: DAY_ONE + 21, to: DAY_ONE + 21 };
const NONE = { from: DAY_ONE + 50, to: DAY_ONE + 56 };

let world: World;
let brandId: number;

function put(day: Day, posts: readonly (readonly [number, string])[], user?: string): Promise<void> {
  return world.post(
    day,
    posts.map(([score]) => score),
    (index) => ({ text: posts[index]?.[1] ?? '', ...(user === undefined ? {} : { user }) }),
  );
}

beforeAll(async () => {
  world = await openWorld();
  // A week of 16 posts with the mean 0.5 …
  await put(WEEK.from, [
    [1, 'Great crew'],
    [0.75, 'Nice seats'],
    [1, 'Lovely'],
  ]);
  await put(WEEK.from + 1, [
    [0.25, 'Lost my bag'],
    [0.5, 'lost my bag!'],
  ]);
  await put(WEEK.from + 5, [
    [0.25, 'Delayed'],
    [0.25, 'delayed.'],
    ...Array.from({ length: 8 }, (_, index) => [0.5, `So so ${index}`] as const),
  ]);
  await put(WEEK.to, [[0, 'Lost my bag']]);
  // … and a day of 8 with the mean 0.25. Its posts are the numbers 17 to 24.
  await put(DAY.from, [
    [0, 'LOST MY BAG'],
    [0.125, 'Lost my bag'],
    [0.25, 'lost my bag https://x.example'],
    [0.25, 'Great crew'],
    [0, 'Rude staff'],
    [0.375, 'Late again'],
    [0.25, 'Delayed'],
    [0.75, 'Well done'],
  ]);
  await put(LUGGAGE.from - 1, [
    ...Array.from({ length: 40 }, (_, index) => [0.25, `slow queue ${'x'.repeat(index + 3)}`] as const),
    [1, 'Fine'],
  ]);
  await put(LUGGAGE.from, [
    ...Array.from({ length: 12 }, (_, index) => [0.25, `lost luggage ${'y'.repeat(index + 3)}`] as const),
    ...Array.from({ length: 12 }, (_, index) => [1, `sunny day ${'z'.repeat(index + 3)}`] as const),
  ]);
  await put(
    ONE_AUTHOR.from,
    [
      [0, 'Worst'],
      [0.25, 'Worse'],
    ],
    'jo',
  );
  await world.aggregate();
  brandId = (await brandIdOf(world.store.read, 'acme-air')) ?? 0;
});
afterAll(() => world.close());

function drivers(
  days: Days,
  before: Days,
  given?: 'negative' | 'positive',
  change: Partial<DriverSettings> = {},
): Promise<Drivers | null> {
  const settings = { ...{ ownWords: [], breaks: [], countOnce: false }, ...change };
  return driversOf(world.store.read, brandId, { days, before }, settings, given);
}

/** A driver in brief: its text, copies, mean score, influence and share. */
const brief = (found: Drivers | null) =>
  found?.posts.map(({ text, copies, score, influence, share }) => [text, copies, score, influence, share]);

describe('what moved a mean', () => {
  it('down: each group by its share of the posts times its distance from the mean before, less the same of before', async () => {
    const found = await drivers(DAY, WEEK);
    expect(found).toMatchObject({ mean: 0.25, usual: 0.5, isSure: true, terms: [] });
    expect(found?.posts[0]).toEqual({
      ...{ postId: 17, atMs: DAY.from * 86_400_000, day: DAY.from, userId: 'user17', text: 'LOST MY BAG' },
      // 3/8 · (0.125 − 0.5) − 3/16 · (0.25 − 0.5)
      ...{ score: 0.125, copies: 3, influence: -0.09375, share: 0.375 },
    });
    expect(brief(found)?.slice(1)).toEqual([
      // 1/8 · (0.25 − 0.5) − 1/16 · (1 − 0.5)
      ['Great crew', 1, 0.25, -0.0625, 0.25],
      // 1/8 · (0 − 0.5): as much, of a later post
      ['Rude staff', 1, 0, -0.0625, 0.25],
      ['Late again', 1, 0.375, -0.015625, 0.0625],
      // 'Delayed' was there as much before: 1/8 · (0.25 − 0.5) − 2/16 · (0.25 − 0.5) is nothing.
    ]);
  });

  it('up: the groups above the mean before', async () => {
    const found = await drivers(WEEK, DAY);
    expect(found).toMatchObject({ mean: 0.5, usual: 0.25, isSure: true });
    expect(brief(found)).toEqual([
      // Only the copy above 0.25 pulls up: 1/16 · (0.5 − 0.25) − 3/8 · (0.125 − 0.25)
      ['lost my bag!', 1, 0.5, 0.0625, 0.25],
      ['Great crew', 1, 1, 0.046875, 0.1875],
      ['Lovely', 1, 1, 0.046875, 0.1875],
      ['Nice seats', 1, 0.75, 0.03125, 0.125],
      ['So so 0', 1, 0.5, 0.015625, 0.0625],
    ]);
  });

  it('counts copies of a day once where the figures do', async () => {
    const found = await drivers(DAY, WEEK, undefined, { countOnce: true });
    expect(brief(found)).toEqual([
      ['Great crew', 1, 0.25, -0.0625, 0.25],
      ['Rude staff', 1, 0, -0.0625, 0.25],
      // 1/8 · (0 − 0.5) − 2/16 · (0.125 − 0.5)
      ['LOST MY BAG', 1, 0, -0.015625, 0.0625],
      ['Late again', 1, 0.375, -0.015625, 0.0625],
      // 1/8 · (0.25 − 0.5) − 1/16 · (0.25 − 0.5)
      ['Delayed', 1, 0.25, -0.015625, 0.0625],
    ]);
  });

  it('is no part of a change to the other side, but the posts that pull to the side asked are told all the same', async () => {
    const found = await drivers(WEEK, DAY, 'negative');
    // 1/16 · (0 − 0.25) − 3/8 · (0.125 − 0.25)
    expect(brief(found)).toEqual([['Lost my bag', 1, 0, 0.03125, null]]);
  });

  it('has no shares where the mean stayed the same', async () => {
    expect(brief(await drivers(DAY, DAY, 'negative'))).toEqual([
      ['LOST MY BAG', 2, 0.0625, 0, null],
      ['Rude staff', 1, 0, 0, null],
    ]);
  });

  it('is told against the days’ own mean where there are no days before', async () => {
    const lowest = await drivers(DAY, NONE, 'negative');
    expect(lowest).toMatchObject({ mean: 0.25, usual: null, isSure: false, terms: [] });
    expect(brief(lowest)).toEqual([
      ['LOST MY BAG', 3, 0.125, -0.046875, null],
      ['Rude staff', 1, 0, -0.03125, null],
      ['Great crew', 1, 0.25, 0, null],
      ['Delayed', 1, 0.25, 0, null],
      ['Late again', 1, 0.375, 0.015625, null],
    ]);
    expect(brief(await drivers(DAY, NONE))?.[0]).toEqual(['Well done', 1, 0.75, 0.0625, null]);
  });

  it.each([
    ['the first day before', WEEK.from, 0.5],
    ['the second day before', WEEK.from + 1, null],
    ['the last of the days', DAY.to, null],
    ['the day after', DAY.to + 1, 0.5],
  ])('is compared only with days of the same model: a new one on %s', async (_, day, usual) => {
    expect((await drivers(DAY, WEEK, 'negative', { breaks: [day] }))?.usual).toBe(usual);
  });

  it('is not sure of a small change, nor of what one author wrote', async () => {
    expect(await drivers(WEEK, WEEK)).toMatchObject({ mean: 0.5, usual: 0.5, isSure: false });
    expect(await drivers(ONE_AUTHOR, WEEK)).toMatchObject({ mean: 0.125, usual: 0.5, isSure: false });
  });

  it('comes with the terms that grew in posts of its side', async () => {
    const before = { from: LUGGAGE.from - 7, to: LUGGAGE.from - 1 };
    const term = { term: 'lost luggage', now: 12, nowOf: 12, before: 0, beforeOf: 40 };
    expect((await drivers(LUGGAGE, before, 'negative'))?.terms).toEqual([term]);
    expect((await drivers(LUGGAGE, before, 'negative', { ownWords: ['lost luggage'] }))?.terms).toEqual([]);
    expect((await drivers(LUGGAGE, NONE, 'negative'))?.terms).toEqual([]);
    // Another model puts other posts into the class.
    expect((await drivers(LUGGAGE, before, 'negative', { breaks: [LUGGAGE.from] }))?.terms).toEqual([]);
  });

  it('is nothing on days without posts', async () => {
    expect(await drivers(NONE, WEEK)).toBeNull();
  });
});
