import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, SqliteDialect, sql, type Transaction } from 'kysely';
import { MonitorError, messageOf } from '../src/errors.ts';
import { migrate } from './migrate.ts';
import type { Schema } from './schema.ts';

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
  close(): Promise<void>;
}

/**
 * Opens the SQLite database, creates it where there is none, and brings its schema up to date.
 * Errors: E_DATABASE when it can't be opened or is damaged, E_DATABASE_NEWER when a newer program wrote it.
 */
export async function openSqlite(path: string): Promise<Store> {
  let sqlite: Sqlite.Database;
  try {
    mkdirSync(dirname(path), { recursive: true });
    sqlite = new Sqlite(path, { timeout: 10_000 });
    // Of a new database: larger pages are split and written less often while posts come in.
    sqlite.pragma('page_size = 8192');
    sqlite.pragma('journal_mode = WAL');
    // A commit survives the death of the process; only the last commits before a power cut can be undone, never torn.
    sqlite.pragma('synchronous = NORMAL');
    sqlite.pragma('foreign_keys = ON');
    // Pages that several batches write are copied into the database once, at the price of a log of some 32 MB.
    sqlite.pragma('wal_autocheckpoint = 4000');
    // Texts come in by their hash, all over their index: with the default of 2 MB most of its pages are read again and again.
    sqlite.pragma('cache_size = -65536');
    // What is deleted is overwritten in the file: people's words don't stay readable in its unused pages.
    sqlite.pragma('secure_delete = ON');
  } catch (cause) {
    throw new MonitorError('E_DATABASE', `The database can't be opened: ${messageOf(cause)}`, {
      place: { file: path },
      remedy:
        'Check that the folder exists and is writable, that the disk has room, and that the file is a SQLite database.',
      cause,
    });
  }
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) });
  return storeOf(db, 'sqlite', sqlite, path);
}

/** Wraps an opened query builder of either dialect and migrates it. */
export async function storeOf(
  db: Kysely<Schema>,
  dialect: Dialect,
  sqlite: Sqlite.Database | undefined,
  path: string,
): Promise<Store> {
  try {
    await migrate(db, dialect, path);
  } catch (thrown) {
    await db.destroy();
    throw thrown;
  }
  return {
    read: { db, dialect },
    transaction: (work) => db.transaction().execute((trx) => work({ db: trx, dialect, sqlite })),
    close: async () => {
      if (sqlite) await sql`pragma optimize`.execute(db);
      await db.destroy();
    },
  };
}

const statements = new WeakMap<Sqlite.Database, Map<string, Sqlite.Statement>>();

/** A prepared statement of this connection, prepared once. */
export function prepared(sqlite: Sqlite.Database, source: string): Sqlite.Statement {
  let cache = statements.get(sqlite);
  if (!cache) {
    cache = new Map();
    statements.set(sqlite, cache);
  }
  let statement = cache.get(source);
  if (!statement) {
    statement = sqlite.prepare(source);
    cache.set(source, statement);
  }
  return statement;
}
