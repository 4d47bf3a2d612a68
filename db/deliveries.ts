import type { Selectable } from 'kysely';
import type { Schema } from './schema.ts';
import type { Reader, Tx } from './store.ts';

type DeliveryRow = Selectable<Schema['deliveries']>;

/** Which message by which channel. */
export type DeliveryKey = Pick<DeliveryRow, 'message_id' | 'channel'>;
export type WaitingDelivery = DeliveryRow &
  Pick<Selectable<Schema['messages']>, 'message_key' | 'team' | 'rendered' | 'created_ms'>;

/** Deliveries that are due, in order. */
export async function waitingDeliveries(reader: Reader, nowMs: number): Promise<WaitingDelivery[]> {
  const rows = await reader.db
    .selectFrom('deliveries as d')
    .innerJoin('messages as m', 'm.message_id', 'd.message_id')
    .selectAll('d')
    .select(['m.message_key', 'm.team', 'm.rendered', 'm.created_ms'])
    .where('d.state', '=', 'waiting')
    .where('d.next_ms', '<=', nowMs)
    .orderBy('d.message_id')
    .orderBy('d.channel')
    .execute();
  return rows.map((row) => ({ ...row, next_ms: Number(row.next_ms), created_ms: Number(row.created_ms) }));
}

/** `refused` tells who was refused for good while the others got it. */
export async function markSent(tx: Tx, key: DeliveryKey, refused: string | null = null): Promise<void> {
  await tx.db
    .updateTable('deliveries')
    .set((eb) => ({ state: 'sent', attempts: eb('attempts', '+', 1), last_error: refused, recipients: null }))
    .where('message_id', '=', key.message_id)
    .where('channel', '=', key.channel)
    .execute();
}

/** What an attempt came to that did not reach everybody. */
export interface FailedAttempt {
  error: string;
  /** When to try again; null gives it up. */
  nextMs: number | null;
  /** Who still waits; null for all. */
  recipients: readonly string[] | null;
}

export async function markFailed(tx: Tx, key: DeliveryKey, attempt: FailedAttempt): Promise<void> {
  const { error, nextMs, recipients } = attempt;
  await tx.db
    .updateTable('deliveries')
    .set((eb) => ({
      ...{ attempts: eb('attempts', '+', 1), last_error: error },
      recipients: recipients === null ? null : JSON.stringify(recipients),
      ...(nextMs === null ? { state: 'dead' as const } : { next_ms: nextMs }),
    }))
    .where('message_id', '=', key.message_id)
    .where('channel', '=', key.channel)
    .execute();
}

/** Lets every delivery that was given up be tried again from now on. Returns how many there were. */
export async function reviveDead(tx: Tx, nowMs: number): Promise<number> {
  const { numUpdatedRows } = await tx.db
    .updateTable('deliveries')
    .set({ state: 'waiting', attempts: 0, next_ms: nowMs })
    .where('state', '=', 'dead')
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Notifications that wait for the hour of their team; deliveries that wait (with those that failed at least once), were sent or given up; and the newest error among those that were not sent. */
export async function outboxState(reader: Reader): Promise<{
  held: number;
  waiting: number;
  failed: number;
  sent: number;
  dead: number;
  lastError: string | null;
}> {
  const rows = await reader.db
    .selectFrom('deliveries')
    .select(['state', 'last_error'])
    .orderBy('message_id')
    .orderBy('channel')
    .execute();
  const { held } = await reader.db
    .selectFrom('notifications')
    .select((eb) => eb.fn.countAll().as('held'))
    .where('message_id', 'is', null)
    .executeTakeFirstOrThrow();
  const of = (state: DeliveryRow['state']): typeof rows => rows.filter((row) => row.state === state);
  const failed = of('waiting').filter((row) => row.last_error !== null);
  return {
    held: Number(held),
    waiting: of('waiting').length,
    failed: failed.length,
    sent: of('sent').length,
    dead: of('dead').length,
    lastError: (failed.at(-1) ?? of('dead').at(-1))?.last_error ?? null,
  };
}

/** What was given up: which message by which channel and why. */
export async function deadDeliveries(
  reader: Reader,
): Promise<(DeliveryKey & Pick<WaitingDelivery, 'attempts' | 'last_error' | 'recipients' | 'rendered'>)[]> {
  return reader.db
    .selectFrom('deliveries as d')
    .innerJoin('messages as m', 'm.message_id', 'd.message_id')
    .select(['d.message_id', 'd.channel', 'd.attempts', 'd.last_error', 'd.recipients', 'm.rendered'])
    .where('d.state', '=', 'dead')
    .orderBy('d.message_id')
    .orderBy('d.channel')
    .execute();
}
