import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { databaseOf } from '../../db/database.ts';
import { randomFrom } from '../../examples/world/random.ts';
import { figuresOf } from '../support/figures.ts';
import { installedPostgres, runSql, startPostgres } from '../support/postgres.ts';
import { type Running, startMonitor } from '../support/processes.ts';
import { makeTinyModel } from '../support/tiny-model.ts';
import { inventedExport } from '../support/worlds.ts';

const RUNS = Number(process.env['MONITOR_TORTURE_RUNS'] ?? 30);
const POSTS = Number(process.env['MONITOR_TORTURE_POSTS'] ?? 60_000);
const bin = installedPostgres();

describe.skipIf(bin === undefined)('workers that are killed and stopped, and a server that restarts', () => {
  it(`leave the same figures and each mail once, over ${RUNS} runs`, async () => {
    const server = await startPostgres(String(bin));
    const models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    const model = await makeTinyModel(models);
    const posts = inventedExport(POSTS, { days: 30 });
    const world = async (name: string) => {
      const folder = mkdtempSync(join(tmpdir(), 'monitor-torture-'));
      const file = join(folder, 'monitor.yaml');
      mkdirSync(join(folder, 'inbox'));
      writeFileSync(join(folder, 'inbox/posts.csv'), posts);
      await runSql(server.url('postgres'), `create database ${name}`);
      const database = { url: server.url(name) };
      const brands = { acme: { team: 'care', alerts: [{ below: 0.9, min_posts: 5 }] }, pellimo: {} };
      const teams = { care: { to: ['care@acme.example'] } };
      writeFileSync(file, stringify({ database, brands, teams, model: { use: model, workers: 1 } }));
      const run = () => startMonitor(['run', '--as-of', '2026-03-31', '-c', file, '--json']);
      const worker = () => startMonitor(['worker', '--concurrency', '1', '-c', file]);
      const end = async () => {
        const store = await databaseOf({ data_dir: folder, database }).open();
        const figures = await figuresOf(store.read);
        await store.close();
        const mails = readdirSync(join(folder, 'data/outbox')).filter((mail) => mail.endsWith('.eml')).length;
        rmSync(folder, { recursive: true, force: true });
        return { figures: { ...figures, mails: figures.mails.map((mail) => ({ ...mail, attempts: 0 })) }, mails };
      };
      return { run, worker, end };
    };
    const calm = await world('calm');
    expect((await calm.run().ended).code).toBe(0);
    const expected = await calm.end();
    expect(expected.mails).toBeGreaterThan(0);

    for (let seed = 1; seed <= RUNS; seed += 1) {
      const random = randomFrom(seed);
      const { run, worker, end } = await world(`torture_${seed}`);
      const workers: Running[] = [worker(), worker()];
      let night = run();
      let code: number | null | undefined;
      const watch = async (of: Running) => {
        const ended = await of.ended;
        if (of === night) code = ended.code;
      };
      void watch(night);
      for (let blows = 0; code !== 0; ) {
        await pause(300 + random.below(2_000));
        if (code !== undefined && code !== 0) {
          // A run that was cut off by the server or killed is started again, as the next night's is.
          code = undefined;
          night = run();
          void watch(night);
        }
        if (blows >= 4) continue;
        blows += 1;
        const victim = random.pick(workers);
        const blow = random.below(5);
        if (blow === 0) await server.restart();
        else if (blow === 1) night.signal('SIGKILL');
        else if (blow === 2) {
          victim.signal('SIGSTOP');
          // Longer than its lease: its batch is somebody else's when it wakes up.
          void pause(90_000).then(() => victim.signal('SIGCONT'));
        } else {
          victim.signal('SIGKILL');
          workers.push(worker());
        }
      }
      for (const one of workers) {
        one.signal('SIGCONT');
        one.signal('SIGTERM');
        await one.ended;
      }
      expect(await end(), `seed ${seed}`).toEqual(expected);
    }
    rmSync(models, { recursive: true, force: true });
    await server.stop();
  });
});
