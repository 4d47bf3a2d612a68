import { expect, it } from 'vitest';
import { brandIdOf, ensureBrand, listBrands } from '../../db/brands.ts';
import { dayStatsOf, saveDayStats, scoredPostsOf } from '../../db/day-stats.ts';
import { clearDirty, dirtyDays, markDirty } from '../../db/dirty-days.ts';
import { copiesOn } from '../../db/drivers.ts';
import { advanceFile, beginFile, findFile, finishFile, inputTotals, sourceId } from '../../db/files.ts';
import { activeModel, registerModel } from '../../db/networks.ts';
import { daysOfPosts, type NewPost, storePosts } from '../../db/posts.ts';
import { addRejects, rejectsByCode } from '../../db/rejects.ts';
import { beginRun, finishRun, recentRuns, saveRunSummary } from '../../db/runs.ts';
import { saveScores } from '../../db/scores.ts';
import { firstChangedDay } from '../../db/series.ts';
import { currentSeq } from '../../db/settings.ts';
import type { Store } from '../../db/store.ts';
import { countTextsWithoutScore, textsWithoutScore } from '../../db/texts.ts';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { describeStores } from '../support/stores.ts';

const post = (key: string, more: Partial<NewPost> = {}): NewPost => ({
  key,
  atMs: 1_790_000_000_000,
  day: 20_717,
  userId: 'u1',
  extra: null,
  body: `text of ${key} – naïve ☕️`,
  original: null,
  hash16: new TextEncoder().encode(key.padEnd(16, '.')).slice(0, 16),
  copy16: null,
  brand: null,
  otherLanguage: null,
  brandIds: [],
  ...more,
});

const model = { name: 'm', networkSha256: 'n1', networkSpec: '{}', modelSha256: 'm1', modelSpec: '{}' };

async function seeded(store: Store) {
  return store.transaction(async (tx) => {
    const source = await sourceId(tx, 'inbox');
    const acme = await ensureBrand(tx, 'acme', 'Acme');
    const ids = await registerModel(tx, model);
    return { source, acme, ...ids };
  });
}

describeStores('store', (store) => {
  it('keeps all of a transaction or nothing', async () => {
    await expect(
      store().transaction(async (tx) => {
        await ensureBrand(tx, 'acme', 'Acme');
        throw new Error('halfway');
      }),
    ).rejects.toThrow('halfway');
    expect(await listBrands(store().read)).toEqual([]);
  });

  it('gives a brand one number for good', async () => {
    const [first, again] = await store().transaction(async (tx) => [
      await ensureBrand(tx, 'acme', 'Acme'),
      await ensureBrand(tx, 'acme', 'Acme Air'),
    ]);
    expect(again).toBe(first);
    expect(await brandIdOf(store().read, 'acme')).toBe(first);
    expect(await brandIdOf(store().read, 'other')).toBeUndefined();
    expect(await listBrands(store().read)).toEqual([{ brandId: first, slug: 'acme', name: 'Acme Air' }]);
  });

  it('counts a file batch by batch', async () => {
    const { source } = await seeded(store());
    await store().transaction(async (tx) => {
      const file = await beginFile(tx, { sourceId: source, sha256: 'f1', name: 'a.csv', day: 1 });
      await advanceFile(tx, file.file_id, { rows: 3, stored: 2, duplicates: 1, updated: 0, rejected: 0 });
      await advanceFile(tx, file.file_id, { rows: 2, stored: 1, duplicates: 0, updated: 0, rejected: 1 });
      await addRejects(tx, file.file_id, [
        { row: 5, line: 7, code: 'R_DATE', reason: 'no date', raw: new Uint8Array([0, 255, 10]) },
      ]);
      await finishFile(tx, file.file_id, 'read');
    });
    expect(await findFile(store().read, 'f1')).toMatchObject({
      state: 'read',
      rows: 5,
      stored: 3,
      duplicates: 1,
      rejected: 1,
    });
    expect(await inputTotals(store().read)).toEqual({
      files: 1,
      rows: 5,
      stored: 3,
      duplicates: 1,
      updated: 0,
      rejected: 1,
    });
    expect(await rejectsByCode(store().read)).toEqual({ R_DATE: 1 });
  });

  it('stores a post once, shares equal texts, and makes its day dirty', async () => {
    const { source, acme, networkId } = await seeded(store());
    const hash16 = new Uint8Array(16).fill(7);
    const posts = [post('a', { brandIds: [acme], hash16 }), post('b', { hash16 }), post('a', { hash16 })];
    expect(await store().transaction((tx) => storePosts(tx, source, posts))).toMatchObject({
      stored: 2,
      duplicates: 1,
      updated: 0,
    });
    expect(await store().transaction((tx) => storePosts(tx, source, posts))).toMatchObject({
      stored: 0,
      duplicates: 3,
      updated: 0,
    });
    expect(await countTextsWithoutScore(store().read, networkId)).toBe(1);
    expect(await dirtyDays(store().read)).toEqual([{ brandId: acme, day: 20_717, seq: 1 }]);
    expect(await currentSeq(store().read)).toBe(1);
    expect(await daysOfPosts(store().read)).toEqual({ from: 20_717, to: 20_717 });
  });

  it('keeps two sources apart', async () => {
    const { source } = await seeded(store());
    const other = await store().transaction((tx) => sourceId(tx, 'other'));
    expect(other).not.toBe(source);
    await store().transaction((tx) => storePosts(tx, source, [post('a')]));
    expect(await store().transaction((tx) => storePosts(tx, other, [post('a')]))).toMatchObject({
      stored: 1,
      duplicates: 0,
    });
  });

  it('pages texts without a score and keeps probabilities to the last digit', async () => {
    const { source, acme, networkId } = await seeded(store());
    const posts = ['a', 'b', 'c'].map((key, index) => post(key, { brandIds: [acme], day: 20_700 + index }));
    await store().transaction((tx) => storePosts(tx, source, posts));
    const page = await textsWithoutScore(store().read, networkId, 0, 2);
    expect(page.map((text) => text.body)).toEqual(posts.slice(0, 2).map((entry) => entry.body));
    const [first] = page;
    const scores = page.map((text) => ({ textId: text.text_id, pNegative: 0.1 + 0.2, pPositive: 1 / 3 }));
    await store().transaction((tx) => saveScores(tx, networkId, scores));
    // A score is never replaced: the network is named by its hash, so a second one can only be the same.
    await store().transaction((tx) =>
      saveScores(tx, networkId, [{ textId: first?.text_id ?? 0, pNegative: 0, pPositive: 0 }]),
    );
    expect(await scoredPostsOf(store().read, networkId, { brandId: acme, day: 20_700 })).toEqual([
      { userId: 'u1', pNegative: 0.1 + 0.2, pPositive: 1 / 3 },
    ]);
    expect(await countTextsWithoutScore(store().read, networkId)).toBe(1);
    expect(await countTextsWithoutScore(store().read, networkId, { from: 20_700, to: 20_701 })).toBe(0);
    expect(await textsWithoutScore(store().read, networkId, 0, 9, { from: 20_702, to: 20_702 })).toHaveLength(1);
  });

  it('takes a day off the dirty list only if it did not change meanwhile', async () => {
    const { acme } = await seeded(store());
    await store().transaction((tx) => markDirty(tx, [{ brandId: acme, day: 5 }]));
    const [before] = await dirtyDays(store().read);
    if (!before) throw new Error('nothing dirty');
    await store().transaction((tx) => markDirty(tx, [{ brandId: acme, day: 5 }]));
    await store().transaction((tx) => clearDirty(tx, before));
    expect(await dirtyDays(store().read)).toHaveLength(1);
    const [now] = await dirtyDays(store().read, { from: 5, to: 5 });
    if (!now) throw new Error('nothing dirty');
    await store().transaction((tx) => clearDirty(tx, now));
    expect(await dirtyDays(store().read)).toEqual([]);
  });

  it('reads statistics back exactly, products beyond 2^53 too', async () => {
    const { acme, modelId } = await seeded(store());
    const stats = statsOf(
      Array.from({ length: 9_999 }, () => ({
        userId: 'x',
        pPositive: 0.999_999,
        pNegative: 0,
        predicted: 'positive' as const,
      })),
    );
    await store().transaction((tx) => saveDayStats(tx, { brandId: acme, day: 3, modelId, seq: 1 }, stats));
    await store().transaction((tx) => saveDayStats(tx, { brandId: acme, day: 2, modelId, seq: 4 }, stats));
    await store().transaction((tx) => saveDayStats(tx, { brandId: acme, day: 3, modelId, seq: 5 }, stats));
    expect(await dayStatsOf(store().read, modelId, acme)).toEqual([
      { ...stats, day: 2 },
      { ...stats, day: 3 },
    ]);
    expect(await dayStatsOf(store().read, modelId, acme, { from: 3, to: 3 })).toHaveLength(1);
    expect(await firstChangedDay(store().read, acme, 1)).toBe(2);
    expect(await firstChangedDay(store().read, acme, 4)).toBe(3);
    expect(await firstChangedDay(store().read, acme, 5)).toBeNull();
  });

  it('keeps to the first model, whichever others it comes to know', async () => {
    const { source, acme, modelId } = await seeded(store());
    await store().transaction((tx) => storePosts(tx, source, [post('a', { brandIds: [acme] })]));
    for (const day of await dirtyDays(store().read)) await store().transaction((tx) => clearDirty(tx, day));
    expect(await activeModel(store().read)).toMatchObject({ modelId, name: 'm' });
    const again = await store().transaction((tx) => registerModel(tx, model));
    expect(again.modelId).toBe(modelId);
    expect(await dirtyDays(store().read)).toEqual([]);
    const other = await store().transaction((tx) => registerModel(tx, { ...model, modelSha256: 'm2' }));
    expect(other.modelId).not.toBe(modelId);
    expect(await dirtyDays(store().read)).toEqual([]);
    expect(await activeModel(store().read)).toMatchObject({ modelId });
  });

  it('keeps the record of runs', async () => {
    const runId = await store().transaction((tx) =>
      beginRun(tx, { kind: 'backfill', asOf: 9, startedMs: 1_790_000_000_000 }),
    );
    await store().transaction((tx) => saveRunSummary(tx, runId, { score: { texts: 3 } }));
    await store().transaction((tx) =>
      finishRun(tx, runId, { outcome: 'ok', errorCode: null, finishedMs: 1_790_000_000_001 }),
    );
    expect(await recentRuns(store().read, 5)).toMatchObject([
      {
        run_id: runId,
        kind: 'backfill',
        outcome: 'ok',
        finished_ms: 1_790_000_000_001,
        summary: '{"score":{"texts":3}}',
      },
    ]);
  });

  it('finds the copies of some texts on a brand’s days, with what the network says of them', async () => {
    const { source, acme, networkId } = await seeded(store());
    const [one, other] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
    const copies = [one, one, other, null];
    await store().transaction((tx) =>
      storePosts(
        tx,
        source,
        copies.map((copy16, index) => post(`copy ${index}`, { brandIds: [acme], copy16, day: 20_717 + (index % 2) })),
      ),
    );
    const texts = await textsWithoutScore(store().read, networkId, 0, 10);
    await store().transaction((tx) =>
      saveScores(
        tx,
        networkId,
        texts.map(({ text_id: textId }, index) => ({ textId, pPositive: 0.1 * index, pNegative: 0.5 })),
      ),
    );
    const span = { networkId, brandId: acme, from: 20_717, to: 20_718 };
    expect(await copiesOn(store().read, span, [one])).toEqual([
      { copies: one.toString('hex'), day: 20_717, posts: 1, pNegative: 0.5, pPositive: 0 },
      { copies: one.toString('hex'), day: 20_718, posts: 1, pNegative: 0.5, pPositive: 0.1 },
    ]);
    expect(await copiesOn(store().read, { ...span, to: 20_717 }, [one, other])).toHaveLength(2);
    expect(await copiesOn(store().read, span, [])).toEqual([]);
    const rows = await store()
      .read.db.selectFrom('post_sentiment' as never)
      .selectAll()
      .execute();
    expect(rows).toHaveLength(4);
  });
});
