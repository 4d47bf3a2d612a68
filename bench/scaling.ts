// Measures the same world on SQLite in one process, and on PostgreSQL with 0 to 4 workers of one process each:
// node bench/scaling.ts --posts 500000
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
  options: { posts: { type: 'string', default: '100000' }, workers: { type: 'string', default: '0,1,2,4' } },
});
const posts = inventedExport(Number(values.posts), { days: 30 });

interface Measured {
  name: string;
  scoring: number;
  rest: number;
  texts: number;
  bytes: number;
  figures: string;
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
  const run = await startMonitor(['run', '--as-of', '2026-03-31', '-c', file, '--json']).ended;
  for (const helper of helpers) helper.signal('SIGTERM');
  await Promise.all(helpers.map(({ ended }) => ended));
  if (run.code !== 0) throw new Error(run.err);
  const { seconds } = JSON.parse(run.out) as { seconds: Record<string, number> };
  const at = databaseOf({ data_dir: join(folder, 'data'), ...database });
  const store = await at.open();
  const figures = await figuresOf(store.read);
  await store.close();
  const scoring = seconds['score'] ?? 0;
  const rest = Object.values(seconds).reduce((sum, of) => sum + of, 0) - scoring;
  const measured = { name, scoring, rest, texts: figures.counts.texts, bytes: await at.bytes() };
  rmSync(folder, { recursive: true, force: true });
  return { ...measured, figures: sha256(canonicalJson(figures)) };
}

const bin = installedPostgres();
if (bin === undefined) throw new Error('This needs PostgreSQL: apt-get install postgresql');
const server: TestServer = await startPostgres(bin);
try {
  const all = [await measure('SQLite, one process', undefined, 0)];
  for (const workers of values.workers.split(',').map(Number)) {
    await runSql(server.url('postgres'), `create database bench_${workers}`);
    const name = `PostgreSQL, ${workers} workers`;
    all.push(await measure(name, server.url(`bench_${workers}`), workers));
    console.error(name);
  }
  const rows = all.map(({ name, scoring, rest, texts, bytes, figures }) => [
    ...[name, Math.round(texts / scoring).toLocaleString('en-US'), `${scoring.toFixed(1)} s`, `${rest.toFixed(1)} s`],
    ...[`${((100 * rest) / (rest + scoring)).toFixed(0)} %`, String(Math.round(bytes / Number(values.posts)))],
    figures.slice(0, 12),
  ]);
  console.log(
    formatTable(['', 'texts scored a second', 'scoring', 'all else', 'share', 'bytes a post', 'figures'], rows),
  );
} finally {
  await server.stop();
}
