import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** What the interval of a corrected rate needs of a day. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  await sql.raw(`alter table day_stats add column user_probabilities ${text}`).execute(db);
  // SQLite takes the view's columns anew from the table; PostgreSQL keeps those of the view's first day.
  if (dialect === 'postgres')
    await sql
      .raw(
        `create or replace view series_stats as
          select d.* from model_spans s cross join day_stats d
          where d.model_id = s.model_id and d.day >= s.from_day and d.day <= s.to_day`,
      )
      .execute(db);
}
