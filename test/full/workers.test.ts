import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { databaseOf } from '../../db/database.ts';
import { type Random, randomFrom } from '../../examples/world/random.ts';
import { type MailServer, openMailServer } from '../alerts/mail-server.ts';
import { figuresOf } from '../support/figures.ts';
import { installedPostgres, runSql, startPostgres, type TestServer } from '../support/postgres.ts';
import { type Running, startMonitor } from '../support/processes.ts';
import { makeTinyModel } from '../support/tiny-model.ts';
import { inventedExport } from '../support/worlds.ts';

const RUNS = Number(process.env['MONITOR_TORTURE_RUNS'] ?? 30);
const POSTS = Number(process.env['MONITOR_TORTURE_POSTS'] ?? 60_000);
/** Nights that are tormented at the same time: most of the time they wait for a worker that is stopped. */
const AT_ONCE = Number(process.env['MONITOR_TORTURE_AT_ONCE'] ?? 3);
const BLOWS = 4;
/** About so many batches does a night have. */
const BATCHES = Math.ceil(POSTS / 4_096);
/** Two and a half times as long as a batch is kept for a worker that is not heard from. */
const STOPPED_MS = 150_000;
/** A mail may come twice only when it was accepted this shortly before its run was cut off. */
const UNRECORDED_MS = 1_000;
const bin = installedPostgres();

describe.skipIf(bin === undefined)('workers that are killed and stopped, and a server that restarts', () => {
  it(`leave the same figures and each mail once, over ${RUNS} runs`, async () => {
    const server = await startPostgres(String(bin));
    const models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    const model = await makeTinyModel(models);
    const posts = inventedExport(POSTS, { days: 30 });
    const calm = await makeWorld(server, 'calm', model, posts);
    expect((await calm.run().ended).code).toBe(0);
    const expected = await calm.end();
    expect(Object.keys(expected.mails).length).toBeGreaterThan(0);

    const felt: Record<string, number> = {};
    // The server is everybody's: a blow to it cuts off all nights that are at work.
    const cutsMs: number[] = [];
    let restarting = Promise.resolve();
    const restart = (how: 'restart' | 'crash'): Promise<void> => {
      restarting = restarting.then(async () => {
        cutsMs.push(performance.now());
        await server.restart(how);
      });
      return restarting;
    };
    const seeds = Array.from({ length: RUNS }, (_, index) => index + 1);
    const wrong: string[] = [];
    const lane = async (): Promise<void> => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        const world = await makeWorld(server, `torture_${seed}`, model, posts);
        const cuts = await torment(world, randomFrom(seed), restart, felt);
        const { figures, mails } = await world.end();
        const right =
          isDeepStrictEqual(figures, expected.figures) && eachOnce(mails, expected.mails, [...cutsMs, ...cuts]);
        if (!right) wrong.push(`seed ${seed}: ${JSON.stringify({ counts: figures.counts, mails, cutsMs, cuts })}`);
        process.stderr.write(
          `${right ? 'the same' : 'WRONG'} after seed ${seed}; blows so far: ${JSON.stringify(felt)}\n`,
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    expect(wrong).toEqual([]);
    rmSync(models, { recursive: true, force: true });
    await server.stop();
  });
});

/** Whether each mail came, once; a second copy is right only of one that was accepted just before its run was cut off. */
function eachOnce(mails: Mails, expected: Mails, cutsMs: readonly number[]): boolean {
  const isCutOff = (ms: number) => cutsMs.some((cut) => cut > ms && cut < ms + UNRECORDED_MS);
  return (
    isDeepStrictEqual(Object.keys(mails), Object.keys(expected)) &&
    Object.values(mails).every((acceptedMs) => acceptedMs.slice(0, -1).every(isCutOff))
  );
}

/** When copies of each mail were accepted, by Message-ID. */
type Mails = Record<string, readonly number[]>;
type World = Awaited<ReturnType<typeof makeWorld>>;

/** A database of its own with a night's posts to read, and a mail server that notes when which mail came. */
async function makeWorld(server: TestServer, name: string, model: string, posts: string) {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-torture-'));
  const file = join(folder, 'monitor.yaml');
  mkdirSync(join(folder, 'inbox'));
  writeFileSync(join(folder, 'inbox/posts.csv'), posts);
  await untilDone(() => runSql(server.url('postgres'), `create database ${name}`));
  const mail: MailServer = await openMailServer();
  const database = { url: server.url(name) };
  const brands = { acme: { team: 'care', alerts: [{ below: 0.9, min_posts: 5 }] }, pellimo: {} };
  const teams = { care: { to: ['care@acme.example'] } };
  const smtp = { host: '127.0.0.1', port: mail.port, tls: 'none', per_minute: 10_000 };
  const settings = { database, brands, teams, mail: { smtp }, model: { use: model, workers: 1 } };
  writeFileSync(file, stringify(settings));
  return {
    run: () => startMonitor(['run', '--as-of', '2026-03-31', '-c', file, '--json']),
    worker: () => startMonitor(['worker', '--concurrency', '1', '-c', file]),
    /** Batches whose texts are scored; -1 where nobody can tell, or before there are texts. */
    done: async () => {
      const query = `select (select count(*) from scores)::real / nullif(count(*), 0) as share from texts`;
      const rows = await runSql(database.url, query).catch(() => []);
      return Math.floor(Number(rows[0]?.['share'] ?? -1) * BATCHES);
    },
    end: async () => {
      const figures = await untilDone(async () => {
        const store = await databaseOf({ data_dir: folder, database }).open();
        return figuresOf(store.read).finally(() => store.close());
      });
      await mail.close();
      await untilDone(() => runSql(server.url('postgres'), `drop database ${name} with (force)`));
      rmSync(folder, { recursive: true, force: true });
      return {
        figures: { ...figures, mails: figures.mails.map((of) => ({ ...of, attempts: 0 })) },
        mails: Object.fromEntries([...mail.accepted].sort()),
      };
    },
  };
}

/** Whatever another night's blow to the server cuts off here is done again. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work();
    } catch (thrown) {
      if (tries >= 20) throw thrown;
      await pause(500);
    }
}

/**
 * One night with two workers under blows, until it ended well and every stopped worker woke up. Returns when its runs were killed.
 * The blows fall when so many batches are done, which is the same on a fast machine and a busy one; the last may fall after all are.
 */
async function torment(
  { run, worker, done }: World,
  random: Random,
  restart: (how: 'restart' | 'crash') => Promise<void>,
  felt: Record<string, number>,
): Promise<number[]> {
  const moments = Array.from({ length: BLOWS }, () => random.below(BATCHES + 1)).sort((a, b) => a - b);
  const workers: Running[] = [worker(), worker()];
  const wakings: Promise<unknown>[] = [];
  const cuts: number[] = [];
  let night = run();
  let code: number | null | undefined;
  const watch = async (of: Running): Promise<void> => {
    const ended = await of.ended;
    if (of === night) code = ended.code;
  };
  void watch(night);
  while (code !== 0) {
    await pause(50 + random.below(200));
    if (code !== undefined && code !== 0) {
      // A run that was cut off by the server or killed is started again, as the next night's is.
      code = undefined;
      night = run();
      void watch(night);
    }
    if (code === 0 || (moments[0] ?? Number.POSITIVE_INFINITY) > (await done())) continue;
    moments.shift();
    const victim = random.pick(workers);
    const blow = random.pick(['restart', 'crash', 'kill the run', 'stop a worker', 'stop a worker', 'kill a worker']);
    felt[blow] = (felt[blow] ?? 0) + 1;
    if (blow === 'restart' || blow === 'crash') await restart(blow);
    else if (blow === 'kill the run') {
      cuts.push(performance.now());
      night.signal('SIGKILL');
    } else if (blow === 'stop a worker') {
      victim.signal('SIGSTOP');
      wakings.push(pause(STOPPED_MS).then(() => victim.signal('SIGCONT')));
      workers.push(worker());
    } else {
      victim.signal('SIGKILL');
      workers.push(worker());
    }
  }
  await Promise.all(wakings);
  // What was stopped has the time to hand in its batch.
  if (wakings.length > 0) await pause(3_000);
  for (const one of workers) one.signal('SIGTERM');
  await Promise.all(workers.map(({ ended }) => ended));
  return cuts;
}
