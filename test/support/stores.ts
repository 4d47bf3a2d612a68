import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { afterEach, beforeEach, describe } from 'vitest';
import { databaseOf } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import { openSqlite, type Store, storeOf } from '../../db/store.ts';
import { writeNewDatabase } from './own-database.ts';
import { makeDatabase, noPostgres } from './postgres-database.ts';

/**
 * Runs the same tests on an SQLite file and on PostgreSQL: on a real server where there is one, and on PostgreSQL compiled
 * into this process otherwise. `store()` is a fresh database in each test.
 */
export function describeStores(name: string, body: (store: () => Store) => void): void {
  describe(`${name} (sqlite)`, () => {
    let folder: string;
    let store: Store;
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'monitor-'));
      await writeNewDatabase(join(folder, 'monitor.db'));
      store = await openSqlite(join(folder, 'monitor.db'));
    });
    afterEach(async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    });
    body(() => store);
  });

  if (noPostgres === undefined) describe(`${name} (postgres)`, () => onServer(body));
  else describe(`${name} (pglite)`, () => inProcess(body));
}

function onServer(body: (store: () => Store) => void): void {
  let database: Awaited<ReturnType<typeof makeDatabase>>;
  let store: Store;
  beforeEach(async () => {
    database = await makeDatabase();
    store = await databaseOf({ data_dir: '', database: { url: database.url } }).open();
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });
  body(() => store);
}

let started: Kysely<Schema> | undefined;

function inProcess(body: (store: () => Store) => void): void {
  let store: Store;
  beforeEach(async () => {
    // Starting PostgreSQL takes seconds, so all test files of a process share one, emptied before each test.
    started ??= new Kysely<Schema>({ dialect: new PGliteDialect({ pglite: () => new PGlite() }) });
    await sql`drop schema public cascade`.execute(started);
    await sql`create schema public`.execute(started);
    store = await storeOf(started, 'postgres', undefined, 'pglite');
  });
  body(() => store);
}
