import { expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { saveDayStats } from '../../db/day-stats.ts';
import { registerModel } from '../../db/networks.ts';
import {
  dueSamples,
  type SecondOpinionRow,
  saveDaySample,
  saveSecondOpinion,
  secondOpinionsOf,
  seriesSamples,
} from '../../db/second-opinion.ts';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { sumsOf } from '../../src/aggregate/sampled-rate.ts';
import { describeStores } from '../support/stores.ts';

describeStores('second opinions', (store) => {
  const register = (name: string) =>
    store().transaction((tx) =>
      registerModel(tx, { name, networkSha256: name, networkSpec: '{}', modelSha256: name, modelSpec: '{}' }),
    );
  const sums = sumsOf([
    [0.25, 1],
    [0.75, 0],
  ]);

  it('keeps a sample for the data, the size and the model that it was made with', async () => {
    const [fast, accurate, other] = [await register('fast'), await register('accurate'), await register('other')];
    const brandId = await store().transaction((tx) => ensureBrand(tx, 'acme', 'Acme'));
    const stats = statsOf([{ userId: null, pNegative: 0, pPositive: 1, predicted: 'positive' }]);
    const save = (day: number, seq: number) =>
      store().transaction((tx) => saveDayStats(tx, { modelId: fast.modelId, brandId, day, seq }, stats));
    await save(1, 5);
    await save(2, 5);
    const due = (modelId = accurate.modelId, size = 100, from = Number.NEGATIVE_INFINITY) =>
      dueSamples(store().read, modelId, size, from, 10);
    expect((await due()).map(({ day }) => day)).toEqual([2, 1]);
    const by = { accurateModelId: accurate.modelId, size: 100 };
    for (const day of await due()) await store().transaction((tx) => saveDaySample(tx, day, by, sums));
    expect(await due()).toEqual([]);
    expect(await due(other.modelId)).toHaveLength(2);
    expect(await due(accurate.modelId, 50)).toHaveLength(2);
    expect(await due(other.modelId, 100, 2)).toHaveLength(1);
    expect((await seriesSamples(store().read, brandId)).get(1)).toEqual(sums);
    await save(1, 6);
    expect((await due()).map(({ day }) => day)).toEqual([1]);
    expect([...(await seriesSamples(store().read, brandId)).keys()]).toEqual([2]);
    // The newest day is another model's by now: what the first one said is not shown beside it.
    await save(1, 5);
    const [newest] = await due(other.modelId);
    if (newest)
      await store().transaction((tx) => saveDaySample(tx, newest, { ...by, accurateModelId: other.modelId }, sums));
    expect([...(await seriesSamples(store().read, brandId)).keys()]).toEqual([2]);
  });

  it('keeps the first thing that was said of a morning, unless nobody could be asked', async () => {
    const row = {
      rule_id: 'r',
      since_day: 3,
      day: 4,
      run_id: 1,
      verdict: 'unknown',
      inputs: '{}',
    } satisfies SecondOpinionRow;
    const say = (changes: Partial<SecondOpinionRow>) =>
      store().transaction((tx) => saveSecondOpinion(tx, { ...row, ...changes }));
    await say({});
    await say({ verdict: 'agrees', run_id: 2 });
    await say({ verdict: 'disagrees', run_id: 3 });
    await say({ day: 5, verdict: 'unsure' });
    expect(
      (await secondOpinionsOf(store().read, 'r')).map(({ day, verdict, run_id }) => [day, verdict, run_id]),
    ).toEqual([
      [4, 'agrees', 2],
      [5, 'unsure', 1],
    ]);
  });
});
