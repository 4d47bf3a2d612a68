import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** Posts in languages that no brand counts. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  await sql.raw(`alter table posts add column other_language ${text}`).execute(db);
  await sql
    .raw('create index posts_other_language on posts (other_language) where other_language is not null')
    .execute(db);
}
