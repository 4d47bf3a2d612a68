import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { backupTo } from '../../db/backup.ts';
import { openConnection } from '../../db/sqlite.ts';
import { nightly } from '../../jobs/nightly.ts';
import { parseDay } from '../../src/calendar.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { aboutFiles, onPostgres } from '../support/own-database.ts';
import { databaseOf, MORNING, troubleWorld } from './trouble-world.ts';

const world = troubleWorld();

describe.skipIf(onPostgres)(`a database that may not grow${aboutFiles}`, () => {
  it('ends the run as a full disk, and the next one goes on', async () => {
    const job = world.start();
    const limited = job.session(async (session) => {
      await sql`pragma max_page_count = 70`.execute(session.store.read.db);
      return nightly(session, parseDay(MORNING) ?? 0, () => undefined);
    });
    await expect(limited).rejects.toMatchObject({
      code: 'E_DISK_FULL',
      exitCode: 1,
      place: { file: databaseOf(job) },
    });
    await world.recovers(job);
  });
});

describe.skipIf(onPostgres)(`a database that another program holds${aboutFiles}`, () => {
  it('is said to be locked, and free again afterwards', async () => {
    const job = world.start();
    await job.session(async () => undefined);
    const other = new Sqlite(databaseOf(job));
    other.exec('begin exclusive');
    const stopped = job.nightly(MORNING, { waitMs: 30 });
    await expect(stopped).rejects.toMatchObject({
      code: 'E_DATABASE_LOCKED',
      exitCode: 4,
      place: { file: databaseOf(job) },
    });
    other.close();
    await world.recovers(job);
  });
});

describe('a damaged file', () => {
  it.skipIf(onPostgres)(`is the database, its header overwritten${aboutFiles}`, async () => {
    const job = world.start();
    await job.session(async () => undefined);
    const path = databaseOf(job);
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([Buffer.alloc(100, 'x'), bytes.subarray(100)]));
    await expect(job.nightly(MORNING)).rejects.toMatchObject({
      code: 'E_DATABASE_CORRUPT',
      exitCode: 1,
      place: { file: path },
    });
    // Moved away, everything that is in the inbox is read again.
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
    await world.recovers(job);
  });

  it.skipIf(onPostgres)(
    `is the database, pages in the middle overwritten: a backup put in its place makes it whole${aboutFiles}`,
    async () => {
      const job = world.start();
      await job.session(async () => undefined);
      const path = databaseOf(job);
      const copy = join(job.folder, 'copy.db');
      const open = openConnection(path);
      await backupTo(open, path, copy);
      open.close();
      await job.nightly(MORNING);

      const db = new Sqlite(path);
      db.pragma('wal_checkpoint(truncate)');
      const root = db.prepare("select rootpage from sqlite_master where name = 'posts'").pluck().get() as number;
      const size = db.pragma('page_size', { simple: true }) as number;
      db.close();
      const bytes = readFileSync(path);
      bytes.fill(0xff, (root - 1) * size, root * size);
      writeFileSync(path, bytes);
      job.drop('later.csv', 'created_at,text,user_id,brand\n2026-10-03T12:00:00Z,so late,u,acme\n');
      await expect(job.nightly(MORNING)).rejects.toMatchObject({
        code: 'E_DATABASE_CORRUPT',
        place: { file: path },
      });

      rmSync(join(job.folder, 'inbox', 'later.csv'));
      for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
      cpSync(copy, path);
      await world.recovers(job);
    },
  );

  it('is an export: it fails alone, is told, and is read when it comes whole', async () => {
    const job = world.start();
    const whole = gzipSync('created_at,text,user_id,brand\n2026-10-03T12:00:00Z,good app,u,acme\n');
    job.drop('extra.csv.gz', whole.subarray(0, 30));
    const read = await job.session((session) => ingest(session));
    expect(read).toMatchObject({ stored: 600, failed: 1 });
    expect(read.perFile.find(({ name }) => name === 'extra.csv.gz')?.reason).toMatch(/damaged or cut short/);
    job.drop('extra.csv.gz', whole);
    expect(await job.session((session) => ingest(session))).toMatchObject({ stored: 1, failed: 0 });
  });

  it('is the model', async () => {
    const model = join(world.start().folder, 'model');
    cpSync(world.model(), model, { recursive: true });
    const job = world.start({ model: { use: model, workers: 1 } });
    const weights = join(model, 'weights.safetensors');
    const bytes = readFileSync(weights);
    writeFileSync(weights, bytes.subarray(0, bytes.length - 8));
    await expect(job.nightly(MORNING)).rejects.toMatchObject({
      code: 'E_MODEL_INVALID',
      exitCode: 2,
      place: { file: weights },
    });
    expect(existsSync(databaseOf(job))).toBe(false);
    writeFileSync(weights, bytes);
    await world.recovers(job);
  });
});
