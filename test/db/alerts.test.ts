import { expect, it } from 'vitest';
import { appendEvents, latestEvents, newestDecidedDay, newestEventSeq } from '../../db/alerts.ts';
import {
  deadDeliveries,
  markFailed,
  markSent,
  outboxState,
  reviveDead,
  waitingDeliveries,
} from '../../db/deliveries.ts';
import { rulePrecision, saveFeedback } from '../../db/feedback.ts';
import {
  addMessage,
  addNotification,
  newestMessageMs,
  notificationsOf,
  waitingNotifications,
} from '../../db/outbox.ts';
import { beginRun } from '../../db/runs.ts';
import type { Tx } from '../../db/store.ts';
import { describeStores } from '../support/stores.ts';

describeStores('the store of alerts', (store) => {
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
});
