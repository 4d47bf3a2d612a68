import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { MonitorError, messageOf } from '../src/errors.ts';
import { SCHEMA_VERSION } from './migrate.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';

/**
 * Opens the database to look at it, also while a run is at work: nothing is written, nothing waits. Undefined when there is none
 * yet. Errors: E_DATABASE when it can't be read or is of an older schema, E_DATABASE_NEWER.
 */
export function openReadOnly(path: string): Store | undefined {
  if (!existsSync(path)) return undefined;
  let sqlite: Sqlite.Database | undefined;
  let version: number;
  try {
    sqlite = new Sqlite(path, { readonly: true, timeout: 5_000 });
    version = (sqlite.prepare('select max(version) from schema_version').pluck().get() as number | null) ?? 0;
  } catch (cause) {
    sqlite?.close();
    throw new MonitorError('E_DATABASE', `The database can't be read: ${messageOf(cause)}`, {
      place: { file: path },
      remedy:
        'Check that it is the database of this program and that you may read it; restore a backup if it is damaged.',
      cause,
    });
  }
  if (version !== SCHEMA_VERSION) {
    sqlite.close();
    const newer = version > SCHEMA_VERSION;
    throw new MonitorError(
      newer ? 'E_DATABASE_NEWER' : 'E_DATABASE',
      `The database has schema ${version}; this program knows ${SCHEMA_VERSION}.`,
      {
        place: { file: path },
        remedy: newer
          ? 'Use the newer version of the program that wrote it.'
          : 'The next `monitor run` brings it up to date.',
      },
    );
  }
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) });
  return {
    read: { db, dialect: 'sqlite' },
    transaction: () => Promise.reject(new Error('this database was opened to be read')),
    close: () => db.destroy(),
  };
}
