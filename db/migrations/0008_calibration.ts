import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

const CLASSES = ['negative', 'neutral', 'positive'];

/** What the interval of a corrected rate needs of a day, and the analysts' views with calibrated probabilities. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const lite = dialect === 'sqlite';
  const text = lite ? 'text' : 'text collate "C"';
  const columns = CLASSES.flatMap((name) => [`scale_${name}`, `bias_${name}`]);
  const statements = [
    `alter table day_stats add column user_probabilities ${text}`,
    ...columns.map((column) => `alter table models add column ${column} double precision`),
    // SQLite takes the view's columns anew from the table; PostgreSQL keeps those of the view's first day.
    ...(lite
      ? []
      : [
          `create or replace view series_stats as
            select d.* from model_spans s cross join day_stats d
            where d.model_id = s.model_id and d.day >= s.from_day and d.day <= s.to_day`,
        ]),
    'drop view v_posts',
    'drop view v_scores',
    ...views(lite),
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** The same names and columns as before: only the probabilities are the models', no longer the networks'. */
function views(lite: boolean): string[] {
  const isoDay = lite ? `date(p.day * 86400, 'unixepoch')` : `to_char(date '1970-01-01' + p.day, 'YYYY-MM-DD')`;
  const isoInstant = lite
    ? `strftime('%Y-%m-%dT%H:%M:%S', p.at_ms / 1000, 'unixepoch') || printf('.%03dZ', p.at_ms % 1000)`
    : `to_char(to_timestamp(p.at_ms / 1000) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || '.' || lpad((p.at_ms % 1000)::text, 3, '0') || 'Z'`;
  const larger = lite ? 'max' : 'greatest';
  const weight = (name: string, p: string) =>
    `coalesce(exp(m.scale_${name} * ln(${larger}(${p}, 1e-12)) + m.bias_${name}), 0)`;
  const neutral = '1 - c.p_negative - c.p_positive';
  const weights = [weight('negative', 'c.p_negative'), weight('neutral', neutral), weight('positive', 'c.p_positive')];
  const calibrated = (index: number, raw: string) =>
    `case when m.scale_positive is null or c.p_positive is null then ${raw} else ${weights[index]} / (${weights.join(' + ')}) end`;
  const [negative, positive] = [calibrated(0, 'c.p_negative'), calibrated(2, 'c.p_positive')];
  const probabilities = `${negative} as p_negative, ${calibrated(1, neutral)} as p_neutral, ${positive} as p_positive,
      ${positive} + 0.5 * (1 - ${negative} - ${positive}) as score`;
  return [
    `create view v_posts as
      select p.post_id, s.name as source, p.key as source_key, ${isoInstant} as posted_at,
             ${isoDay} as day, b.slug as brand, p.user_id, t.body as text,
             coalesce(t.original, t.body) as original_text, ${probabilities}
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
             case when a.value is null then 0 else 1 end as is_active, ${probabilities}
      from posts p
      join scores c on c.text_id = p.text_id
      join models m on m.network_id = c.network_id
      left join settings a on a.key = 'active_model' and a.value = m.sha256`,
  ];
}
