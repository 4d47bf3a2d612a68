import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** Which model's figures each day of the series shows: the active one's, or one kept for the days before a change. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const keyed = dialect === 'sqlite' ? ' without rowid' : '';
  const statements = [
    `create table kept_models (
      before_day integer not null primary key, model_id integer not null references models)${keyed}`,
    // The ends are days that no post can have.
    `create view model_spans as
      select k.model_id, coalesce((select max(e.before_day) from kept_models e where e.before_day < k.before_day), -1000000) as from_day,
             k.before_day - 1 as to_day
      from kept_models k
      union all
      select m.model_id, coalesce((select max(e.before_day) from kept_models e), -1000000), 1000000
      from settings a join models m on m.sha256 = a.value where a.key = 'active_model'`,
    // A cross join, so that SQLite looks the few spans up first, then each one's rows by their key.
    `create view series_stats as
      select d.* from model_spans s cross join day_stats d
      where d.model_id = s.model_id and d.day >= s.from_day and d.day <= s.to_day`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
