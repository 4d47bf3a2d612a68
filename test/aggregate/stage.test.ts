import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerModel } from '../../db/networks.ts';
import { revisionsOf } from '../../db/published.ts';
import { seriesStatsOf } from '../../db/series.ts';
import { checkDrift } from '../../src/aggregate/drift-stage.ts';
import { recordRevisions } from '../../src/aggregate/revisions.ts';
import { type AggregationModel, aggregate, aggregateBeside, figuresOfBrands } from '../../src/aggregate/stage.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/context.ts';
import { DAY_ONE, openWorld, posts, type World } from '../alerts/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

/** A model whose classes are the other way round. */
async function otherModel(): Promise<AggregationModel> {
  const hashes = { networkSha256: 'n', networkSpec: '{}', modelSha256: 'other', modelSpec: '{}' };
  const ids = await world.store.transaction((tx) => registerModel(tx, { name: 'other', ...hashes }));
  const judge: AggregationModel['judge'] = (pNegative, pPositive) => ({
    ...{ pNegative, pPositive, predicted: pPositive >= 0.5 ? 'negative' : 'positive' },
  });
  return { ...ids, judge };
}

const range = { from: DAY_ONE, to: DAY_ONE + 100 };

describe('aggregation', () => {
  it('computes every day that changed, twenty in a transaction, and tells how far it is', async () => {
    for (let day = 0; day < 41; day += 1) await world.post(DAY_ONE + day, [0.2, 0.8, 0.9]);
    const told: unknown[] = [];
    const progress: Context['progress'] = {
      start: (...args) => told.push(['start', ...args]),
      advance: (by) => told.push(by),
      finish: () => told.push('finish'),
    };
    const model = await otherModel();
    expect(await aggregate({ ...world.context, progress }, model, { from: DAY_ONE + 1, to: DAY_ONE + 50 })).toEqual({
      ...{ days: 40, posts: 120 },
    });
    expect(told).toEqual([['start', 'aggregate', 40], 20, 20, 'finish']);
    expect(await aggregate(world.context, model)).toEqual({ days: 1, posts: 3 });
    expect(await aggregate(world.context, model)).toEqual({ days: 0, posts: 0 });
  });

  it('stops between transactions, and goes on after', async () => {
    for (let day = 0; day < 21; day += 1) await world.post(DAY_ONE + day, [0.2]);
    const stop = new AbortController();
    const model = await otherModel();
    const progress = { ...world.context.progress, advance: () => stop.abort() };
    const context = { ...world.context, progress, signal: stop.signal };
    await expect(aggregate(context, model)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(await aggregate(world.context, model)).toEqual({ days: 1, posts: 1 });
  });

  it('computes another model beside the series, which stays as it is', async () => {
    await world.post(DAY_ONE, [0.2, 0.9, 0.9]);
    await world.post(DAY_ONE + 1, [0.2]);
    await world.aggregate();
    const shown = () => seriesStatsOf(world.store.read, 1, { to: DAY_ONE + 9 });
    const before = await shown();
    expect(before.map(({ nPositive }) => nPositive)).toEqual([2, 0]);
    const model = await otherModel();
    expect(await aggregateBeside(world.context, model, { from: DAY_ONE, to: DAY_ONE })).toEqual({ days: 1, posts: 3 });
    expect(await aggregateBeside(world.context, model, range)).toEqual({ days: 1, posts: 1 });
    expect(await aggregateBeside(world.context, model, range)).toEqual({ days: 0, posts: 0 });
    expect(await shown()).toEqual(before);
    const other = await world.store.read.db
      .selectFrom('day_stats')
      .selectAll()
      .where('model_id', '=', model.modelId)
      .execute();
    expect(other.map((row) => row.n_positive)).toEqual([1, 1]);
  });
});

describe('the figures of all brands', () => {
  it.each(['calendar', 'rows'] as const)('from a day on are those of the whole history (%s)', async (smoothing) => {
    for (const [index, day] of [0, 1, 3, 4, 9, 10].entries())
      await world.post(DAY_ONE + day, [0.1 * index, 0.9, 0.2 + 0.1 * index]);
    await world.aggregate();
    const config = configSchema.parse({ ...world.context.config, smoothing, window: 3, brands: {} });
    const all = (await figuresOfBrands(world.store.read, config, { to: DAY_ONE + 9 })).get(1) ?? [];
    expect(all.map(({ day }) => day - DAY_ONE)).toEqual([0, 1, 3, 4, 9]);
    for (const from of [0, 3, 4, 9, 12]) {
      const found = await figuresOfBrands(world.store.read, config, { from: DAY_ONE + from, to: DAY_ONE + 9 }, 1);
      expect(found.get(1) ?? []).toEqual(all.filter(({ day }) => day >= DAY_ONE + from));
    }
    expect((await figuresOfBrands(world.store.read, config, { to: DAY_ONE + 9 }, 2)).size).toBe(0);
  });
});

describe('what was published', () => {
  const publish = (newestDay: number) =>
    recordRevisions(world.context, { runId: 1, newestDay, revisedOn: newestDay + 1 });
  const lines = async () =>
    (await revisionsOf(world.store.read, { from: DAY_ONE, to: DAY_ONE + 100 })).map((row) => [
      ...[row.day - DAY_ONE, row.reason, row.late_posts, row.n_before, row.n_after, row.revised_on - DAY_ONE],
      ...[row.n_positive_before, row.n_positive_after, row.sum_score_before, row.sum_score_after],
    ]);
  const nudge = (changes: Record<string, number>) =>
    world.store.transaction((tx) => tx.db.updateTable('day_stats').set(changes).where('day', '=', DAY_ONE).execute());

  it('is told with the reason for which it changed', async () => {
    await world.post(DAY_ONE, [0.2, 0.8]);
    await world.aggregate();
    expect(await publish(DAY_ONE)).toEqual({ published: 1, revised: 0 });
    expect(await publish(DAY_ONE)).toEqual({ published: 0, revised: 0 });
    await world.post(DAY_ONE, posts(2, 0.1));
    await world.post(DAY_ONE + 1, [0.5]);
    await world.aggregate();
    expect(await publish(DAY_ONE)).toEqual({ published: 0, revised: 1 });
    expect(await publish(DAY_ONE + 1)).toEqual({ published: 1, revised: 0 });
    await nudge({ n: 3 });
    expect(await publish(DAY_ONE + 1)).toEqual({ published: 0, revised: 1 });
    await nudge({ sum_score: 1_500_000 });
    await publish(DAY_ONE + 2);
    await nudge({ n_positive: 3 });
    await publish(DAY_ONE + 3);
    // Too little to be seen.
    await nudge({ sum_score: 1_500_900 });
    expect(await publish(DAY_ONE + 3)).toEqual({ published: 0, revised: 0 });
    expect(await lines()).toEqual([
      [0, 'late_posts', 2, 2, 4, 1, 1, 1, 1_000_000, 1_200_000],
      [0, 'brands', 0, 4, 3, 2, 1, 1, 1_200_000, 1_200_000],
      [0, 'corrections', 0, 3, 3, 3, 1, 1, 1_200_000, 1_500_000],
      [0, 'corrections', 0, 3, 3, 4, 1, 3, 1_500_000, 1_500_000],
    ]);
  });

  it('names another model first, and stops when told to', async () => {
    await world.post(DAY_ONE, [0.2, 0.8]);
    await world.aggregate();
    await publish(DAY_ONE);
    const { modelId } = await otherModel();
    await world.store.transaction((tx) => tx.db.updateTable('published').set({ model_id: modelId, n: 1 }).execute());
    await publish(DAY_ONE);
    expect((await lines()).map(([, reason]) => reason)).toEqual(['model']);
    await nudge({ n: 5 });
    const stopped = { ...world.context, signal: AbortSignal.abort() };
    await expect(recordRevisions(stopped, { runId: 1, newestDay: DAY_ONE, revisedOn: 1 })).rejects.toThrow();
    expect(await lines()).toHaveLength(1);
  });
});

describe('a day’s input', () => {
  const vocabulary = ['<pad>', '<unk>', 'post', 'number', 'strange', 'words'];
  const tokenizer = { name: 'plain', version: 1, reads: 'cleaned', max_tokens: 60 };
  const spec = { tokenizer, padding: { to: null, masked: true } };
  const check = (newestDay: number, drift: Record<string, unknown> = {}, reads = 'cleaned') =>
    checkDrift(
      {
        ...world.context,
        config: { ...world.context.config, drift: { ...world.context.config.drift, min_posts: 10, ...drift } },
      },
      {
        model: { spec: { ...spec, tokenizer: { ...tokenizer, reads } }, vocabulary, networkId: 1, modelId: 1 } as never,
        ...{ runId: 1, newestDay },
      },
    );
  const weeks = async (count: number, n = 10) => {
    for (let day = 0; day < count; day += 1)
      await world.post(DAY_ONE + day, posts(n, 0.4), () => ({ text: 'Post number strange words' }));
  };

  it('is compared with the days before, its words counted once', async () => {
    await weeks(14);
    await world.post(DAY_ONE + 14, posts(10, 0.4), (index) => ({ text: index < 5 ? 'post xyzzy' : 'post number' }));
    await world.aggregate();
    const { warnings } = await check(DAY_ONE + 14, { inhibit: ['unknown_words'] });
    expect(warnings).toEqual([
      {
        ...{ scope: 'acme-air', held: ['acme-air'] },
        text: 'unknown words 25\u00a0% (usually 0\u00a0%), words in a post 2.0 (usually 4.0)',
      },
    ]);
    expect(world.logged.at(-1)).toContain('unusual input: unknown words 25');
    const stored = () => world.store.read.db.selectFrom('input_stats').selectAll().orderBy('day').execute();
    const counted = await stored();
    expect(counted).toHaveLength(15);
    expect(counted[0]).toMatchObject({ network_id: 1, brand_id: 1, day: DAY_ONE, texts: 10, tokens: 40, unknown: 0 });
    expect(counted[14]).toMatchObject({ texts: 10, tokens: 20, unknown: 5 });
    expect(await check(DAY_ONE + 14, { inhibit: ['unknown_words'] })).toEqual({ warnings });
    const drift = await world.store.read.db.selectFrom('drift').selectAll().execute();
    expect(drift).toMatchObject([
      { day: DAY_ONE + 14, scope: 'acme-air', run_id: 1, signs: '["unknown_words","length"]', held: '["acme-air"]' },
    ]);
    for (const [inhibit, held] of [
      [true, ['acme-air']],
      [false, []],
      [['volume'], []],
    ] as const)
      expect((await check(DAY_ONE + 14, { inhibit })).warnings[0]?.held).toEqual(held);
  });

  it('of a small brand is looked at with the others, and not at all with too few days', async () => {
    await weeks(14, 9);
    await world.post(DAY_ONE + 14, posts(200, 0.4));
    await world.aggregate();
    expect((await check(DAY_ONE + 14)).warnings).toEqual([]);
    expect((await check(DAY_ONE + 13)).warnings).toEqual([]);
    expect(await world.store.read.db.selectFrom('drift').selectAll().execute()).toEqual([]);
    await weeks(14, 1);
    await world.aggregate();
    expect((await check(DAY_ONE + 14)).warnings).toMatchObject([{ scope: 'acme-air' }]);
  });

  it('is as usual on a usual day, and counts nothing after it was told to stop', async () => {
    await weeks(15);
    await world.aggregate();
    const stopped = { ...world.context, signal: AbortSignal.abort() };
    const model = { spec, vocabulary, networkId: 1, modelId: 1 } as never;
    await expect(checkDrift(stopped, { model, runId: 1, newestDay: DAY_ONE + 14 })).rejects.toMatchObject({
      code: 'E_INTERRUPTED',
    });
    expect((await check(DAY_ONE + 14)).warnings).toEqual([]);
    expect(await world.store.read.db.selectFrom('drift').select(['signs', 'held']).execute()).toEqual([
      { signs: '[]', held: '[]' },
    ]);
  });
});
