import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe } from 'vitest';
import { databaseOf } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import { openSqlite, type Store, storeOf } from '../../db/store.ts';
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

function inProcess(body: (store: () => Store) => void): void {
  // Starting PostgreSQL takes seconds, so one is shared and emptied before each test.
  const db = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite: () => new PGlite() }) });
  let store: Store;
  beforeEach(async () => {
    await sql`drop schema public cascade`.execute(db);
    await sql`create schema public`.execute(db);
    store = await storeOf(db, 'postgres', undefined, 'pglite');
  });
  afterAll(() => db.destroy());
  body(() => store);
}
