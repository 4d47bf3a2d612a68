import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/**
 * What is to be told (notifications) apart from what is sent (messages): a message holds all that a team is told at once, and has a
 * delivery for each channel. What people answered to an alert is kept beside it. A mail from before is a message of its own.
 */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const serial = dialect === 'sqlite' ? 'integer primary key' : 'integer generated always as identity primary key';
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  const keyed = dialect === 'sqlite' ? ' without rowid' : '';
  const statements = [
    `create table messages (
      message_id ${serial}, message_key ${text} not null unique, team ${text}, rendered ${text} not null,
      created_ms bigint not null)`,
    'alter table notifications rename column rendered to content',
    `alter table notifications add column team ${text}`,
    'alter table notifications add column due_ms bigint not null default 0',
    'alter table notifications add column message_id integer references messages',
    'create index notifications_message on notifications (message_id)',
    `insert into messages (message_key, rendered, created_ms)
      select dedupe_key, content, created_ms from notifications order by notification_id`,
    `update notifications set content = '',
      message_id = (select m.message_id from messages m where m.message_key = notifications.dedupe_key)`,
    'alter table deliveries rename to old_deliveries',
    `create table deliveries (
      message_id integer not null references messages, channel ${text} not null, state ${text} not null,
      attempts integer not null, next_ms bigint not null, last_error ${text}, recipients ${text},
      primary key (message_id, channel))${keyed}`,
    `insert into deliveries (message_id, channel, state, attempts, next_ms, last_error)
      select n.message_id, o.channel, o.state, o.attempts, o.next_ms, o.last_error
      from old_deliveries o join notifications n on n.notification_id = o.notification_id`,
    'drop table old_deliveries',
    `create table feedback (
      notification_id integer primary key references notifications,
      verdict ${text} not null check (verdict in ('useful', 'false')), given_ms bigint not null)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
