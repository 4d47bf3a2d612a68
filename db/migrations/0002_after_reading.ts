import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** What happens to posts after they are read: corrections, retries, rematching, copies, forgetting. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const bytes = dialect === 'sqlite' ? 'blob' : 'bytea';
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  const today =
    dialect === 'sqlite' ? "unixepoch('now') / 86400" : 'cast(floor(extract(epoch from now()) / 86400) as integer)';
  const statements = [
    'alter table files add column updated integer not null default 0',
    // How the rows of the file are cut into fields, so that a single one can be read again.
    `alter table files add column layout ${text}`,
    // Whether the owner was told about it, if there was something to tell. Files read before this are old news.
    'alter table files add column judged integer not null default 0',
    "update files set judged = 1 where state <> 'reading'",
    'alter table files add column begun_day integer not null default 0',
    `update files set begun_day = ${today}`,
    `alter table posts add column brand ${text}`,
    `alter table texts add column copy16 ${bytes}`,
    `create table forgotten (user_hash ${text} not null primary key)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
