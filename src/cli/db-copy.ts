import type { Command } from 'commander';
import { copyDatabase } from '../../db/copy.ts';
import { databaseOf } from '../../db/database.ts';
import { openConnection } from '../../db/sqlite.ts';
import { postgresUrlProblem } from '../config/postgres-url.ts';
import type { PostgresSettings } from '../config/schema.ts';
import { MonitorError } from '../errors.ts';
import { type CommonOptions, databaseCommand, jobInputOf, secrets } from './environment.ts';
import { formatTable, printResult } from './output.ts';

export function copyCommand(): Command {
  return databaseCommand('copy', 'copy the database file in data_dir into an empty database on a PostgreSQL server', [
    'monitor db copy --to postgres://monitor@db.example/monitor --password-env MONITOR_DB_PASSWORD',
    'monitor db copy                     to the database that the settings name',
  ])
    .option('--to <url>', 'the server’s database (default: `database` of the settings)')
    .option('--password-env <name>', 'the environment variable that holds the password of --to')
    .action(async (options: CommonOptions & { to?: string; passwordEnv?: string }) => {
      const input = jobInputOf(options);
      const { signal, progress, config } = input;
      const settings = targetOf(options, config.database);
      const from = databaseOf({ data_dir: config.data_dir });
      const to = databaseOf({ data_dir: config.data_dir, database: settings }, secrets);
      if (from.file === undefined || !(await from.exists()))
        throw new MonitorError('E_INPUT', 'There is no database file to copy.', {
          place: { file: from.label },
          remedy: 'Check data_dir in the settings.',
        });
      const holder = `monitor db copy, process ${process.pid}, since ${new Date(input.clock()).toISOString()}`;
      const locks = [await from.lock(holder)];
      try {
        locks.push(await to.lock(holder));
        // Opening brings an older file up to date: both sides have one schema then.
        await (await from.open({ waitMs: input.waitMs })).close();
        const target = await to.open();
        const source = openConnection(from.file, { waitMs: input.waitMs, mustExist: true });
        try {
          const tables = await copyDatabase(source, target, {
            signal,
            start: (rows) => progress.start('copy', rows),
            advance: (rows) => progress.advance(rows),
          });
          progress.finish();
          const table = formatTable(
            ['table', 'rows', 'SHA-256, the same on both sides'],
            tables.map(({ table, rows, sha256 }) => [table, String(rows), sha256.slice(0, 16)]),
          );
          const next = config.database === undefined ? `\n\nNow name it in the settings:\n  database: ${to.label}` : '';
          printResult(options.json === true, { from: from.label, to: to.label, tables }, `${table}${next}`);
        } finally {
          source.close();
          await target.close();
        }
      } finally {
        for (const lock of locks) await lock.release().catch(() => undefined);
      }
    });
}

function targetOf(
  { to, passwordEnv }: { to?: string; passwordEnv?: string },
  configured: PostgresSettings | undefined,
): PostgresSettings {
  if (to === undefined && configured) return configured;
  const problem = to === undefined ? 'is not given' : postgresUrlProblem(to);
  if (to === undefined || problem !== undefined)
    throw new MonitorError('E_USAGE', `The address of the target ${problem}.`, {
      remedy: 'Write --to postgres://USER@HOST:5432/DATABASE, or name `database` in the settings.',
    });
  return passwordEnv === undefined ? { url: to } : { url: to, password_env: passwordEnv };
}
