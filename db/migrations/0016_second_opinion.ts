import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** What a second, accurate model says: of a sample of each brand-day, and of a dip before anyone is mailed. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  const keyed = dialect === 'sqlite' ? ' without rowid' : '';
  const statements = [
    `create table day_samples (
      model_id integer not null references models, brand_id integer not null references brands, day integer not null,
      accurate_model_id integer not null references models, data_seq bigint not null, size integer not null,
      n integer not null, sum_f bigint not null, sum_g bigint not null,
      sum_ff ${text} not null, sum_fg ${text} not null, sum_gg ${text} not null,
      primary key (model_id, brand_id, day))${keyed}`,
    `create table second_opinions (
      rule_id ${text} not null, since_day integer not null, day integer not null, run_id integer not null,
      verdict ${text} not null check (verdict in ('agrees', 'disagrees', 'unsure', 'unknown')), inputs ${text} not null,
      primary key (rule_id, since_day, day))${keyed}`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
