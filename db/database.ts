import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Config, PostgresSettings } from '../src/config/schema.ts';
import { MonitorError } from '../src/errors.ts';
import { lockHolder, takeLock } from './lock.ts';
import { SCHEMA_VERSION, schemaError, schemaVersion } from './migrate.ts';
import { poolOf, postgresLabel, queryBuilder, type Secrets } from './postgres.ts';
import { type Lock, postgresLockHolder, takePostgresLock } from './postgres-lock.ts';
import { openReadOnly } from './read-only.ts';
import { openSqlite, type Store, storeOf, storeOver } from './store.ts';

/** Where the settings say that the database is: a file in the data folder, or a PostgreSQL server. */
export interface Database {
  /** For messages: the file, or the server's address without a password. */
  readonly label: string;
  /** The file, on SQLite. */
  readonly file: string | undefined;
  exists(): Promise<boolean>;
  /** Opens it, made where there is none, with the newest schema. Errors: those of `openSqlite`, E_DATABASE_UNREACHABLE. */
  open(options?: { waitMs?: number | undefined }): Promise<Store>;
  /**
   * Opens it as a worker does, which changes no table: undefined when there is none of this schema yet, for the next run to make.
   * Errors: E_DATABASE_NEWER, E_DATABASE_UNREACHABLE; E_USAGE for a file, which has no workers.
   */
  openAsWorker(): Promise<Store | undefined>;
  /** Looks again whether the schema is still this program's. Errors: E_DATABASE_NEWER, E_DATABASE. */
  checkSchema(store: Store): Promise<void>;
  /** Opens it to look at it, also while a run is at work; undefined when there is none. Errors: as for `openReadOnly`. */
  openReadOnly(): Promise<Store | undefined>;
  /** Takes the lock of a run. Errors: E_BUSY with the holder. */
  lock(holder: string): Promise<Lock>;
  lockHolder(): Promise<string | undefined>;
  /** Bytes that it takes on the disk. */
  bytes(): Promise<number>;
}

/** The database of these settings. Nothing is opened yet. */
export function databaseOf(
  config: Pick<Config, 'data_dir' | 'database'>,
  secrets: Secrets = () => undefined,
): Database {
  return config.database ? postgresDatabase(config.database, secrets) : sqliteDatabase(config);
}

/** What to say to somebody who wants to look into a database before the first run. */
export function noDatabase({ label }: Pick<Database, 'label'>): MonitorError {
  return new MonitorError('E_USAGE', 'There is no database yet.', {
    place: { file: label },
    remedy: 'The first `monitor run` makes it. If it should be there, check data_dir and database in the settings.',
  });
}

/** The file of a database that is not on a server. */
export function databasePath(config: Pick<Config, 'data_dir'>): string {
  return join(config.data_dir, 'monitor.db');
}

function lockPath(config: Pick<Config, 'data_dir'>): string {
  return join(config.data_dir, 'monitor.lock');
}

function sqliteDatabase(config: Pick<Config, 'data_dir'>): Database {
  const [file, lock] = [databasePath(config), lockPath(config)];
  return {
    ...{ label: file, file },
    exists: async () => existsSync(file),
    open: (options) => openSqlite(file, options),
    openAsWorker: async () => {
      throw new MonitorError('E_USAGE', 'Workers need a database on a PostgreSQL server.', {
        place: { file },
        remedy:
          'A run on one machine uses all its processors already: see model.workers. docs/scaling.md says when to move.',
      });
    },
    // Nobody changes it while it is open: that takes the lock of a run.
    checkSchema: async () => undefined,
    openReadOnly: async () => openReadOnly(file),
    lock: async (holder) => {
      const release = takeLock(lock, holder);
      // The system keeps a lock on a file for as long as the process lives.
      return { lost: new AbortController().signal, release: async () => release() };
    },
    lockHolder: async () => lockHolder(lock),
    // With its log, which holds what was written last.
    bytes: async () =>
      [file, `${file}-wal`].reduce((bytes, part) => bytes + (existsSync(part) ? statSync(part).size : 0), 0),
  };
}

function postgresDatabase(settings: PostgresSettings, secrets: Secrets): Database {
  const label = postgresLabel(settings);
  const look = async <T>(work: (db: ReturnType<typeof queryBuilder>) => Promise<T>): Promise<T> => {
    const db = queryBuilder(poolOf(settings, secrets, { readOnly: true, max: 1 }), label);
    return work(db).finally(() => db.destroy());
  };
  return {
    ...{ label, file: undefined },
    exists: () => look(async (db) => (await schemaVersion(db)) > 0),
    open: async () => {
      const pool = poolOf(settings, secrets);
      return { ...(await storeOf(queryBuilder(pool, label), 'postgres', undefined, label)), postgres: { pool, label } };
    },
    openAsWorker: async () => {
      const pool = poolOf(settings, secrets);
      const db = queryBuilder(pool, label);
      try {
        const version = await schemaVersion(db);
        if (version > SCHEMA_VERSION) throw schemaError(version, label);
        if (version === SCHEMA_VERSION)
          return { ...storeOver(db, 'postgres', undefined, label), postgres: { pool, label } };
      } catch (thrown) {
        await db.destroy();
        throw thrown;
      }
      await db.destroy();
      return undefined;
    },
    checkSchema: async ({ read }) => {
      const version = await schemaVersion(read.db);
      if (version !== SCHEMA_VERSION) throw schemaError(version, label);
    },
    openReadOnly: async () => {
      const pool = poolOf(settings, secrets, { readOnly: true });
      const db = queryBuilder(pool, label);
      try {
        const version = await schemaVersion(db);
        if (version !== 0 && version !== SCHEMA_VERSION) throw schemaError(version, label);
        if (version > 0) return { ...storeOver(db, 'postgres', undefined, label), postgres: { pool, label } };
      } catch (thrown) {
        await db.destroy();
        throw thrown;
      }
      await db.destroy();
      return undefined;
    },
    lock: (holder) => takePostgresLock(settings, secrets, holder),
    lockHolder: () => postgresLockHolder(settings, secrets),
    bytes: () =>
      look(async (db) => {
        const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db);
        return rows[0]?.bytes ?? 0;
      }),
  };
}

/** Says what only works with a file. Errors: E_USAGE on a server. */
export function fileOf(database: Database, instead: string): string {
  if (database.file !== undefined) return database.file;
  throw new MonitorError('E_USAGE', 'The database is on a PostgreSQL server, not in a file.', {
    place: { file: database.label },
    remedy: instead,
  });
}
