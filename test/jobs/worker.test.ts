import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseOf } from '../../db/database.ts';
import { SCHEMA_VERSION } from '../../db/migrate.ts';
import { openQueues } from '../../db/queue.ts';
import { saveScores } from '../../db/scores.ts';
import { work } from '../../jobs/worker.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Pool } from '../../src/model/pool.ts';
import { packageRoot } from '../../src/package.ts';
import { figuresOf } from '../support/figures.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { runSql } from '../support/postgres.ts';
import { makeDatabase, noPostgres } from '../support/postgres-database.ts';
import { silentProgress } from '../support/silent.ts';
import { makeTinyModel } from '../support/tiny-model.ts';
import { inventedExport } from '../support/worlds.ts';

describe.skipIf(noPostgres)('workers', { timeout: 300_000 }, () => {
  let models: string;
  let model: string;
  let pool: Pool;
  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    model = await makeTinyModel(models);
    pool = await inProcessPool(model);
  });
  afterAll(() => rmSync(models, { recursive: true, force: true }));

  // Two batches.
  const posts = inventedExport(4_600);
  const settings = () => ({
    model: { use: model },
    teams: { care: { to: ['care@acme.example'] } },
    brands: {
      acme: {
        team: 'care',
        alerts: [
          { below: 0.5, min_posts: 5 },
          { below: 0.9, min_posts: 5 },
        ],
      },
      pellimo: { alerts: [{ below: 0.48, min_posts: 5 }] },
    },
  });

  async function world(scoring: Pool = pool): Promise<{ job: JobFolder; url: string; end(): Promise<void> }> {
    const { url, drop } = await makeDatabase();
    const job = makeJobFolder({ ...settings(), database: url }, scoring);
    job.drop('posts.csv', posts);
    const end = async () => {
      job.remove();
      await drop();
    };
    return { job, url, end };
  }

  const helping = (job: JobFolder, scoring: Pool = pool, configured = loadConfig(job.configFile)) => {
    const stop = new AbortController();
    const lines: string[] = [];
    const done = work(
      {
        ...{ config: configured, clock: Date.now, signal: stop.signal, progress: silentProgress },
        log: pino({ level: 'info' }, { write: (line: string) => lines.push(line) }),
      },
      { concurrency: 1, poolOf: () => ({ ...scoring, close: async () => undefined }) },
    );
    const end = () => {
      stop.abort();
      return done;
    };
    return { stop: end, done, lines };
  };

  const figures = (job: JobFolder) => job.session(({ store }) => figuresOf(store.read));

  it('change no figure, alert or mail: one process on SQLite, and PostgreSQL with none and with two', async () => {
    const lite = makeJobFolder(settings(), pool);
    lite.drop('posts.csv', posts);
    await lite.nightly('2026-03-11');
    const expected = await figures(lite);
    expect(expected.counts).toMatchObject({ posts: 4_600, dirty: 0 });
    expect(expected.counts.scores).toBe(expected.counts.texts);
    expect(expected.mails.length).toBeGreaterThan(0);
    for (const count of [0, 2]) {
      const { job, end } = await world();
      const workers = Array.from({ length: count }, () => helping(job));
      const run = await job.nightly('2026-03-11');
      expect(run.score).toEqual({ texts: expected.counts.texts });
      expect(await figures(job)).toEqual(expected);
      expect(Object.values(job.files('outbox'))).toHaveLength(Object.keys(lite.files('outbox')).length);
      expect(readReport(job)).toBe(readReport(lite));
      await Promise.all(workers.map(({ stop }) => stop()));
      await end();
    }
    lite.remove();
  });

  it('that vanish or wake up late leave the figures as they are', async () => {
    const { url, drop } = await makeDatabase();
    const late: { finish(): Promise<void> }[] = [];
    const disturbed: Pool = {
      ...pool,
      score: async (texts, signal) => {
        if (late.length === 0) late.push(await lateWorker(url, pool));
        return pool.score(texts, signal);
      },
    };
    const job = makeJobFolder({ ...settings(), database: url }, disturbed);
    // Three batches: the run itself takes two at a time.
    job.drop('posts.csv', inventedExport(8_600));
    const run = await job.nightly('2026-03-11');
    const before = await figures(job);
    expect(before.counts).toMatchObject({ scores: run.score?.texts, dirty: 0 });
    await late[0]?.finish();
    expect(await figures(job)).toEqual(before);
    job.remove();
    await drop();
  });

  it('that can’t score a batch pass it on, and in the end it is given up with its reason', async () => {
    let broken = true;
    const poisoned: Pool = {
      ...pool,
      score: (texts, signal) =>
        broken && texts.some((text) => text.endsWith(' 4711'))
          ? Promise.reject(new Error('these texts can’t be scored'))
          : pool.score(texts, signal),
    };
    const { job, end } = await world(poisoned);
    job.drop('poison.csv', 'id,created_at,text,user_id,brand\nx,2026-03-02T10:00:00Z,good coffee 4711,u1,acme\n');
    const worker = helping(job, poisoned);
    await expect(job.nightly('2026-03-11')).rejects.toMatchObject({
      ...{ code: 'E_WORKER', message: expect.stringContaining('these texts can’t be scored') },
    });
    await worker.stop();
    const { counts } = await figures(job);
    expect(counts.scores).toBeGreaterThan(400);
    expect(counts.texts - counts.scores).toBeLessThanOrEqual(4_096);
    broken = false;
    const again = await job.nightly('2026-03-11');
    expect(again.score?.texts).toBe(counts.texts - counts.scores);
    expect((await figures(job)).counts).toMatchObject({ scores: counts.texts, dirty: 0 });
    await end();
  });

  it('need no right to alter anything, and end when the schema becomes newer', async () => {
    const { job, url, end } = await world();
    const own = databaseOf({ data_dir: '', database: { url } });
    // What a run makes before the roles get their rights.
    await job.session(async ({ store }) => (await openQueues(store, 'run'))?.close());
    await runSql(url, readFileSync(join(packageRoot, 'deploy/roles.sql'), 'utf8'));
    const config = {
      ...loadConfig(job.configFile),
      // As on a machine of its own: it reads the model where the settings have it, and writes nothing.
      data_dir: join(job.folder, 'elsewhere'),
      database: { url: url.replace('postgres@', 'monitor_worker@') },
    };
    // A worker that was upgraded first waits for the run that brings the database up to date.
    await runSql(url, `delete from schema_version where version = ${SCHEMA_VERSION}`);
    const worker = helping(job, pool, config);
    while (!worker.lines.join('').includes('waiting: the next run')) await new Promise((go) => setTimeout(go, 20));
    await runSql(url, `insert into schema_version values (${SCHEMA_VERSION})`);
    // The run leaves all scoring to the worker: its own first batch waits until the worker has done one.
    const run = await job.nightly('2026-03-11');
    expect(run.outcome).toBe('ok');
    for (const owners of ['alter table scores add column x integer', 'drop table texts', 'drop view v_daily'])
      await expect(runSql(config.database.url, owners), owners).rejects.toThrow('owner');
    const forbidden = ['create table mine (x integer)', 'truncate scores', 'delete from scores', 'delete from texts'];
    const changes = ['update scores set p_positive = 1', "update texts set body = ''", 'update settings set key = key'];
    const kept = ['notifications', 'messages', 'rejects', 'labels'].map((table) => `select * from ${table}`);
    for (const statement of [...forbidden, ...changes, ...kept])
      await expect(runSql(config.database.url, statement), statement).rejects.toThrow('permission denied');
    // A batch by that role alone.
    const store = await own.open();
    await runSql(url, 'delete from scores');
    const queues = await openQueues(store, 'run');
    const sha = (await store.read.db.selectFrom('models').select('sha256').executeTakeFirstOrThrow()).sha256;
    await queues?.of(sha).fill([{ after: -1, last: 1_000, texts: 1_000, days: null }], 60);
    while (((await queues?.of(sha).state())?.done ?? 0) === 0) await new Promise((go) => setTimeout(go, 50));
    expect((await figuresOf(store.read)).counts).toMatchObject({ scores: 1_000, dirty: 20 });
    await queues?.close();
    // A newer program migrates: workers of this one end, for their supervisor to start the new one.
    await runSql(url, `insert into schema_version values (${SCHEMA_VERSION + 1})`);
    await expect(worker.done).rejects.toMatchObject({ code: 'E_DATABASE_NEWER' });
    expect(existsSync(config.data_dir)).toBe(false);
    await store.close();
    await end();
  });
});

/** Takes a batch and stops: an hour passes in the database, and only then the batch is scored and handed in. */
async function lateWorker(url: string, pool: Pool): Promise<{ finish(): Promise<void> }> {
  const store = await databaseOf({ data_dir: '', database: { url } }).open();
  const queues = await openQueues(store, 'worker');
  const [sha = ''] = (await queues?.waiting()) ?? [];
  const queue = queues?.of(sha);
  const batch = await queue?.take();
  if (!queue || !batch) throw new Error('no batch to take');
  await runSql(
    url,
    `update monitor_queue.job set heartbeat_on = heartbeat_on - interval '1 hour', started_on = started_on - interval '1 hour'
     where id = '${batch.id}'`,
  );
  return {
    finish: async () => {
      const texts = await store.read.db
        .selectFrom('texts')
        .selectAll()
        .where('text_id', '>', batch.data.after)
        .where('text_id', '<=', batch.data.last)
        .execute();
      const scores = await pool.score(
        texts.map(({ body }) => body),
        new AbortController().signal,
      );
      const rows = texts.map(({ text_id }, index) => ({
        ...{ textId: text_id, pNegative: scores[2 * index] ?? 0, pPositive: scores[2 * index + 1] ?? 0 },
      }));
      await store.transaction((tx) => saveScores(tx, 1, rows));
      await queue.finish(batch);
      expect(await queue.state()).toMatchObject({ waiting: 0, active: 0, dead: 0 });
      await queues?.close();
      await store.close();
    },
  };
}

function readReport(job: JobFolder): string {
  return readFileSync(join(job.folder, 'data/reports/2026-03-10/sentiment_daily_report.csv'), 'utf8');
}
