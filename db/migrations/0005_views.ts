import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** Views for analysts, with names and columns that stay as they are: docs/analysts.md describes each. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const lite = dialect === 'sqlite';
  const isoDay = (column: string) =>
    lite ? `date(${column} * 86400, 'unixepoch')` : `to_char(date '1970-01-01' + ${column}, 'YYYY-MM-DD')`;
  // Seconds and milliseconds apart: whole numbers, which no rounding can move.
  const isoInstant = (column: string) =>
    lite
      ? `strftime('%Y-%m-%dT%H:%M:%S', ${column} / 1000, 'unixepoch') || printf('.%03dZ', ${column} % 1000)`
      : `to_char(to_timestamp(${column} / 1000) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || '.' || lpad((${column} % 1000)::text, 3, '0') || 'Z'`;
  const probabilities = (scores: string) =>
    `${scores}.p_negative, 1 - ${scores}.p_negative - ${scores}.p_positive as p_neutral, ${scores}.p_positive,
      ${scores}.p_positive + 0.5 * (1 - ${scores}.p_negative - ${scores}.p_positive) as score`;
  const statements = [
    // Outer joins throughout: they keep SQLite from starting anywhere but at the post, which is found by its number.
    `create view v_posts as
      select p.post_id, s.name as source, p.key as source_key, ${isoInstant('p.at_ms')} as posted_at,
             ${isoDay('p.day')} as day, b.slug as brand, p.user_id, t.body as text,
             coalesce(t.original, t.body) as original_text, ${probabilities('c')}
      from posts p
      left join sources s on s.source_id = p.source_id
      left join texts t on t.text_id = p.text_id
      left join model_spans d on p.day >= d.from_day and p.day <= d.to_day
      left join models m on m.model_id = d.model_id
      left join scores c on c.network_id = m.network_id and c.text_id = p.text_id
      left join post_brands pb on pb.post_id = p.post_id
      left join brands b on b.brand_id = pb.brand_id`,
    `create view v_scores as
      select p.post_id, m.name as model, m.sha256 as model_hash,
             case when a.value is null then 0 else 1 end as is_active, ${probabilities('c')}
      from posts p
      join scores c on c.text_id = p.text_id
      join models m on m.network_id = c.network_id
      left join settings a on a.key = 'active_model' and a.value = m.sha256`,
    `create view v_daily as
      select b.slug as brand, ${isoDay('d.day')} as day, m.name as model, d.n as total, d.n_positive as positives,
             d.n_negative as negatives, d.users, cast(d.sum_score as double precision) / 1000000 / d.n as mean_pos,
             cast(d.n_positive as double precision) / d.n as positive_rate
      from series_stats d
      join models m on m.model_id = d.model_id
      join brands b on b.brand_id = d.brand_id
      where d.n > 0`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
