import { describe, expect, it } from 'vitest';
import { staleDays } from '../../db/beside.ts';
import { ensureBrand } from '../../db/brands.ts';
import { dayStatsOf, saveDayStats } from '../../db/day-stats.ts';
import { clearDirty, dirtyDays, markDirty } from '../../db/dirty-days.ts';
import { countFigures, deleteDayStats, deleteScores, registerModel } from '../../db/networks.ts';
import { saveScores } from '../../db/scores.ts';
import { firstChangedDay, modelBreaks, modelSpans, seriesStatsOf, switchSeries } from '../../db/series.ts';
import type { Store } from '../../db/store.ts';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { describeStores } from '../support/stores.ts';

const stats = (score: number) =>
  statsOf([{ userId: null, pPositive: score, pNegative: 1 - score, predicted: 'positive' as const }]);

async function seeded(store: Store) {
  return store.transaction(async (tx) => {
    const model = (name: string) =>
      registerModel(tx, {
        ...{ name, networkSha256: `network ${name}`, networkSpec: '{}' },
        ...{ modelSha256: `model ${name}`, modelSpec: '{}' },
      });
    const brandId = await ensureBrand(tx, 'acme', 'Acme');
    const [a, b, c] = [await model('a'), await model('b'), await model('c')];
    // The score of each day tells the model.
    for (const [ids, score] of [
      [a, 0.1],
      [b, 0.2],
      [c, 0.3],
    ] as const)
      for (let day = 1; day <= 9; day += 1)
        await saveDayStats(tx, { brandId, day, modelId: ids.modelId, seq: 10 * score + day }, stats(score));
    return { brandId, a, b, c };
  });
}

describeStores('the series', (store) => {
  const switchTo = (ids: { modelId: number }, name: string, from: number | null) =>
    store().transaction((tx) => switchSeries(tx, { ...ids, sha256: `model ${name}` }, from));
  const shown = async (brandId: number) =>
    (await seriesStatsOf(store().read, brandId)).map(({ sumScore }) => 'abc'[sumScore / 100_000 - 1]).join('');

  it('shows each day by one model, through switches that keep history and such that do not', async () => {
    const { brandId, a, b, c } = await seeded(store());
    expect(await shown(brandId)).toBe('aaaaaaaaa');
    expect(await modelSpans(store().read)).toMatchObject([{ name: 'a', from: null, to: null }]);
    await switchTo(b, 'b', 4);
    expect(await shown(brandId)).toBe('aaabbbbbb');
    expect(modelBreaks(await modelSpans(store().read))).toEqual([4]);
    await switchTo(c, 'c', 7);
    expect(await shown(brandId)).toBe('aaabbbccc');
    expect(await modelSpans(store().read)).toMatchObject([
      { name: 'a', from: null, to: 3 },
      { name: 'b', from: 4, to: 6 },
      { name: 'c', from: 7, to: null },
    ]);
    expect(await firstChangedDay(store().read, brandId, 7)).toBe(6);
    await switchTo(a, 'a', 5);
    expect(await shown(brandId)).toBe('aaabaaaaa');
    await switchTo(a, 'a', 4);
    expect(await shown(brandId)).toBe('aaaaaaaaa');
    expect(await modelSpans(store().read)).toHaveLength(1);
    await switchTo(b, 'b', 2);
    await switchTo(c, 'c', null);
    expect(await shown(brandId)).toBe('ccccccccc');
    expect(await seriesStatsOf(store().read, brandId, { from: 3, to: 5 })).toHaveLength(3);
  });

  it('finds the days that a model beside it lacks or has from older data', async () => {
    const { brandId, a, b } = await seeded(store());
    const range = { from: 1, to: 100 };
    const days = async () => (await staleDays(store().read, b.modelId, range)).map(({ day, seq }) => [day, seq]);
    // Written with other ticks of the clock than those of the series.
    expect((await days()).map(([day]) => day)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await store().transaction(async (tx) => {
      for (const day of await staleDays(tx, b.modelId, range))
        await saveDayStats(tx, { ...day, modelId: b.modelId }, stats(0.2));
    });
    expect(await days()).toEqual([]);
    await store().transaction((tx) =>
      markDirty(tx, [
        { brandId, day: 5 },
        { brandId, day: 20 },
      ]),
    );
    const [dirty] = await dirtyDays(store().read);
    expect(await days()).toEqual([[5, dirty?.seq]]);
    await store().transaction(async (tx) => {
      await saveDayStats(tx, { brandId, day: 5, modelId: a.modelId, seq: dirty?.seq ?? 0 }, stats(0.1));
      for (const day of await dirtyDays(tx)) await clearDirty(tx, day);
    });
    expect(await days()).toEqual([[5, dirty?.seq]]);
    expect(await staleDays(store().read, b.modelId, { from: 6, to: 9 })).toEqual([]);
  });

  it('is not changed by scores of a network beside it, and loses nothing when these are deleted', async () => {
    const { brandId, a, b } = await seeded(store());
    await store().transaction(async (tx) => {
      await tx.db.insertInto('sources').values({ name: 'inbox', watermark_ms: null }).execute();
      await tx.db
        .insertInto('texts')
        .values(
          [1, 2, 3].map((n) => ({ hash16: Buffer.from(`hash ${n}`), body: `${n}`, original: null, copy16: null })),
        )
        .execute();
      const post = { source_id: 1, text_id: 1, at_ms: 0, day: 3, key: 'k', user_id: null, extra: null, brand: null };
      const { post_id } = await tx.db.insertInto('posts').values(post).returning('post_id').executeTakeFirstOrThrow();
      await tx.db.insertInto('post_brands').values({ brand_id: brandId, day: 3, post_id }).execute();
      const scores = [1, 2, 3].map((textId) => ({ textId, pNegative: 0.5, pPositive: 0.5 }));
      await saveScores(tx, b.networkId, scores);
      expect(await dirtyDays(tx)).toEqual([]);
      await saveScores(tx, a.networkId, scores);
      expect(await dirtyDays(tx)).toMatchObject([{ brandId, day: 3 }]);
    });
    expect(await countFigures(store().read, b)).toEqual({ scores: 3, days: 9 });
    expect(await store().transaction((tx) => deleteScores(tx, b.networkId, 2))).toBe(2);
    expect(await store().transaction((tx) => deleteScores(tx, b.networkId, 2))).toBe(1);
    expect(await store().transaction((tx) => deleteDayStats(tx, b.modelId))).toBe(9);
    expect(await countFigures(store().read, b)).toEqual({ scores: 0, days: 0 });
    expect(await countFigures(store().read, a)).toEqual({ scores: 3, days: 9 });
    expect(await dayStatsOf(store().read, a.modelId, brandId)).toHaveLength(9);
  });

  describe('a snapshot', () => {
    it('reads one state', async () => {
      const { brandId } = await seeded(store());
      expect(await store().snapshot((reader) => seriesStatsOf(reader, brandId))).toHaveLength(9);
    });
  });
});
