import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { CompiledQuery, type DatabaseConnection, type Driver, SqliteDialect, type TransactionSettings } from 'kysely';
import { MonitorError } from '../src/errors.ts';
import { fileError, systemError } from '../src/system-errors.ts';

/** How long a statement waits for another program that holds the database. */
const WAIT_MS = 10_000;

/**
 * Opens a file as this program uses SQLite; makes it, and its folder, where there is none unless it must exist.
 * Errors: those of the system, E_DATABASE for the rest.
 */
export function openConnection(
  path: string,
  { waitMs = WAIT_MS, mustExist = false }: { waitMs?: number | undefined; mustExist?: boolean } = {},
): Sqlite.Database {
  let sqlite: Sqlite.Database | undefined;
  try {
    if (!mustExist) mkdirSync(dirname(path), { recursive: true });
    sqlite = new Sqlite(path, { timeout: waitMs, fileMustExist: mustExist });
    // Of a new database: larger pages are split and written less often while posts come in.
    sqlite.pragma('page_size = 8192');
    sqlite.pragma('journal_mode = WAL');
    // A commit survives the death of the process; only the last commits before a power cut can be undone, never torn.
    sqlite.pragma('synchronous = NORMAL');
    sqlite.pragma('foreign_keys = ON');
    // Pages that several batches write are copied into the database once, at the price of a log of some 32 MB.
    sqlite.pragma('wal_autocheckpoint = 4000');
    // With the default of 2 MB the upper pages of a large database's indexes are read again and again.
    sqlite.pragma('cache_size = -16384');
    // What is deleted is overwritten in the file: people's words don't stay readable in its unused pages.
    sqlite.pragma('secure_delete = ON');
    return sqlite;
  } catch (cause) {
    sqlite?.close();
    throw openingError(cause, path, "The database can't be opened");
  }
}

/** Why a file can't be opened. SQLite alone does not tell a folder that may not be written from one that isn't there. */
export function openingError(cause: unknown, path: string, message: string): MonitorError {
  if (Object(cause).code === 'SQLITE_CANTOPEN')
    try {
      accessSync(dirname(path), constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (reason) {
      return fileError(reason, path, message, 'Check that its folder is there.');
    }
  const known = systemError(cause, path);
  if (known) return known;
  return new MonitorError('E_DATABASE', `${message}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    place: { file: path },
    remedy: 'Check that its folder is there and that nothing else has its name.',
    cause,
  });
}

/**
 * kysely's dialect with a driver that says what is wrong with the system in the program's own errors, that takes the write lock
 * when a transaction begins (one that read first could not write any more once somebody else has), and that keeps the first
 * error of a transaction which SQLite itself has rolled back.
 */
export function dialectOf(sqlite: Sqlite.Database, path: string): SqliteDialect {
  return new CarefulDialect(sqlite, path);
}

class CarefulDialect extends SqliteDialect {
  readonly #sqlite: Sqlite.Database;
  readonly #path: string;

  constructor(sqlite: Sqlite.Database, path: string) {
    super({ database: sqlite });
    this.#sqlite = sqlite;
    this.#path = path;
  }

  override createDriver(): Driver {
    return carefulDriver(super.createDriver(), this.#sqlite, this.#path);
  }
}

function carefulDriver(driver: Driver, sqlite: Sqlite.Database, path: string): Driver {
  const connections = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const careful = (inner: DatabaseConnection): DatabaseConnection => {
    let outer = connections.get(inner);
    if (!outer) {
      outer = {
        executeQuery: (query) => inner.executeQuery<never>(query).catch((thrown) => failWith(thrown, path)),
        streamQuery: (query, size) => inner.streamQuery(query, size),
      };
      connections.set(inner, outer);
    }
    return outer;
  };
  const raw = (connection: DatabaseConnection, source: string): Promise<unknown> =>
    connection.executeQuery(CompiledQuery.raw(source));
  return {
    init: (options) => driver.init(options),
    acquireConnection: async (options) => careful(await driver.acquireConnection(options)),
    releaseConnection: () => Promise.resolve(),
    beginTransaction: async (connection, { accessMode }: TransactionSettings) => {
      await raw(connection, accessMode === 'read only' ? 'begin' : 'begin immediate');
    },
    commitTransaction: async (connection) => {
      await raw(connection, 'commit');
    },
    rollbackTransaction: async (connection) => {
      if (sqlite.inTransaction) await raw(connection, 'rollback');
    },
    destroy: (options) => driver.destroy(options),
  };
}

/** Throws what was thrown, in the program's own words where it is the system's trouble. */
export function failWith(thrown: unknown, path: string): never {
  throw systemError(thrown, path) ?? thrown;
}

/** Rebuilds the file without its unused pages. Needs as much free room as the database has, twice. */
export function vacuum(sqlite: Sqlite.Database, path: string): void {
  try {
    sqlite.exec('vacuum');
    sqlite.pragma('wal_checkpoint(truncate)');
  } catch (thrown) {
    failWith(thrown, path);
  }
}
