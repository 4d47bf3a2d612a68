import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brandIdOf } from '../../db/brands.ts';
import { dayVersion } from '../../db/day-posts.ts';
import { candidatesOf, dayVersionIn, textsOf } from '../../src/alerts/driver-candidates.ts';
import type { Day } from '../../src/calendar.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

const [FIRST, SECOND, BUSY] = [DAY_ONE, DAY_ONE + 1, DAY_ONE + 100];
const RANGE = { from: FIRST, to: SECOND };

let world: World;
let brandId: number;

/** Posts with these scores and texts; they get the next numbers. */
function put(day: Day, posts: readonly (readonly [number, string])[]): Promise<void> {
  return world.post(
    day,
    posts.map(([score]) => score),
    (index) => ({ text: posts[index]?.[1] ?? '' }),
  );
}

beforeAll(async () => {
  world = await openWorld();
  // The second day's posts came first, as late ones do: they have the numbers 1 to 5.
  await put(SECOND, [
    [0.0625, 'LOST my bag'],
    [0.5, 'At the level'],
    [1, 'Fine flight'],
    [0, 'Rude staff'],
    [0.375, 'Soggy food'],
  ]);
  await put(FIRST, [
    [0.125, 'Lost my bag!'],
    [0.375, 'lost my bag https://x.example'],
    [0.75, 'Great crew'],
    [0.375, 'Late again'],
    [0, 'Too old'],
    [0.125, ' 🙂🙂 '],
    [0.375, '🙂🙂'],
  ]);
  // The first of 151 texts on the busy day is the weakest.
  await put(
    BUSY,
    Array.from({ length: 201 }, (_, index) => [index === 0 ? 0.375 : index < 151 ? 0.25 : 0.5, `Text ${index}`]),
  );
  await world.aggregate();
  // What is deleted by age leaves a post without text.
  await world.store.transaction(async (tx) => {
    await tx.db.updateTable('texts').set({ body: '' }).where('body', '=', 'Too old').execute();
  });
  brandId = (await brandIdOf(world.store.read, 'acme-air')) ?? 0;
});
afterAll(() => world.close());

type Asked = Parameters<typeof candidatesOf>[2];
const candidates = (change: Partial<Asked> = {}) =>
  candidatesOf(world.store.read, brandId, {
    ...{ days: RANGE, level: 0.5, side: 'negative', countOnce: false, beyondOnly: true },
    ...change,
  });

describe('the groups of copies that pull the mean of some days', () => {
  it('are put together over the days, hardest pull first and of equals the first post, without what lies at the level', async () => {
    const { groups, texts } = await candidates();
    expect(groups).toEqual([
      // 0.125 and 0.375 on one day, 0.0625 on the other.
      { key: 'lost my bag', posts: 3, score: 0.1875, postId: 6, text: 'Lost my bag!' },
      { key: 'rude staff', posts: 1, score: 0, postId: 4, text: 'Rude staff' },
      { key: '🙂🙂', posts: 2, score: 0.25, postId: 11, text: ' 🙂🙂 ' },
      { key: 'soggy food', posts: 1, score: 0.375, postId: 5, text: 'Soggy food' },
      { key: 'late again', posts: 1, score: 0.375, postId: 9, text: 'Late again' },
    ]);
    expect(texts.map((text) => text.replace(/ http.*|!/, '').trim())).toEqual([
      ...['lost my bag', 'Late again', '🙂🙂'],
      ...['LOST my bag', 'Rude staff', 'Soggy food'],
    ]);
  });

  it('are those above the level where the mean rose', async () => {
    const { groups, texts } = await candidates({ side: 'positive' });
    expect(groups).toEqual([
      { key: 'fine flight', posts: 1, score: 1, postId: 3, text: 'Fine flight' },
      { key: 'great crew', posts: 1, score: 0.75, postId: 8, text: 'Great crew' },
    ]);
    expect(texts).toEqual(['Great crew', 'At the level', 'Fine flight']);
  });

  it('count a text once a day where the figures do, by the day’s first post', async () => {
    const { groups } = await candidates({ countOnce: true });
    expect(groups.map(({ key, posts, score }) => [key, posts, score])).toEqual([
      ['lost my bag', 2, 0.09375],
      ['rude staff', 1, 0],
      ['🙂🙂', 1, 0.125],
      ['soggy food', 1, 0.375],
      ['late again', 1, 0.375],
    ]);
  });

  it('come with the others last where there is no level to be beyond', async () => {
    const { groups } = await candidates({ beyondOnly: false });
    expect(groups.map(({ key }) => key)).toEqual([
      ...['lost my bag', 'rude staff', '🙂🙂', 'soggy food', 'late again'],
      ...['at the level', 'great crew', 'fine flight'],
    ]);
  });

  it('are two hundred at most, the weakest left out, with texts from all days alike', async () => {
    const { groups, texts } = await candidates({
      ...{ days: { from: BUSY - 9, to: BUSY + 10 }, level: 0.75 },
    });
    expect(groups).toHaveLength(200);
    expect(groups.slice(0, 151).map(({ text }) => text)).toEqual([
      ...Array.from({ length: 150 }, (_, index) => `Text ${index + 1}`),
      'Text 0',
    ]);
    // The 201st of equals is the last post.
    expect(groups.at(-1)?.text).toBe('Text 199');
    // 3,000 texts over 20 days are 150 a day.
    expect(texts).toEqual(Array.from({ length: 150 }, (_, index) => `Text ${index}`));
  });
});

describe('the texts before, in which terms are counted', () => {
  it('are those of the class, copies of a day once', async () => {
    const texts = await textsOf(world.store.read, brandId, RANGE, 'negative');
    expect(texts.map((text) => text.replace(/ http.*|!/, '').trim())).toEqual([
      ...['lost my bag', 'Late again', '🙂🙂'],
      ...['LOST my bag', 'Rude staff', 'Soggy food'],
    ]);
    expect(await textsOf(world.store.read, brandId, { from: FIRST, to: FIRST }, 'positive')).toEqual(['Great crew']);
  });

  it('are as many of each day as of those that they are compared with', async () => {
    expect(await textsOf(world.store.read, brandId, { from: BUSY - 9, to: BUSY + 10 }, 'negative')).toEqual(
      Array.from({ length: 150 }, (_, index) => `Text ${index}`),
    );
  });
});

it('days are shown by the model of the newest of them that has figures', async () => {
  const { read } = world.store;
  const of = (from: Day, to: Day) => dayVersionIn(read, brandId, { from, to });
  const [first, second] = [await dayVersion(read, brandId, FIRST), await dayVersion(read, brandId, SECOND)];
  expect(first).toBeDefined();
  expect(second).not.toEqual(first);
  expect(await of(FIRST, BUSY - 1)).toEqual(second);
  expect(await of(FIRST - 3, FIRST)).toEqual(first);
  expect(await of(FIRST, FIRST)).toEqual(first);
  expect(await of(FIRST - 3, FIRST - 1)).toBeUndefined();
});
