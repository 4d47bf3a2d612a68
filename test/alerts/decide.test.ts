import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { latestEvents } from '../../db/alerts.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import { DAY_ONE, openWorld, posts, type World } from './world.ts';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

/** The history as `day:revision from>to reason`, days counted from DAY_ONE. */
async function history(): Promise<string[]> {
  const [rule] = rulesOf(world.context.config);
  const events = await latestEvents(world.store.read, rule?.ruleId ?? '');
  return events.map(
    (event) => `${event.day - DAY_ONE}:${event.revision} ${event.from_state}>${event.to_state} ${event.reason}`,
  );
}

async function decided(newest: number): Promise<number> {
  await world.aggregate();
  return (await world.decide(DAY_ONE + newest)).events;
}

describe('decide', () => {
  it('decides each day with posts once, and nothing the second time', async () => {
    await world.post(DAY_ONE, posts(20, 0.6));
    await world.post(DAY_ONE + 1, posts(20, 0.1));
    await world.post(DAY_ONE + 5, posts(20, 0.9));
    expect(await decided(6)).toBe(3);
    expect(await history()).toEqual([
      '0:1 inactive>inactive above_threshold',
      '1:1 inactive>firing below_threshold',
      '5:1 firing>resolved recovered',
    ]);
    expect(await decided(6)).toBe(0);
  });

  it('leaves days after the newest one undecided', async () => {
    for (const day of [0, 1, 2]) await world.post(DAY_ONE + day, posts(20, 0.6));
    expect(await decided(0)).toBe(1);
    expect(await decided(2)).toBe(2);
  });

  it('goes on from the state and the window that the days before left', async () => {
    for (const [day, score] of [0.3, 0.3, 0.3, 0.62].entries()) {
      await world.post(DAY_ONE + day, posts(20, score));
      await decided(day);
    }
    // The mean of the last three days is 0.41, though the day itself is fine.
    expect((await history()).at(-1)).toBe('3:1 firing>firing below_threshold');
  });

  it('folds again from a day that late posts changed, and appends only what came out different', async () => {
    for (const [day, score] of [0.6, 0.44, 0.44, 0.44, 0.6, 0.6].entries())
      await world.post(DAY_ONE + day, posts(20, score));
    await decided(5);
    expect(await history()).toEqual([
      '0:1 inactive>inactive above_threshold',
      '1:1 inactive>inactive above_threshold',
      '2:1 inactive>inactive above_threshold',
      '3:1 inactive>firing below_threshold',
      '4:1 firing>resolved recovered',
      '5:1 resolved>inactive above_threshold',
    ]);
    await world.post(DAY_ONE + 3, posts(20, 0.9));
    expect(await decided(5)).toBe(3);
    expect((await history()).slice(2)).toEqual([
      '2:1 inactive>inactive above_threshold',
      '3:2 inactive>inactive above_threshold',
      '4:2 inactive>inactive above_threshold',
      '5:2 inactive>inactive above_threshold',
    ]);
    expect(await decided(5)).toBe(0);
  });

  it('keeps a day whose posts are gone in the history, as no data', async () => {
    for (const [day, score] of [0.3, 0.3, 0.9].entries()) await world.post(DAY_ONE + day, posts(20, score));
    await decided(2);
    await world.store.read.db
      .deleteFrom('day_stats')
      .where('day', '=', DAY_ONE + 1)
      .execute();
    expect((await world.decide(DAY_ONE + 2)).events).toBe(2);
    expect(await history()).toEqual([
      '0:1 inactive>firing below_threshold',
      '1:2 firing>firing no_data',
      '2:2 firing>resolved recovered',
    ]);
    expect((await world.decide(DAY_ONE + 2)).events).toBe(0);
  });

  it('takes up a change that waited while another day was decided', async () => {
    for (const day of [0, 8]) await world.post(DAY_ONE + day, posts(20, 0.6));
    await decided(8);
    await world.post(DAY_ONE, posts(20, 0.1));
    await world.post(DAY_ONE + 1, posts(20, 0.1));
    await world.post(DAY_ONE + 8, posts(20, 0.5));
    // Only the newest of these days is computed, and decided on, before the older ones.
    await world.aggregate({ from: DAY_ONE + 8, to: DAY_ONE + 8 });
    await world.decide(DAY_ONE + 8);
    expect((await history())[0]).toBe('0:1 inactive>inactive above_threshold');
    await decided(8);
    expect(await history()).toEqual([
      '0:2 inactive>firing below_threshold',
      '1:1 firing>firing below_threshold',
      '8:3 firing>resolved recovered',
    ]);
  });

  it('keeps days that were decided before consistent when run as of an earlier one', async () => {
    for (const day of [0, 1, 2]) await world.post(DAY_ONE + day, posts(20, 0.46));
    await decided(2);
    await world.post(DAY_ONE, posts(80, 0.1));
    expect(await decided(0)).toBe(3);
    expect((await history()).map((line) => line.slice(4))).toEqual([
      'inactive>firing below_threshold',
      'firing>firing below_threshold',
      'firing>firing below_threshold',
    ]);
  });

  it.each(['calendar', 'rows'])('gives the same night by night as at once (%s)', async (smoothing) => {
    await world.close();
    world = await openWorld({ smoothing, window: 4, min_posts_per_day: 3 });
    const night = [0.6, 0.4, 0.2, 0.7, 0.9, 0.3, 0.3, 0.3, 0.3, 0.8, 0.8, 0.8];
    for (const [index, score] of night.entries()) {
      const day = index * (index % 4 === 0 ? 3 : 2);
      await world.post(DAY_ONE + day, posts((index % 5) * 2 + 1, score));
      await decided(day);
    }
    await decided(40);
    const nightly = await history();
    await world.store.read.db.deleteFrom('alert_events').execute();
    await decided(40);
    const states = (lines: string[]) => lines.map((line) => line.replace(/:\d+/, ''));
    expect(states(await history())).toEqual(states(nightly));
  });
});
