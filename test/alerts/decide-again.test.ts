import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AlertEventRow, appendEvents } from '../../db/alerts.ts';
import { beginFile, finishFile } from '../../db/files.ts';
import { type AlertRun, decide, decideAgain } from '../../src/alerts/decide.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import { DAY_ONE, openWorld, posts, type World } from './world.ts';

const DAY_MS = 86_400_000;
let world: World;

beforeEach(async () => {
  const freshness = { type: 'freshness', hours: 30 };
  const volume = { type: 'volume', min_posts: 10, days: 14, weekdays: false };
  world = await openWorld({
    ...{ window: 1, alerts: { settle_hours: 0 } },
    brands: {
      'acme-air': { alerts: [{ below: 0.45, recover_above: 0.48, min_posts: 10 }, volume, freshness] },
      // Written into the settings, and not yet in the database.
      other: { alerts: [{ below: 0.45, min_posts: 10 }, freshness] },
    },
  });
});
afterEach(() => world.close());

/** The names of the rules, in the order of the settings. */
function ruleIds(): { threshold: string; volume: string; freshness: string; other: string } {
  const [threshold = '', volume = '', freshness = '', other = ''] = rulesOf(world.context.config).map((r) => r.ruleId);
  return { threshold, volume, freshness, other };
}

const measure = (day: number, score: number) => world.measure(DAY_ONE + day, score);

function run(newest: number, change: Partial<AlertRun> = {}): Promise<{ rules: number; events: number }> {
  return decide(world.context, { runId: 1, newestDay: DAY_ONE + newest, ...change });
}

/** The days of a rule that were appended since `forget`. */
async function appended(ruleId: string): Promise<number[]> {
  const rows = await events();
  return rows.filter(({ rule_id, inputs }) => rule_id === ruleId && inputs !== '{}').map(({ day }) => day - DAY_ONE);
}

/** Makes all decisions look different from what they would be, so that each is appended once more if it is made again. */
async function forget(): Promise<void> {
  await world.store.read.db.updateTable('alert_events').set({ inputs: '{}' }).execute();
}

async function events(): Promise<AlertEventRow[]> {
  const rows = await world.store.read.db
    .selectFrom('alert_events')
    .selectAll()
    .orderBy('day')
    .orderBy('revision')
    .execute();
  return rows.map((row) => ({ ...row, data_seq: Number(row.data_seq) }));
}

describe('a night', () => {
  it('decides what is new or has changed and not all of history, of which there is more each night', async () => {
    const { threshold, volume } = ruleIds();
    const decided = async (newest: number) => {
      await forget();
      await run(newest);
      return { threshold: await appended(threshold), volume: await appended(volume) };
    };
    expect(await decided(4)).toEqual({ threshold: [], volume: [] });
    for (const day of [0, 1, 2, 4]) await measure(day, 0.6);
    expect(await decided(4)).toEqual({ threshold: [0, 1, 2, 4], volume: [0, 1, 2, 3, 4] });
    expect(await decided(4)).toEqual({ threshold: [], volume: [] });
    await measure(6, 0.6);
    expect(await decided(7)).toEqual({ threshold: [6], volume: [5, 6, 7] });
    await measure(2, 0.1);
    expect(await decided(7)).toEqual({ threshold: [2, 4, 6], volume: [2, 3, 4, 5, 6, 7] });
    await world.store.read.db
      .deleteFrom('day_stats')
      .where('day', '=', DAY_ONE + 1)
      .execute();
    expect(await decided(7)).toEqual({ threshold: [1, 2, 4, 6], volume: [] });
    expect(await decided(7)).toEqual({ threshold: [], volume: [] });
  });

  it('decides a day without one of its sources once, and again when that has delivered, though the brand got no post', async () => {
    const { threshold } = ruleIds();
    world.now = (DAY_ONE + 5) * DAY_MS + 3 * 3_600_000;
    for (let day = 0; day < 5; day += 1) {
      await world.post(DAY_ONE + day, posts(20, 0.6));
      await world.store.transaction(async (tx) => {
        const file = await beginFile(tx, { sourceId: 1, sha256: `${day}`, name: `${day}`, day: DAY_ONE + day + 1 });
        await finishFile(tx, file.file_id, 'read', (DAY_ONE + day + 1) * DAY_MS);
      });
    }
    await world.aggregate();
    await run(4);
    const newest = async () => (await events()).filter(({ rule_id }) => rule_id === threshold).at(-1);
    expect(await newest()).toMatchObject({ day: DAY_ONE + 4, revision: 1, reason: 'stale' });
    await forget();
    await run(4);
    expect(await appended(threshold)).toEqual([]);
    await world.store.read.db
      .updateTable('sources')
      .set({ watermark_ms: (DAY_ONE + 5) * DAY_MS })
      .execute();
    await run(4);
    expect(await newest()).toMatchObject({ day: DAY_ONE + 4, revision: 2, reason: 'above_threshold' });
    expect(await appended(threshold)).toEqual([4]);
  });

  it.each([{ from_state: 'pending' }, { to_state: 'pending' }, { reason: 'between' }, { inputs: '{}' }] as const)(
    'appends, of the days that it decides again, those that come out different: %j',
    async (before) => {
      const { threshold } = ruleIds();
      for (const day of [0, 1, 2, 3]) await measure(day, 0.6);
      await run(3);
      const changed = world.store.read.db.updateTable('alert_events').set(before);
      await changed
        .where('day', '=', DAY_ONE + 2)
        .where('rule_id', '=', threshold)
        .execute();
      await measure(0, 0.7);
      await run(3);
      const again = (await events()).filter(({ rule_id, revision }) => rule_id === threshold && revision > 1);
      expect(again.map(({ day }) => day - DAY_ONE)).toEqual([0, 2]);
    },
  );

  it('counts the hours without an export anew each time, and keeps only what they mean', async () => {
    const { freshness } = ruleIds();
    await world.post(DAY_ONE, posts(1, 0.6));
    const at = async (hour: number) => {
      world.now = (DAY_ONE + 1) * DAY_MS + hour * 3_600_000;
      await run(0);
      return (await events()).filter(({ rule_id }) => rule_id === freshness).map(({ reason }) => reason);
    };
    await world.store.transaction(async (tx) => {
      const file = await beginFile(tx, { sourceId: 1, sha256: 'a', name: 'a', day: DAY_ONE });
      await finishFile(tx, file.file_id, 'read', DAY_ONE * DAY_MS);
    });
    expect(await at(1)).toEqual(['export_arrived']);
    expect(await at(2)).toEqual(['export_arrived']);
    expect(await at(7)).toEqual(['export_arrived', 'no_export']);
  });

  it('decides the rules of one brand where that is asked for, and none of a brand without a post', async () => {
    await measure(0, 0.6);
    expect(await run(0, { brand: 'other' })).toEqual({ rules: 2, events: 0 });
    expect(await run(0, { brand: 'acme-air' })).toEqual({ rules: 3, events: 3 });
    expect(await run(0)).toEqual({ rules: 5, events: 0 });
  });

  it('that is interrupted decides nothing more', async () => {
    await measure(0, 0.6);
    const context = { ...world.context, signal: AbortSignal.abort() };
    await expect(decide(context, { runId: 1, newestDay: DAY_ONE })).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(await events()).toEqual([]);
  });
});

describe('another model', () => {
  it('decides again what was decided on figures, from its first day on', async () => {
    const { threshold, volume, other } = ruleIds();
    for (const day of [0, 1, 2]) await measure(day, 0.6);
    await run(2);
    const [event] = await events();
    if (!event) throw new Error('nothing was decided');
    await world.store.transaction((tx) => appendEvents(tx, [{ ...event, rule_id: other }]));
    await world.store.read.db.deleteFrom('alert_events').where('rule_id', '=', volume).execute();
    await forget();
    const told = async (from: number) => {
      const days = await world.store.transaction((tx) => decideAgain(tx, world.context, 1, DAY_ONE + from));
      return [...days].map(([{ ruleId }, count]) => [ruleId, count]);
    };
    expect(await told(1)).toEqual([[threshold, 2]]);
    const figures = { value: 0.6, low: 0.6, high: 0.6, posts: 20, threshold: 0.45, recover_above: 0.48, min_posts: 10 };
    const again = (await events()).filter(({ revision }) => revision > 1);
    expect(again.map(({ inputs, ...row }) => ({ ...row, inputs: JSON.parse(inputs) }))).toEqual(
      [1, 2].map((day) => ({
        ...{ rule_id: threshold, day: DAY_ONE + day, revision: 2, run_id: 1, data_seq: 3 },
        ...{ from_state: 'inactive', to_state: 'inactive', reason: 'above_threshold' },
        inputs: { ...figures, window_from: DAY_ONE + day },
      })),
    );
    expect(await told(1)).toEqual([[threshold, 0]]);
    await measure(2, 0.1);
    expect(await told(0)).toEqual([[threshold, 2]]);
  });

  it('decides again the only day that a rule was decided on', async () => {
    await measure(0, 0.6);
    await run(0, { brand: 'acme-air' });
    await measure(0, 0.1);
    const days = await world.store.transaction((tx) => decideAgain(tx, world.context, 1, DAY_ONE));
    expect([...days.values()]).toEqual([1, 0]);
  });
});
