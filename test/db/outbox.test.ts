import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { rulePrecision, saveFeedback } from '../../db/feedback.ts';
import { addNotification, openNotifications } from '../../db/outbox.ts';
import { beginRun } from '../../db/runs.ts';
import type { NotificationKind } from '../../db/schema-messages.ts';
import { addSendDecision, sendDecisionsOf } from '../../db/send-decisions.ts';
import type { Tx } from '../../db/store.ts';
import { describeStores } from '../support/stores.ts';

const NOW = 1_790_000_000_000;

function tell(tx: Tx, rule_id: string, kind: NotificationKind, dedupe_key: string = randomUUID()) {
  const when = { day: 20_000, created_ms: NOW, due_ms: NOW + 1 };
  return addNotification(tx, { ...{ dedupe_key, rule_id, kind, team: 'care', content: '{}' }, ...when });
}

describeStores('what teams were told', (store) => {
  it('is told once for each key, and stands until its end was told', async () => {
    await store().transaction(async (tx) => {
      expect(await tell(tx, 'ended', 'firing', 'once')).toBe(1);
      expect(await tell(tx, 'ended', 'firing', 'once')).toBeUndefined();
      await tell(tx, 'stands', 'firing');
      await tell(tx, 'ended', 'resolved');
      await tell(tx, 'stands', 'repeat');
      await tell(tx, 'again', 'resolved');
      await tell(tx, 'again', 'firing');
      // Neither begins nor ends anything.
      await tell(tx, 'again', 'sample');
    });
    const open = await openNotifications(store().read);
    expect(open.map(({ rule_id, kind }) => [rule_id, kind])).toEqual([
      ['stands', 'repeat'],
      ['again', 'firing'],
    ]);
    expect(open[0]).toMatchObject({ created_ms: NOW, due_ms: NOW + 1, team: 'care', message_id: null });
  });

  it('has answers, of which the last counts, only where there was an alert', async () => {
    const answer = (notificationId: number, verdict: 'useful' | 'false') =>
      store().transaction((tx) => saveFeedback(tx, { notificationId, verdict, givenMs: NOW }));
    const [alert = 0, other = 0, digest = 0] = await store().transaction(async (tx) => [
      await tell(tx, 'b', 'firing'),
      await tell(tx, 'b', 'firing'),
      await tell(tx, 'a', 'digest'),
    ]);
    expect(await answer(alert, 'false')).toEqual({ ruleId: 'b' });
    expect(await answer(alert, 'useful')).toEqual({ ruleId: 'b' });
    expect(await answer(other, 'false')).toEqual({ ruleId: 'b' });
    expect(await answer(digest, 'useful')).toBeUndefined();
    expect(await answer(99_999, 'useful')).toBeUndefined();
    expect(await rulePrecision(store().read)).toEqual([{ ruleId: 'b', alerts: 2, useful: 1, falseAlarms: 1 }]);
  });
});

describeStores('decisions about sending', (store) => {
  it('are kept when they change, and no more once a mail has left', async () => {
    const decided = await store().transaction(async (tx) => {
      const run_id = await beginRun(tx, { kind: 'nightly', asOf: 20_001, startedMs: NOW });
      const decide = (day: number, sent: 0 | 1, reason: string) =>
        addSendDecision(tx, { ...{ rule_id: 'r', day, run_id, sent, reason }, kind: 'none', inputs: '{}' });
      await decide(20_001, 0, 'wait');
      await decide(20_000, 0, 'silence');
      await decide(20_000, 0, 'silence');
      await decide(20_000, 1, 'the alert is new');
      await decide(20_000, 0, 'told already');
      await decide(20_002, 0, 'later');
      return sendDecisionsOf(tx, 'r', { from: 20_000, to: 20_001 });
    });
    expect(decided.map(({ day, revision, sent, reason }) => [day, revision, sent, reason])).toEqual([
      [20_000, 1, 0, 'silence'],
      [20_000, 2, 1, 'the alert is new'],
      [20_001, 1, 0, 'wait'],
    ]);
    expect(await sendDecisionsOf(store().read, 'nobody')).toEqual([]);
    expect(await sendDecisionsOf(store().read, 'r', { from: 20_002 })).toHaveLength(1);
  });
});
