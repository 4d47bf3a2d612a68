import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** Posts that people judged: the random samples that they were drawn in, and the labels. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const serial = dialect === 'sqlite' ? 'integer primary key' : 'integer generated always as identity primary key';
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  const keyed = dialect === 'sqlite' ? ' without rowid' : '';
  const statements = [
    `create table samples (
      sample_id ${serial}, code ${text} not null unique, brand_id integer not null references brands,
      from_day integer not null, to_day integer not null, seed bigint not null,
      size integer not null, population integer not null, drawn_ms bigint not null)`,
    `create table sample_posts (
      sample_id integer not null references samples, place integer not null, post_id integer not null references posts,
      primary key (sample_id, place))${keyed}`,
    'create index sample_posts_post on sample_posts (post_id)',
    `create table labels (
      post_id integer not null references posts, kind ${text} not null check (kind in ('random', 'correction')),
      label ${text} not null check (label in ('negative', 'neutral', 'positive')), labelled_ms bigint not null,
      primary key (post_id, kind))${keyed}`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
