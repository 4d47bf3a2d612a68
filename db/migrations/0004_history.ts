import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** What was published and how it changed since, events that people noted, and how each day's input compares. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const serial = dialect === 'sqlite' ? 'integer primary key' : 'integer generated always as identity primary key';
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  const keyed = dialect === 'sqlite' ? ' without rowid' : '';
  const statements = [
    `create table published (
      brand_id integer not null references brands, day integer not null, model_id integer not null references models,
      n integer not null, n_positive integer not null, sum_score bigint not null, newest_post integer not null,
      primary key (brand_id, day))${keyed}`,
    `create table revisions (
      brand_id integer not null references brands, day integer not null, revision integer not null,
      run_id integer not null references runs, revised_on integer not null, reason ${text} not null,
      late_posts integer not null,
      n_before integer not null, n_positive_before integer not null, sum_score_before bigint not null,
      n_after integer not null, n_positive_after integer not null, sum_score_after bigint not null,
      primary key (brand_id, day, revision))${keyed}`,
    'create index revisions_revised_on on revisions (revised_on)',
    `create table annotations (
      annotation_id ${serial}, brand_id integer references brands, day integer not null, note ${text} not null)`,
    `create table input_stats (
      network_id integer not null references networks, brand_id integer not null references brands, day integer not null,
      texts integer not null, tokens integer not null, unknown integer not null,
      primary key (network_id, brand_id, day))${keyed}`,
    `create table drift (
      day integer not null, scope ${text} not null, run_id integer not null references runs, signs ${text} not null,
      measures ${text} not null, held ${text} not null, primary key (day, scope))${keyed}`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
