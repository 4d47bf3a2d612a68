import { expect, it } from 'vitest';
import { appendEvents, latestEvents, newestDecidedDay, newestEventSeq } from '../../db/alerts.ts';
import { brandIdOf, ensureBrand, listBrands } from '../../db/brands.ts';
import { dayStatsOf, saveDayStats, scoredPostsOf } from '../../db/day-stats.ts';
import {
  deadDeliveries,
  markFailed,
  markSent,
  outboxState,
  reviveDead,
  waitingDeliveries,
} from '../../db/deliveries.ts';
import { clearDirty, dirtyDays, markDirty } from '../../db/dirty-days.ts';
import { copiesOn } from '../../db/drivers.ts';
import { rulePrecision, saveFeedback } from '../../db/feedback.ts';
import { advanceFile, beginFile, findFile, finishFile, inputTotals, sourceId } from '../../db/files.ts';
import { activeModel, registerModel } from '../../db/networks.ts';
import {
  addMessage,
  addNotification,
  newestMessageMs,
  notificationsOf,
  waitingNotifications,
} from '../../db/outbox.ts';
import { daysOfPosts, type NewPost, storePosts } from '../../db/posts.ts';
import { addRejects, rejectsByCode } from '../../db/rejects.ts';
import { beginRun, finishRun, recentRuns, saveRunSummary } from '../../db/runs.ts';
import { countTextsWithoutScore, saveScores, textsWithoutScore } from '../../db/scores.ts';
import { firstChangedDay } from '../../db/series.ts';
import { currentSeq } from '../../db/settings.ts';
import type { Store, Tx } from '../../db/store.ts';
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

  it('appends decisions as revisions and reads the newest of each day', async () => {
    const runId = await store().transaction((tx) => beginRun(tx, { kind: 'nightly', asOf: 9, startedMs: 1 }));
    const event = {
      rule_id: 'r',
      day: 8,
      run_id: runId,
      data_seq: 3,
      from_state: 'inactive',
      to_state: 'firing',
      reason: 'x',
      inputs: '{}',
    } as const;
    await store().transaction((tx) => appendEvents(tx, [event, { ...event, day: 7 }]));
    await store().transaction((tx) => appendEvents(tx, [{ ...event, to_state: 'inactive', data_seq: 5 }]));
    const events = await latestEvents(store().read, 'r');
    expect(events.map(({ day, revision, to_state }) => ({ day, revision, to_state }))).toEqual([
      { day: 7, revision: 1, to_state: 'firing' },
      { day: 8, revision: 2, to_state: 'inactive' },
    ]);
    expect(await newestEventSeq(store().read, 'r')).toBe(5);
    expect(await newestEventSeq(store().read, 'none')).toBeNull();
    expect(await newestDecidedDay(store().read)).toBe(8);
    expect(await latestEvents(store().read, 'r', { to: 7 })).toHaveLength(1);
  });

  it('queues a notification once, takes it up into a message and delivers that once', async () => {
    const made = 1_790_000_000_000;
    const notification = {
      ...({ dedupe_key: 'r:1', rule_id: 'r', day: 1, kind: 'firing', team: 'care' } as const),
      ...{ content: '{}', created_ms: made, due_ms: made + 1 },
    };
    const tx = <T>(work: (tx: Tx) => Promise<unknown>) => store().transaction(work) as Promise<T>;
    const id = await tx<number>((tx) => addNotification(tx, notification));
    expect(id).toBeTypeOf('number');
    expect(await tx((tx) => addNotification(tx, notification))).toBeUndefined();
    expect(await notificationsOf(store().read, 'r')).toMatchObject([{ due_ms: made + 1, message_id: null }]);
    expect(await waitingNotifications(store().read)).toHaveLength(1);
    expect(await newestMessageMs(store().read, 'care')).toBeNull();

    const message = { message_key: 'r:1', team: 'care', rendered: '{}', created_ms: made };
    await tx((tx) => addMessage(tx, message, { channels: ['smtp', 'webhook'], tells: [id] }));
    expect(await waitingNotifications(store().read)).toEqual([]);
    expect(await newestMessageMs(store().read, 'care')).toBe(made);
    expect(await waitingDeliveries(store().read, made - 1)).toEqual([]);
    const [mail, hook] = await waitingDeliveries(store().read, made);
    if (!mail || !hook) throw new Error('a delivery is missing');
    await tx((tx) => markFailed(tx, mail, { error: 'refused', nextMs: made + 60_000, recipients: ['a@b.example'] }));
    await tx((tx) => markFailed(tx, hook, { error: 'gone', nextMs: null, recipients: null }));
    expect(await waitingDeliveries(store().read, made)).toEqual([]);
    const state = { held: 0, waiting: 1, failed: 1, sent: 0, dead: 1, lastError: 'refused' };
    expect(await outboxState(store().read)).toEqual(state);
    expect(await deadDeliveries(store().read)).toMatchObject([{ channel: 'webhook', last_error: 'gone', attempts: 1 }]);
    const [again] = await waitingDeliveries(store().read, made + 60_000);
    expect(again).toMatchObject({ attempts: 1, recipients: '["a@b.example"]' });
    await tx((tx) => markSent(tx, mail));
    expect(await tx((tx) => reviveDead(tx, made + 5))).toBe(1);
    await tx((tx) => markSent(tx, hook));
    const done = { held: 0, waiting: 0, failed: 0, sent: 2, dead: 0, lastError: null };
    expect(await outboxState(store().read)).toEqual(done);
  });

  it('keeps the newest answer about an alert, and counts them by rule', async () => {
    const ids: number[] = [];
    for (const kind of ['firing', 'firing', 'firing', 'repeat', 'digest'] as const)
      await store().transaction(async (tx) => {
        const dedupe_key = `p:${ids.length}`;
        const times = { created_ms: 1, due_ms: 1 };
        const row = { dedupe_key, rule_id: 'p', day: 1, kind, team: 'care', content: '', ...times };
        ids.push((await addNotification(tx, row)) ?? 0);
      });
    const answer = (index: number, verdict: 'useful' | 'false') =>
      store().transaction((tx) => saveFeedback(tx, { notificationId: ids[index] ?? 0, verdict, givenMs: 5 }));
    expect(await answer(0, 'false')).toEqual({ ruleId: 'p' });
    await answer(0, 'useful');
    await answer(1, 'false');
    expect(await answer(4, 'useful')).toBeUndefined();
    expect(await answer(99, 'useful')).toBeUndefined();
    expect((await rulePrecision(store().read)).filter(({ ruleId }) => ruleId === 'p')).toEqual([
      { ruleId: 'p', alerts: 3, useful: 1, falseAlarms: 1 },
    ]);
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
