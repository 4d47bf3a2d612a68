import type { Selectable } from 'kysely';
import type { Schema } from './schema.ts';
import type { Reader, Tx } from './store.ts';

export type NotificationRow = Selectable<Schema['notifications']>;
export type NewNotification = Omit<NotificationRow, 'notification_id'>;
type DeliveryRow = Selectable<Schema['deliveries']>;
export type Channel = DeliveryRow['channel'];

/** All notifications of a rule, oldest first. */
export function notificationsOf(reader: Reader, ruleId: string): Promise<NotificationRow[]> {
  return reader.db
    .selectFrom('notifications')
    .selectAll()
    .where('rule_id', '=', ruleId)
    .orderBy('notification_id')
    .execute();
}

/** Adds a notification with its delivery still to be made; undefined when its dedupe key is there already. */
export async function addNotification(
  tx: Tx,
  notification: NewNotification,
  channel: Channel,
): Promise<number | undefined> {
  const row = await tx.db
    .insertInto('notifications')
    .values(notification)
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .returning('notification_id')
    .executeTakeFirst();
  if (!row) return undefined;
  await tx.db
    .insertInto('deliveries')
    .values({
      notification_id: row.notification_id,
      channel,
      state: 'waiting',
      attempts: 0,
      next_ms: notification.created_ms,
      last_error: null,
    })
    .execute();
  return row.notification_id;
}

export type WaitingDelivery = DeliveryRow &
  Pick<NotificationRow, 'dedupe_key' | 'rule_id' | 'day' | 'rendered' | 'created_ms'>;

/** Deliveries that are due, in order. */
export async function waitingDeliveries(reader: Reader, nowMs: number): Promise<WaitingDelivery[]> {
  const rows = await reader.db
    .selectFrom('deliveries as d')
    .innerJoin('notifications as n', 'n.notification_id', 'd.notification_id')
    .selectAll('d')
    .select(['n.dedupe_key', 'n.rule_id', 'n.day', 'n.rendered', 'n.created_ms'])
    .where('d.state', '=', 'waiting')
    .where('d.next_ms', '<=', nowMs)
    .orderBy('d.notification_id')
    .execute();
  return rows.map((row) => ({ ...row, next_ms: Number(row.next_ms), created_ms: Number(row.created_ms) }));
}

export async function markSent(tx: Tx, notificationId: number, channel: Channel): Promise<void> {
  await tx.db
    .updateTable('deliveries')
    .set((eb) => ({ state: 'sent', attempts: eb('attempts', '+', 1), last_error: null }))
    .where('notification_id', '=', notificationId)
    .where('channel', '=', channel)
    .execute();
}

export async function markFailed(
  tx: Tx,
  notificationId: number,
  channel: Channel,
  error: string,
  nextMs: number,
): Promise<void> {
  await tx.db
    .updateTable('deliveries')
    .set((eb) => ({ attempts: eb('attempts', '+', 1), last_error: error, next_ms: nextMs }))
    .where('notification_id', '=', notificationId)
    .where('channel', '=', channel)
    .execute();
}

/** Mails waiting (with those that failed at least once) and sent, and the newest error among those that wait. */
export async function outboxState(
  reader: Reader,
): Promise<{ waiting: number; failed: number; sent: number; lastError: string | null }> {
  const rows = await reader.db.selectFrom('deliveries').select(['state', 'last_error']).execute();
  const waiting = rows.filter((row) => row.state === 'waiting');
  return {
    waiting: waiting.length,
    failed: waiting.filter((row) => row.last_error !== null).length,
    sent: rows.length - waiting.length,
    lastError: waiting.findLast((row) => row.last_error !== null)?.last_error ?? null,
  };
}

/** Every mail that was ever rendered, oldest first. */
export function allNotifications(reader: Reader): Promise<NotificationRow[]> {
  return reader.db.selectFrom('notifications').selectAll().orderBy('notification_id').execute();
}

export async function saveRendered(tx: Tx, notificationId: number, rendered: string): Promise<void> {
  await tx.db.updateTable('notifications').set({ rendered }).where('notification_id', '=', notificationId).execute();
}
