import type { Selectable } from 'kysely';
import type { Day } from '../src/calendar.ts';
import type { Schema } from './schema.ts';
import type { Reader, Tx } from './store.ts';

export type SendDecisionRow = Selectable<Schema['send_decisions']>;

/** What was decided about a rule's mails on the mornings after the days of a range, in the order in which it was. */
export async function sendDecisionsOf(
  reader: Reader,
  ruleId: string,
  range: { from?: Day; to?: Day } = {},
): Promise<SendDecisionRow[]> {
  let query = reader.db.selectFrom('send_decisions').selectAll().where('rule_id', '=', ruleId);
  if (range.from !== undefined) query = query.where('day', '>=', range.from);
  if (range.to !== undefined) query = query.where('day', '<=', range.to);
  return query.orderBy('day').orderBy('revision').execute();
}

/**
 * Keeps a decision. One that says the same as the newest of its morning is left out, and so is, after a mail has left, that
 * no second one does: a job that is done again writes nothing.
 */
export async function addSendDecision(tx: Tx, decision: Omit<SendDecisionRow, 'revision'>): Promise<void> {
  const { rule_id, day } = decision;
  const known = await sendDecisionsOf(tx, rule_id, { from: day, to: day });
  const last = known.at(-1);
  if (last && (last.sent > decision.sent || (last.sent === decision.sent && last.reason === decision.reason))) return;
  await tx.db
    .insertInto('send_decisions')
    .values({ ...decision, revision: (last?.revision ?? 0) + 1 })
    .execute();
}
