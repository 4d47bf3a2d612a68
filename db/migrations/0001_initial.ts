import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** The first schema: posts and texts, networks and scores, daily statistics, alerts, mails, runs. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const serial = dialect === 'sqlite' ? 'integer primary key' : 'integer generated always as identity primary key';
  const bytes = dialect === 'sqlite' ? 'blob' : 'bytea';
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  const double = 'double precision';
  // Tables found by their whole key need no second tree.
  const keyed = dialect === 'sqlite' ? ' without rowid' : '';

  // SQLite looks for hashes in tables of their own (0017).
  const unique = dialect === 'sqlite' ? '' : ' unique';

  const statements = [
    `create table settings (key ${text} primary key, value ${text} not null)`,
    `create table sources (source_id ${serial}, name ${text} not null unique, watermark_ms bigint)`,
    `create table files (
      file_id ${serial}, source_id integer not null references sources, sha256 ${text} not null unique, name ${text} not null,
      state ${text} not null check (state in ('reading', 'read', 'failed')),
      rows integer not null, stored integer not null, duplicates integer not null, rejected integer not null)`,
    `create table rejects (
      file_id integer not null references files, row integer not null, line integer not null,
      code ${text} not null, reason ${text} not null, raw ${bytes} not null, primary key (file_id, row))`,
    `create table texts (text_id ${serial}, hash16 ${bytes} not null${unique}, body ${text} not null, original ${text})`,
    `create table posts (
      post_id ${serial}, source_id integer not null references sources, key ${text} not null,
      text_id integer not null references texts, at_ms bigint not null, day integer not null,
      user_id ${text}, extra ${text}, unique (source_id, key))`,
    'create index posts_text on posts (text_id)',
    'create index posts_user on posts (user_id)',
    `create table brands (brand_id ${serial}, slug ${text} not null unique, name ${text} not null)`,
    `create table post_brands (
      brand_id integer not null references brands, day integer not null, post_id integer not null references posts,
      primary key (brand_id, day, post_id))${keyed}`,
    'create index post_brands_post on post_brands (post_id)',
    `create table networks (network_id ${serial}, sha256 ${text} not null unique, spec ${text} not null)`,
    `create table models (
      model_id ${serial}, sha256 ${text} not null unique, network_id integer not null references networks,
      name ${text} not null, spec ${text} not null)`,
    `create table scores (
      network_id integer not null references networks, text_id integer not null references texts,
      p_negative ${double} not null, p_positive ${double} not null, primary key (network_id, text_id))${keyed}`,
    `create table day_stats (
      model_id integer not null references models, brand_id integer not null references brands, day integer not null,
      data_seq bigint not null, n integer not null, n_positive integer not null, n_negative integer not null,
      sum_score bigint not null, sum_p_positive bigint not null, sum_p_negative bigint not null, users integer not null,
      user_nn ${text} not null, user_sn ${text} not null, user_ss ${text} not null, user_kn ${text} not null,
      user_kk ${text} not null, histogram ${text} not null, primary key (model_id, brand_id, day))${keyed}`,
    `create table dirty_days (
      brand_id integer not null references brands, day integer not null, seq bigint not null,
      primary key (brand_id, day))${keyed}`,
    `create table runs (
      run_id ${serial}, kind ${text} not null, as_of integer not null, started_ms bigint not null, finished_ms bigint,
      outcome ${text} not null, error_code ${text}, summary ${text} not null)`,
    `create table alert_events (
      rule_id ${text} not null, day integer not null, revision integer not null, run_id integer not null references runs,
      data_seq bigint not null, from_state ${text} not null, to_state ${text} not null,
      reason ${text} not null, inputs ${text} not null, primary key (rule_id, day, revision))${keyed}`,
    `create table notifications (
      notification_id ${serial}, dedupe_key ${text} not null unique, rule_id ${text} not null, day integer not null,
      kind ${text} not null, rendered ${text} not null, created_ms bigint not null)`,
    `create table deliveries (
      notification_id integer not null references notifications, channel ${text} not null, state ${text} not null,
      attempts integer not null, next_ms bigint not null, last_error ${text}, primary key (notification_id, channel))${keyed}`,
    `create view post_sentiment as
      select p.post_id, s.name as source, p.key as post_key, p.at_ms, p.day, b.slug as brand, p.user_id, t.body as text,
             n.sha256 as network, c.p_negative, 1 - c.p_negative - c.p_positive as p_neutral, c.p_positive,
             c.p_positive + 0.5 * (1 - c.p_negative - c.p_positive) as score
      from posts p
      join sources s on s.source_id = p.source_id
      join texts t on t.text_id = p.text_id
      join scores c on c.text_id = p.text_id
      join networks n on n.network_id = c.network_id
      left join post_brands pb on pb.post_id = p.post_id
      left join brands b on b.brand_id = pb.brand_id`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
