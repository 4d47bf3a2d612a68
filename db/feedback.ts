import type { Verdict } from './schema-messages.ts';
import type { Reader, Tx } from './store.ts';

/** Notes whether an alert was useful; a later answer takes the place of an earlier one. False when there is no such alert. */
export async function saveFeedback(
  tx: Tx,
  answer: { notificationId: number; verdict: Verdict; givenMs: number },
): Promise<{ ruleId: string } | undefined> {
  const row = await tx.db
    .selectFrom('notifications')
    .select('rule_id')
    .where('notification_id', '=', answer.notificationId)
    .where('kind', 'in', ['firing', 'repeat', 'resolved'])
    .executeTakeFirst();
  if (!row) return undefined;
  const values = { verdict: answer.verdict, given_ms: answer.givenMs };
  await tx.db
    .insertInto('feedback')
    .values({ notification_id: answer.notificationId, ...values })
    .onConflict((conflict) => conflict.column('notification_id').doUpdateSet(values))
    .execute();
  return { ruleId: row.rule_id };
}

/** What people said of a rule's alerts. */
export interface RulePrecision {
  ruleId: string;
  /** Dips that were told. */
  alerts: number;
  useful: number;
  falseAlarms: number;
}

/** By rule, in the order of their names. A repeat and the end of an alert count with nothing: they are the same alert. */
export async function rulePrecision(reader: Reader): Promise<RulePrecision[]> {
  const rows = await reader.db
    .selectFrom('notifications as n')
    .leftJoin('feedback as f', 'f.notification_id', 'n.notification_id')
    .select((eb) => [
      'n.rule_id',
      eb.fn.countAll().as('alerts'),
      eb.fn.count(eb.case().when('f.verdict', '=', 'useful').then(1).end()).as('useful'),
      eb.fn.count(eb.case().when('f.verdict', '=', 'false').then(1).end()).as('wrong'),
    ])
    .where('n.kind', '=', 'firing')
    .groupBy('n.rule_id')
    .orderBy('n.rule_id')
    .execute();
  return rows.map((row) => ({
    ruleId: row.rule_id,
    alerts: Number(row.alerts),
    useful: Number(row.useful),
    falseAlarms: Number(row.wrong),
  }));
}
