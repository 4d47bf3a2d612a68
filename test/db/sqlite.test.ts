import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../db/lock.ts';
import { up as initial } from '../../db/migrations/0001_initial.ts';
import { saveSetting, setting } from '../../db/settings.ts';
import { dialectOf, openConnection } from '../../db/sqlite.ts';
import { openSqlite } from '../../db/store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('opening an SQLite file', () => {
  it('says so when the file is no database', async () => {
    const path = join(folder, 'monitor.db');
    writeFileSync(path, 'created_at,text\n'.repeat(100));
    await expect(openSqlite(path)).rejects.toMatchObject({ code: 'E_DATABASE_CORRUPT', place: { file: path } });
  });

  it('refuses a database that a newer program wrote', async () => {
    const path = join(folder, 'monitor.db');
    const store = await openSqlite(path);
    await sql`insert into schema_version (version) values (999)`.execute(store.read.db);
    await store.close();
    await expect(openSqlite(path)).rejects.toMatchObject({ code: 'E_DATABASE_NEWER' });
  });

  it('opens again what it made', async () => {
    const path = join(folder, 'new', 'folder', 'monitor.db');
    await (await openSqlite(path)).close();
    await (await openSqlite(path)).close();
  });
});

describe('the lock', () => {
  it('lets one holder in, names it to the second, and is free again afterwards', () => {
    const path = join(folder, 'monitor.lock');
    const release = takeLock(path, 'monitor run, process 1');
    expect(() => takeLock(path, 'another')).toThrow(/monitor run, process 1/);
    release();
    takeLock(path, 'another')();
  });

  it('says so when its file is damaged, and works again without it', () => {
    const path = join(folder, 'monitor.lock');
    writeFileSync(path, 'nonsense '.repeat(1000));
    expect(() => takeLock(path, 'one')).toThrow(expect.objectContaining({ code: 'E_FILE', place: { file: path } }));
    rmSync(path);
    takeLock(path, 'one')();
  });
});

describe('a transaction', () => {
  it('that SQLite has rolled back itself ends with what went wrong first', async () => {
    const path = join(folder, 'monitor.db');
    const store = await openSqlite(path);
    await sql`pragma max_page_count = 1`.execute(store.read.db);
    const filling = store.transaction(async (tx) => {
      for (let n = 0; n < 1_000; n += 1) await saveSetting(tx, `key ${n}`, 'x'.repeat(1_000));
    });
    await expect(filling).rejects.toMatchObject({ code: 'E_DISK_FULL', place: { file: path } });
    expect(await setting(store.read, 'key 0')).toBeUndefined();
    await store.close();
  });

  it('that has read can write, whoever wrote meanwhile', async () => {
    const path = join(folder, 'monitor.db');
    const [one, other] = [await openSqlite(path), await openSqlite(path, { waitMs: 0 })];
    await one.transaction(async (tx) => {
      await setting(tx, 'a');
      await expect(other.transaction((second) => saveSetting(second, 'a', '2'))).rejects.toMatchObject({
        code: 'E_DATABASE_LOCKED',
      });
      await saveSetting(tx, 'a', '1');
    });
    expect(await setting(other.read, 'a')).toBe('1');
    await other.close();
    await one.close();
  });

  it('of a database from an older version is copied first, then brought up to date in one step', async () => {
    const path = join(folder, 'monitor.db');
    const old = openConnection(path);
    const db = new Kysely<unknown>({ dialect: dialectOf(old, path) });
    await initial(db, 'sqlite');
    old.exec(
      "create table schema_version (version integer not null primary key); insert into schema_version values (1); insert into settings values ('time_zone', 'UTC')",
    );
    await db.destroy();
    const store = await openSqlite(path);
    const backup = join(folder, 'backups', 'monitor-schema-1.db');
    expect(store.migrated).toMatchObject({ from: 1, backup });
    expect(await setting(store.read, 'time_zone')).toBe('UTC');
    await store.close();
    const kept = new Sqlite(backup, { readonly: true });
    expect(kept.prepare('select max(version) from schema_version').pluck().get()).toBe(1);
    kept.close();
    const again = await openSqlite(path);
    expect(again.migrated).toBeUndefined();
    await again.close();
  });
});
