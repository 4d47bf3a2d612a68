import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** In SQLite, the table that finds a text by its hash (see text-ids.ts). PostgreSQL has an index for it. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  if (dialect !== 'sqlite') return;
  const statements = [
    'create table text_hashes (hash16 blob primary key, text_id integer not null) without rowid',
    'insert into text_hashes select hash16, text_id from texts order by hash16',
    `insert into settings select 'text_hashes_to', max(text_id) from texts having count(*) > 0`,
    `create trigger text_deleted after delete on texts begin
       delete from text_hashes where hash16 = old.hash16;
     end`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
