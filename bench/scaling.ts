// Measures the same world on SQLite in one process, and on PostgreSQL with some workers of one process each; fails unless all end
// with the same figures, alerts and mails: node bench/scaling.ts --posts 500000 --on sqlite,0,1,2,4
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { databaseOf } from '../db/database.ts';
import { formatTable } from '../src/cli/output.ts';
import { canonicalJson, sha256 } from '../src/model/canonical-json.ts';
import { figuresOf } from '../test/support/figures.ts';
import { installedPostgres, runSql, startPostgres, type TestServer } from '../test/support/postgres.ts';
import { startMonitor } from '../test/support/processes.ts';
import { inventedExport } from '../test/support/worlds.ts';

const { values } = parseArgs({
  options: { posts: { type: 'string', default: '100000' }, on: { type: 'string', default: 'sqlite,0,1,2,4' } },
});
// It ends in a dip, so that a mail leaves.
const posts = inventedExport(Number(values.posts), { days: 27 });

interface Measured {
  name: string;
  scoring: number;
  rest: number;
  texts: number;
  bytes: number;
  /** Of all daily figures, decisions and mails. */
  sha256: string;
  counts: string;
}

async function measure(name: string, url: string | undefined, workers: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-bench-'));
  const file = join(folder, 'monitor.yaml');
  const database = url === undefined ? {} : { database: { url } };
  mkdirSync(join(folder, 'inbox'));
  writeFileSync(join(folder, 'inbox/posts.csv'), posts);
  const brands = { acme: { team: 'care', alerts: [{ below: 0.5 }] }, pellimo: { team: 'care' } };
  const teams = { care: { to: ['care@acme.example'] } };
  writeFileSync(file, stringify({ ...database, brands, teams, model: { workers: 1 } }));
  const helpers = Array.from({ length: workers }, () => startMonitor(['worker', '--concurrency', '1', '-c', file]));
  const run = await startMonitor(['run', '--as-of', '2026-03-28', '-c', file, '--json']).ended;
  for (const helper of helpers) helper.signal('SIGTERM');
  await Promise.all(helpers.map(({ ended }) => ended));
  if (run.code !== 0) throw new Error(run.err);
  const { seconds } = JSON.parse(run.out) as { seconds: Record<string, number> };
  console.error(name, JSON.stringify(seconds));
  const at = databaseOf({ data_dir: join(folder, 'data'), ...database });
  const store = await at.open();
  const figures = await figuresOf(store.read);
  await store.close();
  const scoring = seconds['score'] ?? 0;
  const rest = Object.values(seconds).reduce((sum, of) => sum + of, 0) - scoring;
  const measured = { name, scoring, rest, texts: figures.counts.texts, bytes: await at.bytes() };
  rmSync(folder, { recursive: true, force: true });
  const { days, decisions, mails } = figures;
  const counts = `${days.length} daily figures, ${decisions.length} decisions, ${mails.length} mails`;
  return { ...measured, counts, sha256: sha256(canonicalJson(figures)) };
}

const bin = installedPostgres();
if (bin === undefined) throw new Error('This needs PostgreSQL: apt-get install postgresql');
const server: TestServer = await startPostgres(bin);
try {
  const all: Measured[] = [];
  for (const on of values.on.split(',')) {
    const name = on === 'sqlite' ? 'SQLite, one process' : `PostgreSQL, ${on} workers`;
    if (on !== 'sqlite') await runSql(server.url('postgres'), `create database bench_${on}`);
    const url = on === 'sqlite' ? undefined : server.url(`bench_${on}`);
    all.push(await measure(name, url, on === 'sqlite' ? 0 : Number(on)));
  }
  const rows = all.map(({ name, scoring, rest, texts, bytes, sha256 }) => [
    ...[name, Math.round(texts / scoring).toLocaleString('en-US'), `${scoring.toFixed(1)} s`, `${rest.toFixed(1)} s`],
    ...[`${((100 * rest) / (rest + scoring)).toFixed(0)} %`, String(Math.round(bytes / Number(values.posts)))],
    sha256.slice(0, 12),
  ]);
  const head = ['', 'texts scored a second', 'scoring', 'all else', 'share', 'bytes a post', 'SHA-256 of the outcome'];
  console.log(`${formatTable(head, rows)}\n\nThe outcome: ${all[0]?.counts ?? ''}`);
  if (new Set(all.map(({ sha256 }) => sha256)).size > 1) throw new Error('The outcomes differ.');
} finally {
  await server.stop();
}
