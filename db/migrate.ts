import { type Kysely, sql } from 'kysely';
import { MonitorError, messageOf } from '../src/errors.ts';
import { up as initial } from './migrations/0001_initial.ts';
import { up as afterReading } from './migrations/0002_after_reading.ts';
import { up as models } from './migrations/0003_models.ts';
import type { Schema } from './schema.ts';
import type { Dialect } from './store.ts';

/** The migrations in order. A migration that has been published is never edited; the next one changes what it made. */
const MIGRATIONS: readonly ((db: Kysely<unknown>, dialect: Dialect) => Promise<void>)[] = [
  initial,
  afterReading,
  models,
];

/** Brings the schema to the newest version, each step in a transaction of its own. */
export async function migrate(db: Kysely<Schema>, dialect: Dialect, path: string): Promise<void> {
  let version: number;
  try {
    await sql`create table if not exists schema_version (version integer not null primary key)`.execute(db);
    const rows = await sql<{ version: number }>`select max(version) as version from schema_version`.execute(db);
    version = rows.rows[0]?.version ?? 0;
  } catch (cause) {
    throw new MonitorError('E_DATABASE', `The database can't be read: ${messageOf(cause)}`, {
      place: { file: path },
      remedy:
        'If the file is not a database of this program, move it away. If it is damaged, restore it from a backup.',
      cause,
    });
  }
  if (version > MIGRATIONS.length)
    throw new MonitorError(
      'E_DATABASE_NEWER',
      `The database has schema ${version}; this program knows ${MIGRATIONS.length}.`,
      {
        place: { file: path },
        remedy: 'Use the newer version of the program that wrote it.',
      },
    );
  for (const [index, up] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await db.transaction().execute(async (trx) => {
      await up(trx as unknown as Kysely<unknown>, dialect);
      await sql`insert into schema_version (version) values (${index + 1})`.execute(trx);
    });
  }
}
