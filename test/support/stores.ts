import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe } from 'vitest';
import type { Schema } from '../../db/schema.ts';
import { openSqlite, type Store, storeOf } from '../../db/store.ts';

/** Runs the same tests on an SQLite file and on PostgreSQL's dialect. `store()` is a fresh database in each test. */
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

  describe(`${name} (postgres)`, () => {
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
  });
}
