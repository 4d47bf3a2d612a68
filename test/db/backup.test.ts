import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupTo } from '../../db/backup.ts';
import { openConnection } from '../../db/sqlite.ts';

let folder: string;
let database: string;
let source: Sqlite.Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-'));
  database = join(folder, 'monitor.db');
  source = openConnection(database);
  source.exec('create table pieces (n integer primary key, bytes blob)');
  const add = source.prepare('insert into pieces (bytes) values (randomblob(100000))');
  for (let n = 0; n < 200; n += 1) add.run();
});
afterEach(() => {
  source.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a backup', () => {
  it('is the database of the moment it began, though others write all the while', async () => {
    const writer = openConnection(database);
    const add = writer.prepare('insert into pieces (bytes) values (randomblob(100000))');
    const left: number[] = [];
    const to = join(folder, 'backups', 'copy.db');
    const bytes = await backupTo(source, database, to, (_, rest) => {
      left.push(rest);
      add.run();
    });
    writer.close();
    expect(left.length).toBeGreaterThan(2);
    expect(left).toEqual([...left].sort((a, b) => b - a));
    expect(bytes).toBeGreaterThan(20_000_000);
    expect(readdirSync(join(folder, 'backups'))).toEqual(['copy.db']);
    const copy = new Sqlite(to, { readonly: true });
    expect(copy.prepare('select count(*) from pieces').pluck().get()).toBe(200);
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    copy.close();
    expect(source.prepare('select count(*) from pieces').pluck().get()).toBeGreaterThan(202);
  });

  it('that is stopped, or can’t be written, leaves the one that was there', async () => {
    const to = join(folder, 'copy.db');
    writeFileSync(to, 'the backup of yesterday');
    const before = readdirSync(folder).sort();
    const stopped = backupTo(source, database, to, () => {
      throw new Error('stop');
    });
    await expect(stopped).rejects.toMatchObject({ code: 'E_FILE', place: { file: to } });
    expect(readdirSync(folder).sort()).toEqual(before);
    expect(readFileSync(to, 'utf8')).toBe('the backup of yesterday');
    await expect(backupTo(source, database, join(to, 'inside.db'))).rejects.toMatchObject({ code: 'E_FILE' });
    expect(source.inTransaction).toBe(false);
  });
});
