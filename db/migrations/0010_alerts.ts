import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** Silences, and why a mail was sent or not. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const serial = dialect === 'sqlite' ? 'integer primary key' : 'integer generated always as identity primary key';
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  const keyed = dialect === 'sqlite' ? ' without rowid' : '';
  const statements = [
    `create table silences (
      silence_id ${serial}, brand_id integer references brands, from_ms bigint not null, until_ms bigint not null,
      author ${text} not null, comment ${text} not null, ended_ms bigint)`,
    `create table send_decisions (
      rule_id ${text} not null, day integer not null, revision integer not null, run_id integer not null references runs,
      sent integer not null, kind ${text} not null, reason ${text} not null, inputs ${text} not null,
      primary key (rule_id, day, revision))${keyed}`,
    'create index notifications_rule on notifications (rule_id)',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
