import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../db/lock.ts';
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
    await expect(openSqlite(path)).rejects.toMatchObject({ code: 'E_DATABASE', place: { file: path } });
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
});
