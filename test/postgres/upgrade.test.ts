import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { SCHEMA_VERSION } from '../../db/migrate.ts';
import { poolOf, queryBuilder } from '../../db/postgres.ts';
import { packageRoot } from '../../src/package.ts';
import { figuresOf } from '../support/figures.ts';
import { queryNow } from '../support/own-database.ts';
import { makeDatabase, noPostgres } from '../support/postgres-database.ts';
import { type Running, startMonitor } from '../support/processes.ts';
import { makeTinyModel } from '../support/tiny-model.ts';
import { inventedExport } from '../support/worlds.ts';

const NEXT_SCHEMA = SCHEMA_VERSION + 1;

describe.skipIf(noPostgres)(
  'an upgrade with a change of the schema, while workers are at work',
  { timeout: 300_000 },
  () => {
    let folder: string;
    let next: string;
    let model: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'monitor-upgrade-'));
      model = await makeTinyModel(folder);
      next = makeNextVersion(join(folder, 'next'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    async function world(name: string) {
      const { url, drop } = await makeDatabase();
      const home = join(folder, name);
      mkdirSync(join(home, 'inbox'), { recursive: true });
      const brands = { acme: { team: 'care', alerts: [{ below: 0.9, min_posts: 5 }] }, pellimo: {} };
      const teams = { care: { to: ['care@acme.example'] } };
      const config = join(home, 'monitor.yaml');
      writeFileSync(config, stringify({ database: { url }, brands, teams, model: { use: model, workers: 1 } }));
      writeFileSync(join(home, 'inbox/posts.csv'), inventedExport(20_000, { days: 10 }));
      const run = (program?: string) => startMonitor(['run', '--as-of', '2026-03-11', '-c', config, '--json'], program);
      const command = (args: string[], program?: string) => startMonitor([...args, '-c', config], program);
      const count = (query: string) =>
        (queryNow({ data_dir: '', database: { url } }, query) as { n: number }[] | undefined)?.[0]?.n ?? 0;
      const figures = async () => {
        const db = queryBuilder(
          poolOf({ url }, () => undefined),
          url,
        );
        const found = await figuresOf({ db, dialect: 'postgres' }).finally(() => db.destroy());
        // A run that was killed has counted tries, and numbers, that are no figures.
        return { ...found, mails: found.mails.map((mail) => ({ ...mail, attempts: 0 })) };
      };
      return { run, command, count, figures, drop };
    }

    it('loses nothing: old workers finish or leave their batch and end, new ones wait and then go on', async () => {
      const calm = await world('calm');
      expect((await calm.run().ended).code).toBe(0);
      const expected = await calm.figures();
      expect(expected.mails.length).toBeGreaterThan(0);
      await calm.drop();

      const { run, command, count, figures, drop } = await world('upgraded');
      // The run dies, and its worker stops in the middle of a batch.
      const cut = run();
      await until(() => count("select count(*) as n from pg_tables where schemaname = 'monitor_queue'") > 0);
      const oldWorker = command(['worker', '--concurrency', '1']);
      const active = "select count(*)::integer as n from monitor_queue.job where state = 'active'";
      await until(() => count('select count(*)::integer as n from scores') > 0);
      cut.signal('SIGKILL');
      await cut.ended;
      oldWorker.signal('SIGSTOP');
      const before = count('select count(*)::integer as n from scores');
      expect(before).toBeLessThan(expected.counts.scores);
      expect(count(active)).toBeGreaterThan(0);

      // A new worker touches nothing before the schema is its own.
      const newWorker = command(['worker', '--concurrency', '1'], next);
      await until(() => said(newWorker).includes('waiting: the next run brings the database up to date'));
      const migrated = await command(['db', 'migrate', '--json'], next).ended;
      expect(JSON.parse(migrated.out)).toMatchObject({ from: SCHEMA_VERSION, to: NEXT_SCHEMA });

      // What is old says so and ends, for its supervisor to start what is new; a worker first hands in what it has.
      oldWorker.signal('SIGCONT');
      for (const old of [oldWorker, run(), command(['status'])]) {
        const { code, out, err } = await old.ended;
        expect(code, `${out}${err}`).toBe(2);
        expect(`${out}${err}`).toContain('E_DATABASE_NEWER');
      }
      const night = await run(next).ended;
      expect(night.code, night.err).toBe(0);
      newWorker.signal('SIGTERM');
      expect((await newWorker.ended).code).toBe(0);
      expect(await figures()).toEqual(expected);
      const left =
        "select count(*)::integer as n from monitor_queue.job where name like 'score.%' and state < 'completed'";
      expect(count(left)).toBe(0);
      await drop();
    });
  },
);

/** A version of this program that is one step of the schema ahead: a column more in a table that workers write. */
function makeNextVersion(program: string): string {
  for (const part of ['src', 'jobs', 'db', 'reports', 'dashboard', 'examples', 'package.json'])
    cpSync(join(packageRoot, part), join(program, part), { recursive: true });
  for (const part of ['node_modules', 'models', 'recipes']) symlinkSync(join(packageRoot, part), join(program, part));
  const change = (file: string, from: string, to: string) => {
    const text = readFileSync(join(program, file), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(program, file), text.replace(from, to));
  };
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  change('package.json', `"version": "${version}"`, '"version": "999.0.0"');
  writeFileSync(
    join(program, 'db/migrations/next.ts'),
    `import { type Kysely, sql } from 'kysely';
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`alter table scores add column note text\`.execute(db);
  await sql\`create table next_thing (thing integer primary key)\`.execute(db);
}
`,
  );
  change(
    'db/migrate.ts',
    'import type { Schema }',
    "import { up as next } from './migrations/next.ts';\nimport type { Schema }",
  );
  change('db/migrate.ts', '\n];\n', '\n  next,\n];\n');
  return program;
}

const outputs = new WeakMap<Running, string>();

/** What a command has written so far. */
function said(running: Running): string {
  if (!outputs.has(running)) {
    outputs.set(running, '');
    for (const stream of [running.child.stdout, running.child.stderr])
      stream?.on('data', (data) => outputs.set(running, `${outputs.get(running)}${String(data)}`));
  }
  return outputs.get(running) ?? '';
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await pause(20);
}
