import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { MonitorError } from '../src/errors.ts';
import { SCHEMA_VERSION } from './migrate.ts';
import type { Schema } from './schema.ts';
import { dialectOf, openingError } from './sqlite.ts';
import { type Store, storeOver } from './store.ts';

/**
 * Opens the database to look at it, also while a run is at work: nothing is written, nothing waits. Undefined when there is none
 * yet. Errors: those of the system, E_DATABASE when it is of an older schema, E_DATABASE_NEWER.
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
    throw openingError(cause, path, "The database can't be read");
  }
  if (version !== SCHEMA_VERSION) {
    sqlite.close();
    throw schemaError(version, path);
  }
  return storeOver(new Kysely<Schema>({ dialect: dialectOf(sqlite, path) }), 'sqlite', sqlite, path);
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
        ? 'Use the newer version of the program that wrote it.'
        : 'The next `monitor run` brings it up to date.',
    },
  );
}
