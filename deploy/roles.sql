-- The rights of the roles on the database of `monitor`, by docs/scaling.md. Run it as the owner of the database, who also runs
-- `monitor run`, after the first run; run it again after an upgrade. Set passwords with \password, or let your provider do it.
--   psql "$DATABASE_URL" -f deploy/roles.sql

-- Up to PostgreSQL 14 everybody may make tables of their own; from 15 on nobody may but the owner.
revoke create on schema public from public;

-- Workers read texts and write scores. They can make, alter or drop nothing, and see no mail, no reject, no label.
do $$ begin
  if not exists (select from pg_roles where rolname = 'monitor_worker') then create role monitor_worker login; end if;
end $$;
grant usage on schema public, monitor_queue to monitor_worker;
grant select on schema_version, settings, networks, models, kept_models, model_spans, texts, posts, post_brands, scores
  to monitor_worker;
grant insert on scores to monitor_worker;
-- The days that new scores change, and the counter of changes.
grant select, insert, update on dirty_days to monitor_worker;
grant insert (key, value), update (value) on settings to monitor_worker;
grant select, insert, update, delete on all tables in schema monitor_queue to monitor_worker;
grant execute on all functions in schema monitor_queue to monitor_worker;

-- Analysts read the views that docs/analysts.md describes, and nothing else.
do $$ begin
  if not exists (select from pg_roles where rolname = 'monitor_analyst') then create role monitor_analyst login; end if;
end $$;
grant usage on schema public to monitor_analyst;
grant select on v_posts, v_scores, v_daily to monitor_analyst;
