import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { databaseOf } from '../../db/database.ts';
import { figuresOf } from '../support/figures.ts';
import { queryNow } from '../support/own-database.ts';
import { makeDatabase, noPostgres } from '../support/postgres-database.ts';
import { startMonitor } from '../support/processes.ts';
import { makeTinyModel } from '../support/tiny-model.ts';
import { inventedExport } from '../support/worlds.ts';

const POSTS = Number(process.env['MONITOR_COPY_POSTS'] ?? 1_000_000);
const FILES = 4;

/** The long form of test/db/copy.test.ts, with the command itself. */
it.skipIf(noPostgres)(
  `a database of ${POSTS} posts is copied to a server, killed twice, and whole on both sides`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-copy-'));
    const { url, drop } = await makeDatabase({ empty: true });
    mkdirSync(join(folder, 'inbox'));
    for (let file = 0; file < FILES; file += 1)
      writeFileSync(
        join(folder, `inbox/${file}.csv`),
        inventedExport(POSTS / FILES, { seed: file, days: 90 }).replace(/^(\d)/gm, `${file}-$1`),
      );
    const settings = {
      brands: { acme: { team: 'care', alerts: [{ below: 0.9, min_posts: 5 }] }, pellimo: {} },
      teams: { care: { to: ['care@acme.example'] } },
      model: { use: await makeTinyModel(folder), workers: 1 },
    };
    const lite = join(folder, 'lite.yaml');
    const server = join(folder, 'server.yaml');
    writeFileSync(lite, stringify(settings));
    writeFileSync(server, stringify({ ...settings, database: { url } }));
    const say = (text: string) => process.stderr.write(`${text}\n`);
    const timed = async (args: string[]) => {
      const startedMs = performance.now();
      const { code, out, err } = await startMonitor([...args, '--json']).ended;
      say(`monitor ${args.slice(0, 2).join(' ')}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
      expect(code, `${out}${err}`).toBe(0);
      return JSON.parse(out) as unknown;
    };
    await timed(['run', '--as-of', '2026-05-30', '-c', lite]);

    const copy = ['db', 'copy', '--to', url, '-c', lite];
    const rows = (table: string): number => {
      const there = `select count(*)::integer as n from pg_tables where tablename = '${table}'`;
      const count = (query: string) =>
        (queryNow({ data_dir: '', database: { url } }, query) as { n: number }[])[0]?.n ?? 0;
      return count(there) === 0 ? 0 : count(`select count(*)::integer as n from ${table}`);
    };
    for (const [table, share] of [
      ['texts', 0.4],
      ['scores', 0.5],
    ] as const) {
      const cut = startMonitor(copy);
      while (rows(table) < POSTS * share && cut.child.exitCode === null) await pause(300);
      cut.signal('SIGKILL');
      await cut.ended;
      say(`killed with ${rows(table)} ${table} copied`);
      expect(rows(table)).toBeGreaterThan(0);
      const half = await startMonitor(['run', '-c', server]).ended;
      expect(half).toMatchObject({ code: 1, err: expect.stringContaining('half of a copy') });
    }
    const done = (await timed(copy)) as { tables: { table: string; rows: number; sha256: string }[] };
    const counts = new Map(done.tables.map(({ table, rows }) => [table, rows]));
    expect(counts.get('posts')).toBe(POSTS);
    expect(counts.get('scores')).toBe(counts.get('texts'));
    say(JSON.stringify(Object.fromEntries(counts)));

    for (const config of [lite, server])
      expect(await timed(['db', 'verify', '-c', config])).toMatchObject({ ok: true });
    const figures = [];
    for (const database of [undefined, { url }]) {
      const store = await databaseOf({ data_dir: join(folder, 'data'), ...(database && { database }) }).open();
      figures.push(await figuresOf(store.read).finally(() => store.close()));
    }
    expect(figures[1]).toEqual(figures[0]);
    await drop();
    rmSync(folder, { recursive: true, force: true });
  },
);
