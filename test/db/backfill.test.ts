import { expect, it } from 'vitest';
import { appendEvents, type NewAlertEvent, revisedBy } from '../../db/alerts.ts';
import { brandDaysOf, levelsOf, postsOfDays, rejectsToRetry } from '../../db/backfill.ts';
import { ensureBrand } from '../../db/brands.ts';
import { saveDayStats } from '../../db/day-stats.ts';
import { dirtyDays, markDaysDirty } from '../../db/dirty-days.ts';
import { sourceId } from '../../db/files.ts';
import { registerModel } from '../../db/networks.ts';
import { storePosts } from '../../db/posts.ts';
import { beginRun, doneNightBefore, doneNightsAfter, finishRun } from '../../db/runs.ts';
import { replaceScores, saveScores } from '../../db/scores.ts';
import type { Store } from '../../db/store.ts';
import { countTexts, textsOfDays } from '../../db/texts.ts';
import { EMPTY_STATS } from '../../src/aggregate/day-stats.ts';
import { describeStores } from '../support/stores.ts';

async function filled(store: Store) {
  return store.transaction(async (tx) => {
    const source = await sourceId(tx, 'inbox');
    const [acme, other] = [await ensureBrand(tx, 'acme', 'Acme'), await ensureBrand(tx, 'other', 'Other')];
    const ids = await registerModel(tx, {
      ...{ name: 'm', networkSha256: 'n', networkSpec: '{}', modelSha256: 'm', modelSpec: '{}' },
    });
    const post = (key: string, day: number, brandIds: number[]) => ({
      ...{ key, day, brandIds, atMs: day * 86_400_000, userId: 'u', extra: null, body: key, original: null },
      ...{ hash16: new TextEncoder().encode(key.padEnd(16, '.')), copy16: null, brand: null, otherLanguage: null },
    });
    await storePosts(tx, source, [
      ...[post('a', 1, [acme]), post('b', 2, [acme, other]), post('c', 2, []), post('d', 3, [other])],
    ]);
    return { acme, other, ...ids };
  });
}

describeStores('what a backfill asks', (store) => {
  const range = { from: 1, to: 2 };

  it('counts posts, brand-days and texts of days and of a brand', async () => {
    const { acme, other, networkId } = await filled(store());
    const { read } = store();
    const [first] = await textsOfDays(read, -1, 1, range);
    const textId = first?.text_id ?? 0;
    await store().transaction((tx) => saveScores(tx, networkId, [{ textId, pNegative: 0.5, pPositive: 0.25 }]));
    expect(await postsOfDays(read, range)).toEqual({ days: 2, posts: 3 });
    expect(await postsOfDays(read, { ...range, brandId: other })).toEqual({ days: 1, posts: 1 });
    expect(await brandDaysOf(read, networkId, range)).toEqual([
      { brandId: acme, day: 1, posts: 1, scored: 1 },
      { brandId: acme, day: 2, posts: 1, scored: 0 },
      { brandId: other, day: 2, posts: 1, scored: 0 },
    ]);
    expect(await countTexts(read, range)).toMatchObject({ texts: 3, first: textId });
    expect(await countTexts(read, { ...range, brandId: acme }, networkId)).toMatchObject({ texts: 1 });
    expect(await countTexts(read, { from: 8, to: 9 })).toEqual({ texts: 0, first: null, last: null });
    expect((await textsOfDays(read, textId, 9, range)).map(({ body }) => body)).toEqual(['b', 'c']);
    expect(await rejectsToRetry(read)).toBe(0);
  });

  it('replaces scores, and marks the days of those that are others', async () => {
    const { acme, networkId } = await filled(store());
    const { read } = store();
    const texts = await textsOfDays(read, -1, 9, range);
    const scores = texts.map(({ text_id: textId }) => ({ textId, pNegative: 0.5, pPositive: 0.25 }));
    await store().transaction((tx) => saveScores(tx, networkId, scores));
    await store().transaction((tx) => tx.db.deleteFrom('dirty_days').execute());
    const again = scores.map((row, index) => (index === 0 ? { ...row, pPositive: 0.5 } : row));
    await store().transaction((tx) => replaceScores(tx, networkId, again));
    expect(await dirtyDays(read)).toMatchObject([{ brandId: acme, day: 1 }]);
    await store().transaction((tx) => markDaysDirty(tx, { ...range, brandId: acme }));
    expect(await dirtyDays(read)).toMatchObject([
      { brandId: acme, day: 1 },
      { brandId: acme, day: 2 },
    ]);
    expect(await dirtyDays(read, { from: 2, to: 9, brandId: acme })).toHaveLength(1);
  });

  it('knows the figures of days, and not of days that lost their posts', async () => {
    const { acme, modelId } = await filled(store());
    await store().transaction(async (tx) => {
      const key = { brandId: acme, modelId, seq: 1 };
      await saveDayStats(tx, { ...key, day: 1 }, { ...EMPTY_STATS, n: 2, nPositive: 1, sumScore: 7 });
      await saveDayStats(tx, { ...key, day: 2 }, EMPTY_STATS);
    });
    expect(await levelsOf(store().read, { ...range, brandId: acme })).toEqual([
      { brandId: acme, day: 1, n: 2, nPositive: 1, sumScore: 7 },
    ]);
  });

  it('finds decisions that were made again, from what they were before its first run', async () => {
    const begin = (kind: 'nightly' | 'backfill') =>
      store().transaction((tx) => beginRun(tx, { kind, asOf: 9, startedMs: 1 }));
    const event = {
      ...({
        rule_id: 'r',
        day: 8,
        data_seq: 3,
        from_state: 'inactive',
        to_state: 'firing',
        reason: 'x',
        inputs: '{}',
      } as const),
    };
    const append = (run_id: number, more: Partial<NewAlertEvent> = {}) =>
      store().transaction((tx) => appendEvents(tx, [{ ...event, ...more, run_id }]));
    await append(await begin('nightly'));
    const first = await begin('backfill');
    await append(first, { to_state: 'inactive' });
    await append(first, { day: 9 });
    await append(await begin('backfill'), { to_state: 'inactive', reason: 'y' });
    expect(await revisedBy(store().read, first)).toMatchObject([
      { before: { day: 8, revision: 1, to_state: 'firing' }, after: { revision: 3, reason: 'y' } },
    ]);
  });

  it('knows the nights that were done', async () => {
    const night = async (asOf: number, outcome: 'ok' | 'failed') => {
      const runId = await store().transaction((tx) => beginRun(tx, { kind: 'nightly', asOf, startedMs: asOf }));
      await store().transaction((tx) => finishRun(tx, runId, { outcome, errorCode: null, finishedMs: 0 }));
    };
    expect(await doneNightBefore(store().read, 9)).toBeUndefined();
    await night(4, 'ok');
    await night(5, 'failed');
    await night(7, 'ok');
    expect(await doneNightBefore(store().read, 7)).toBe(4);
    expect(await doneNightsAfter(store().read, 4)).toEqual([{ asOf: 7, startedMs: 7 }]);
  });
});
