import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerModel } from '../../db/networks.ts';
import { switchSeries } from '../../db/series.ts';
import type { SecondOpinion } from '../../src/alerts/second-opinion.ts';
import { askSecond, type DoubtedDip } from '../../src/alerts/second-opinion-stage.ts';
import type { Day } from '../../src/calendar.ts';
import { MonitorError } from '../../src/errors.ts';
import type { OpenSecondReader, SecondReader } from '../../src/second-opinion/reader.ts';
import { DAY_ONE, openWorld, posts, type World } from './world.ts';

/** Ten days of which the last three are bad; the window is these. */
const NEWEST = DAY_ONE + 9;
const dip: DoubtedDip = {
  ...{ ruleId: 'acme-air:mean_pos:1', brandSlug: 'acme-air', metric: 'mean_pos', runId: 1 },
  ...{ since: NEWEST - 2, day: NEWEST, windowFrom: NEWEST - 2 },
  settings: { model: 'accurate', sample: 30, minutes: 1, require: true },
};

let world: World;
/** The texts that the accurate model was given. */
let given: string[];
beforeEach(async () => {
  world = await openWorld();
  given = [];
  for (let day = 0; day < 10; day += 1)
    await world.post(DAY_ONE + day, posts(20, day < 7 ? 0.7 : 0.2), (index) => ({
      text: `${day < 7 ? 'good' : 'bad'} day ${day} post ${index}`,
    }));
  await world.aggregate();
});
afterEach(() => world.close());

/** An accurate model that takes one second for each text and says this of it. */
async function reader(scoreOf = (text: string) => (text.startsWith('good') ? 0.8 : 0.3)): Promise<SecondReader> {
  const ids = await world.store.transaction((tx) =>
    registerModel(tx, {
      ...{ name: 'accurate', networkSha256: 'a', networkSpec: '{}', modelSha256: 'a', modelSpec: '{}' },
    }),
  );
  return {
    ...{ ...ids, label: 'accurate@1234', workers: 1 },
    spec: { labels: ['negative', 'positive'], threshold: 0.5, tokenizer: {} } as unknown as SecondReader['spec'],
    pool: {
      score: async (texts) => {
        given.push(...texts);
        world.now += texts.length * 1000;
        return Float64Array.from(texts.flatMap((text) => [1 - scoreOf(text), scoreOf(text)]));
      },
    },
  };
}

const ask = (open: OpenSecondReader, change: Partial<DoubtedDip> = {}): Promise<SecondOpinion> =>
  askSecond(
    world.context,
    open,
    async () => (pNegative, pPositive) => ({
      ...{ pNegative, pPositive },
      predicted: pPositive >= 0.5 ? 'positive' : 'negative',
    }),
    { ...dip, ...change },
  );
const never: OpenSecondReader = async () => {
  throw new Error('asked again');
};

describe('a second opinion on a dip', () => {
  it('compares a sample of the window with one of the weeks before, keeps what it says, and is not asked twice', async () => {
    const accurate = await reader();
    const opinion = await ask(async (use) => (use === 'accurate' ? accurate : undefined), {
      settings: { ...dip.settings, minutes: 2 },
    });
    expect(opinion).toMatchObject({
      ...{ verdict: 'agrees', model: 'accurate@1234', metric: 'mean_pos', problem: null },
      ...{ window_from: NEWEST - 2, window_to: NEWEST, before_from: NEWEST - 32, before_to: NEWEST - 5 },
      ...{ texts_read: 60, seconds: 60 },
    });
    expect(opinion.readings).toMatchObject({
      window: { posts: 60, sample: 30, fast: expect.closeTo(0.2), accurate: expect.closeTo(0.3) },
      before: { posts: 100, sample: 30, fast: expect.closeTo(0.7), accurate: expect.closeTo(0.8) },
    });
    expect(opinion.change?.value).toBeCloseTo(-0.5);
    expect(given.filter((text) => text.startsWith('bad'))).toHaveLength(30);
    expect(world.logged.join('')).toMatch(/"verdict":"agrees".*"texts_read":60,"seconds":60.*second opinion/);
    expect(await ask(never)).toEqual(opinion);
    expect(await ask(async () => accurate, { since: NEWEST - 1 })).toMatchObject({ before_to: NEWEST - 4 });
  });

  it('is asked again where it could not be had', async () => {
    expect(await ask(async () => undefined)).toMatchObject({
      ...{ verdict: 'unknown', problem: 'no_model', model: 'accurate', readings: null, change: null },
      ...{ texts_read: 0, seconds: 0 },
    });
    const accurate = await reader();
    expect(await ask(async () => accurate, { settings: { ...dip.settings, minutes: 2 } })).toMatchObject({
      verdict: 'agrees',
    });
  });

  it('of an earlier day or another dip is none on this one', async () => {
    const accurate = await reader(() => 0.8);
    const settings = { ...dip.settings, minutes: 10 };
    expect(await ask(async () => accurate, { settings })).toMatchObject({ verdict: 'disagrees' });
    for (const change of [{ day: NEWEST - 1, windowFrom: NEWEST - 3 }, { since: NEWEST - 1 }, { ruleId: 'other' }])
      await expect(ask(never, change)).rejects.toThrow('asked again');
  });

  it('ends when its minutes are over, and says so', async () => {
    const accurate = await reader();
    // A look at the clock after each 64 texts: a minute is over by then.
    const settings = { ...dip.settings, sample: 60 };
    expect(await ask(async () => accurate, { settings })).toMatchObject({
      ...{ verdict: 'unknown', problem: 'out_of_time', texts_read: 64, seconds: 64 },
    });
  });

  it('of a model that fails is none, and the log tells of what', async () => {
    const accurate = await reader();
    const failing = {
      ...accurate,
      pool: { score: () => Promise.reject(new MonitorError('E_WORKER', 'the process is gone', { remedy: 'none' })) },
    };
    expect(await ask(async () => failing)).toMatchObject({ verdict: 'unknown', problem: 'failed', texts_read: 0 });
    expect(world.logged.join('')).toContain('no second opinion: the process is gone');
  });

  it('of too few posts is none, and of no posts at all is not asked for', async () => {
    const accurate = await reader();
    const few = { settings: { ...dip.settings, sample: 5 } };
    expect(await ask(async () => accurate, few)).toMatchObject({ problem: 'too_few_posts', texts_read: 10 });
    expect(await ask(never, { brandSlug: 'nobody' })).toMatchObject({ verdict: 'unknown', problem: 'too_few_posts' });
  });

  it('that is told late is not compared with days of the dip itself', async () => {
    const accurate = await reader();
    // The dip began six days before the newest one, in a window of three days.
    expect(await ask(async () => accurate, { since: NEWEST - 6 })).toMatchObject({
      ...{ before_to: NEWEST - 9, before_from: NEWEST - 36 },
    });
  });

  it('is not compared with days that another model shows, from the first of its own on', async () => {
    const accurate = await reader();
    await world.store.transaction(async (tx) => {
      const newer = { name: 'newer', networkSha256: 'b', networkSpec: '{}', modelSha256: 'b', modelSpec: '{}' };
      await switchSeries(tx, { ...(await registerModel(tx, newer)), sha256: 'b' }, NEWEST - 1);
    });
    const opinionOn = (day: Day) => ask(async () => accurate, { day, since: day, windowFrom: day });
    expect(await opinionOn(NEWEST - 1)).toMatchObject({ before_from: NEWEST - 1, before_to: NEWEST - 2 });
    expect(await opinionOn(NEWEST - 2)).toMatchObject({ before_from: NEWEST - 30, before_to: NEWEST - 3 });
  });

  it('draws the same posts again for the same dip, and others for another', async () => {
    const accurate = await reader();
    const settings = { ...dip.settings, sample: 12, minutes: 100 };
    await ask(async () => accurate, { settings });
    const first = given.splice(0);
    const drawn = async (change: Partial<DoubtedDip>) => {
      await world.store.read.db.deleteFrom('scores').where('network_id', '=', accurate.networkId).execute();
      await world.store.read.db.deleteFrom('second_opinions').execute();
      await ask(async () => accurate, { settings, ...change });
      return given.splice(0);
    };
    expect(await drawn({})).toEqual(first);
    expect(await drawn({ ruleId: 'other' })).not.toEqual(first);
  });
});
