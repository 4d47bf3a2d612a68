import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

/** What a run was made with, who does it and how far it is; when a file was read to its end. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
  const statements = [
    'alter table runs add column model_id integer references models',
    `alter table runs add column config_hash ${text}`,
    `alter table runs add column program ${text}`,
    'alter table runs add column process integer',
    `alter table runs add column host ${text}`,
    `alter table runs add column stage ${text}`,
    `alter table runs add column error_message ${text}`,
    'alter table files add column finished_ms bigint',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
