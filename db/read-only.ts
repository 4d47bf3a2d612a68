import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { SCHEMA_VERSION, schemaError } from './migrate.ts';
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
