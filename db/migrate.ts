import { dirname, join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { type Kysely, sql } from 'kysely';
import { MonitorError, messageOf } from '../src/errors.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { backupTo } from './backup.ts';
import { up as initial } from './migrations/0001_initial.ts';
import { up as afterReading } from './migrations/0002_after_reading.ts';
import { up as models } from './migrations/0003_models.ts';
import { up as history } from './migrations/0004_history.ts';
import { up as views } from './migrations/0005_views.ts';
import { up as runRecords } from './migrations/0006_run_records.ts';
import { up as language } from './migrations/0007_language.ts';
import { up as calibration } from './migrations/0008_calibration.ts';
import { up as labels } from './migrations/0009_labels.ts';
import { up as alerts } from './migrations/0010_alerts.ts';
import { up as messages } from './migrations/0012_messages.ts';
import { up as secondOpinion } from './migrations/0016_second_opinion.ts';
import { up as textHashes } from './migrations/0017_text_hashes.ts';
import type { Schema } from './schema.ts';
import type { Dialect } from './store.ts';

/** The migrations in order. A migration that has been published is never edited; the next one changes what it made. */
const MIGRATIONS: readonly ((db: Kysely<unknown>, dialect: Dialect) => Promise<void>)[] = [
  initial,
  afterReading,
  models,
  history,
  views,
  runRecords,
  language,
  calibration,
  labels,
  alerts,
  messages,
  secondOpinion,
  textHashes,
];

/** The version that this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** A schema that was brought up to date, and where the database from before is kept. */
export interface Migrated {
  from: number;
  to: number;
  backup: string | undefined;
}

/** What to say of a database whose schema is not this program's, where it may not be changed. */
export function schemaError(version: number, path: string): MonitorError {
  const newer = version > SCHEMA_VERSION;
  return new MonitorError(
    newer ? 'E_DATABASE_NEWER' : 'E_DATABASE',
    `The database has schema ${version}; this program knows ${SCHEMA_VERSION}.`,
    {
      place: { file: path },
      remedy: newer
        ? 'Use the newer version of the program that wrote it. To go back to this one, restore a backup from before: of a database file there is one in the folder `backups` of data_dir.'
        : 'The next `monitor run` brings it up to date.',
    },
  );
}

/**
 * Brings the schema to the newest version, all steps in one transaction: after a failure the database is what it was. An SQLite
 * database of an older version is copied first. Returns what was done; undefined when there was nothing to do.
 */
export async function migrate(
  db: Kysely<Schema>,
  dialect: Dialect,
  path: string,
  sqlite?: Sqlite.Database,
): Promise<Migrated | undefined> {
  const from = await versionOf(db, dialect, path);
  const to = SCHEMA_VERSION;
  if (from > to) throw schemaError(from, path);
  if (from === to) return undefined;
  const backup = from > 0 && sqlite ? join(dirname(path), 'backups', `monitor-schema-${from}.db`) : undefined;
  if (backup !== undefined && sqlite) await backupTo(sqlite, path, backup);
  await db.transaction().execute(async (trx) => {
    if (dialect === 'postgres') await sql`lock table schema_version in exclusive mode`.execute(trx);
    // Another program may have done it while this one waited.
    const now = await newestVersion(trx);
    for (const [index, up] of MIGRATIONS.entries()) {
      if (index < now) continue;
      await up(trx as unknown as Kysely<unknown>, dialect);
      await sql`insert into schema_version (version) values (${index + 1})`.execute(trx);
    }
  });
  return { from, to, backup };
}

async function versionOf(db: Kysely<Schema>, dialect: Dialect, path: string): Promise<number> {
  try {
    const create = sql`create table if not exists schema_version (version integer not null primary key)`;
    if (dialect === 'sqlite') await create.execute(db);
    else {
      // Whoever only works with the database may have no right to make tables.
      const version = await schemaVersion(db);
      if (version > 0) return version;
      await db.transaction().execute(async (trx) => {
        // PostgreSQL makes a table twice where two look for it at once.
        await sql`select pg_advisory_xact_lock(${sql.join([...ADVISORY_LOCKS.migration])})`.execute(trx);
        await create.execute(trx);
      });
    }
    return await newestVersion(db);
  } catch (cause) {
    if (cause instanceof MonitorError) throw cause;
    throw new MonitorError('E_DATABASE', `The database can't be read: ${messageOf(cause)}`, {
      place: { file: path },
      remedy:
        'If the file is not a database of this program, move it away. If it is damaged, restore it from a backup.',
      cause,
    });
  }
}

/** The version of the schema that a PostgreSQL database has; 0 where there is none yet. */
export async function schemaVersion(db: Kysely<Schema>): Promise<number> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('schema_version') is not null as there`.execute(db);
  return rows[0]?.there === true ? newestVersion(db) : 0;
}

async function newestVersion(db: Kysely<Schema>): Promise<number> {
  const { rows } = await sql<{ version: number | null }>`select max(version) as version from schema_version`.execute(
    db,
  );
  return rows[0]?.version ?? 0;
}
