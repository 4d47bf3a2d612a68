import type { Selectable } from 'kysely';
import type { Schema } from './schema.ts';
import type { Reader, Tx } from './store.ts';

export type NotificationRow = Selectable<Schema['notifications']>;
export type NewNotification = Omit<NotificationRow, 'notification_id' | 'message_id'>;
type DeliveryRow = Selectable<Schema['deliveries']>;
export type Channel = DeliveryRow['channel'];

/** All notifications of a rule, oldest first. */
export async function notificationsOf(reader: Reader, ruleId: string): Promise<NotificationRow[]> {
  const rows = await reader.db
    .selectFrom('notifications')
    .selectAll()
    .where('rule_id', '=', ruleId)
    .orderBy('notification_id')
    .execute();
  return rows.map(withNumbers);
}

/** What teams were told last of each rule that they were told to be firing, and not yet to have ended. */
export async function openNotifications(reader: Reader): Promise<NotificationRow[]> {
  const rows = await reader.db
    .selectFrom('notifications')
    .selectAll()
    .where('kind', 'in', ['firing', 'repeat'])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('notifications as later')
            .select('later.notification_id')
            .whereRef('later.rule_id', '=', 'notifications.rule_id')
            .where('later.kind', 'in', ['firing', 'repeat', 'resolved'])
            .whereRef('later.notification_id', '>', 'notifications.notification_id'),
        ),
      ),
    )
    .orderBy('notification_id')
    .execute();
  return rows.map(withNumbers);
}

/** Adds a notification, which waits to become part of a message; undefined when its dedupe key is there already. */
export async function addNotification(tx: Tx, notification: NewNotification): Promise<number | undefined> {
  const row = await tx.db
    .insertInto('notifications')
    .values(notification)
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .returning('notification_id')
    .executeTakeFirst();
  return row?.notification_id;
}

/** Notifications that are in no message yet, in order. */
export async function waitingNotifications(reader: Reader): Promise<NotificationRow[]> {
  const rows = await reader.db
    .selectFrom('notifications')
    .selectAll()
    .where('message_id', 'is', null)
    .orderBy('notification_id')
    .execute();
  return rows.map(withNumbers);
}

/** Changes what a waiting notification says. */
export async function saveContent(tx: Tx, notificationId: number, content: string): Promise<void> {
  await tx.db.updateTable('notifications').set({ content }).where('notification_id', '=', notificationId).execute();
}

/** Stores a message with a delivery for each of its channels, and takes up the notifications that it tells. */
export async function addMessage(
  tx: Tx,
  message: Omit<Selectable<Schema['messages']>, 'message_id'>,
  { channels, tells }: { channels: readonly Channel[]; tells: readonly number[] },
): Promise<void> {
  const { message_id } = await tx.db
    .insertInto('messages')
    .values(message)
    .returning('message_id')
    .executeTakeFirstOrThrow();
  await tx.db
    .insertInto('deliveries')
    .values(
      channels.map((channel) => ({
        ...{ message_id, channel, state: 'waiting' as const, attempts: 0 },
        ...{ next_ms: message.created_ms, last_error: null, recipients: null },
      })),
    )
    .execute();
  await tx.db
    .updateTable('notifications')
    .set({ message_id, content: '' })
    .where('notification_id', 'in', tells)
    .execute();
}

/** When the newest message of a team was made, milliseconds UTC; null when there is none. */
export async function newestMessageMs(reader: Reader, team: string): Promise<number | null> {
  const row = await reader.db
    .selectFrom('messages')
    .select((eb) => eb.fn.max('created_ms').as('ms'))
    .where('team', '=', team)
    .executeTakeFirst();
  return row?.ms === null || row?.ms === undefined ? null : Number(row.ms);
}

/** Every message that was ever rendered, oldest first. */
export async function allMessages(reader: Reader): Promise<{ message_id: number; rendered: string }[]> {
  return reader.db.selectFrom('messages').select(['message_id', 'rendered']).orderBy('message_id').execute();
}

export async function saveRendered(tx: Tx, messageId: number, rendered: string): Promise<void> {
  await tx.db.updateTable('messages').set({ rendered }).where('message_id', '=', messageId).execute();
}

function withNumbers(row: NotificationRow): NotificationRow {
  return { ...row, created_ms: Number(row.created_ms), due_ms: Number(row.due_ms) };
}
