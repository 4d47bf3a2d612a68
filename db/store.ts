import type Sqlite from 'better-sqlite3';
import { Kysely, sql, type Transaction } from 'kysely';
import type { Pool } from 'pg';
import { type Migrated, migrate } from './migrate.ts';
import type { Schema } from './schema.ts';
import { dialectOf, failWith, openConnection, vacuum } from './sqlite.ts';
import { forgetTextIds } from './text-ids.ts';

export type Dialect = 'sqlite' | 'postgres';

/** What reads need: the query builder. A transaction is one too. */
export interface Reader {
  readonly db: Kysely<Schema>;
  readonly dialect: Dialect;
}

/**
 * A transaction. On SQLite `sqlite` is the same connection, for the few statements run for every post:
 * the query builder prepares each statement anew, which costs four times the insert itself.
 */
export interface Tx extends Reader {
  readonly db: Transaction<Schema>;
  readonly sqlite: Sqlite.Database | undefined;
}

/** The database: reads, and transactions for everything that writes. */
export interface Store {
  readonly read: Reader;
  /**
   * Runs the work in one transaction: all of it is kept or nothing. Inside, use only the transaction passed in;
   * `store.read` would wait for the same connection for ever.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Reads that belong together: all see the database of one moment, whoever writes meanwhile. Use only the reader passed in. */
  snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /** The connections to a PostgreSQL server, which the queue of workers shares. */
  readonly postgres?: { readonly pool: Pool; readonly label: string } | undefined;
  /** The schema that the database had, if opening it brought it up to date. */
  readonly migrated: Migrated | undefined;
  /** Gives unused room in the file back to the disk. */
  vacuum(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the SQLite database, creates it where there is none, and brings its schema up to date. `waitMs` is how long a statement
 * waits for another program that holds the database.
 * Errors: E_PERMISSION, E_DISK_FULL, E_DATABASE_LOCKED, E_DATABASE_CORRUPT and so on when it can't be opened, E_DATABASE_NEWER
 * when a newer program wrote it.
 */
export async function openSqlite(path: string, options: { waitMs?: number | undefined } = {}): Promise<Store> {
  const sqlite = openConnection(path, options);
  return storeOf(new Kysely<Schema>({ dialect: dialectOf(sqlite, path) }), 'sqlite', sqlite, path);
}

/** Wraps an opened query builder of either dialect and migrates it. */
export async function storeOf(
  db: Kysely<Schema>,
  dialect: Dialect,
  sqlite: Sqlite.Database | undefined,
  path: string,
): Promise<Store> {
  let migrated: Migrated | undefined;
  try {
    migrated = await migrate(db, dialect, path, sqlite);
  } catch (thrown) {
    await db.destroy();
    throw thrown;
  }
  return storeOver(db, dialect, sqlite, path, migrated);
}

/** The store over a query builder whose schema is the newest. */
export function storeOver(
  db: Kysely<Schema>,
  dialect: Dialect,
  sqlite: Sqlite.Database | undefined,
  path: string,
  migrated?: Migrated,
): Store {
  return {
    read: { db, dialect },
    migrated,
    transaction: (work) =>
      db
        .transaction()
        .execute((trx) => work({ db: trx, dialect, sqlite }))
        // The statements that are prepared by hand don't go through the driver.
        .catch((thrown) => {
          if (sqlite) forgetTextIds(sqlite);
          return failWith(thrown, path);
        }),
    snapshot: (work) =>
      db
        .transaction()
        .setAccessMode('read only')
        .setIsolationLevel('repeatable read')
        .execute((trx) => work({ db: trx, dialect })),
    vacuum: async () => {
      if (sqlite) vacuum(sqlite, path);
      else await sql`vacuum`.execute(db);
    },
    close: async () => {
      // Upkeep, which must not hide what went wrong before.
      if (sqlite) await sql`pragma optimize`.execute(db).catch(() => undefined);
      await db.destroy();
    },
  };
}
