import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { backupTo } from '../../db/backup.ts';
import { type Database, fileOf, noDatabase } from '../../db/database.ts';
import { openConnection } from '../../db/sqlite.ts';
import type { Store } from '../../db/store.ts';
import type { JobInput } from '../../jobs/session.ts';
import { type Check, verify } from '../../jobs/verify.ts';
import { formatDay } from '../calendar.ts';
import { EXIT, MonitorError, throwIfAborted } from '../errors.ts';
import { copyCommand } from './db-copy.ts';
import { type CommonOptions, databaseAt, databaseCommand, jobInputOf, type SetExitCode, today } from './environment.ts';
import { printResult } from './output.ts';

/** Care of the database. */
export function dbCommand(setExitCode: SetExitCode): Command {
  return new Command('db')
    .description('care of the database: copy it, check it, bring it up to date, make it smaller, move it to a server')
    .addCommand(backupCommand())
    .addCommand(verifyCommand(setExitCode))
    .addCommand(migrateCommand())
    .addCommand(vacuumCommand())
    .addCommand(copyCommand());
}

function backupCommand(): Command {
  return databaseCommand('backup', 'copy the database into one file, also while a run is at work', [
    'monitor db backup',
    'monitor db backup --to /mnt/backups/monitor.db',
  ])
    .option('--to <file>', 'the copy (default: backups/monitor-DAY.db in data_dir)')
    .action(async (options: CommonOptions & { to?: string }) => {
      const input = jobInputOf(options);
      const path = fileOf(
        await existingDatabase(input),
        'Copy it with the server’s own tools, such as pg_dump; docs/scaling.md shows how.',
      );
      const folder = join(input.config.data_dir, 'backups');
      const to = resolve(options.to ?? join(folder, `monitor-${formatDay(today(input))}.db`));
      if (to === path)
        throw new MonitorError('E_USAGE', 'A database can’t be copied onto itself.', {
          place: { file: to },
          remedy: 'Name another file with --to.',
        });
      const sqlite = openConnection(path, { waitMs: input.waitMs, mustExist: true });
      try {
        const bytes = await backupTo(sqlite, path, to, copyProgress(input));
        printResult(options.json === true, { backup: to, bytes }, `${to}, ${megabytes(bytes)}`);
      } finally {
        sqlite.close();
      }
    });
}

/** Shows how far a copy is, and stops it when asked to. */
function copyProgress({ progress, signal }: JobInput): (total: number, left: number) => void {
  let done = 0;
  return (total, left) => {
    throwIfAborted(signal);
    if (done === 0) progress.start('copy', total);
    progress.advance(total - left - done);
    done = total - left;
    if (left === 0) progress.finish();
  };
}

function verifyCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('verify', 'check that the database is whole and that all in it adds up; changes nothing', [
    'monitor db verify',
    'monitor db verify --json',
  ]).action(async (options: CommonOptions) => {
    const input = jobInputOf(options);
    const database = await existingDatabase(input);
    const store = await database.open({ waitMs: input.waitMs });
    try {
      const checks = await verify(store, input);
      const ok = checks.every((check) => check.ok);
      printResult(options.json === true, { database: database.label, ok, checks }, checks.map(checkText).join('\n'));
      if (!ok) setExitCode(EXIT.failed);
    } finally {
      await store.close();
    }
  });
}

/** Details that people read; the rest is in the JSON. */
const SHOWN = 10;

function checkText({ name, ok, details }: Check): string {
  if (ok) return `ok      ${name}${details.length > 0 ? `: ${details.join('; ')}` : ''}`;
  const more = details.length > SHOWN ? [`… and ${details.length - SHOWN} more (--json shows all)`] : [];
  return [`FAILED  ${name}`, ...[...details.slice(0, SHOWN), ...more].map((text) => `          ${text}`)].join('\n');
}

function migrateCommand(): Command {
  return databaseCommand('migrate', 'bring the database up to date with this program, as every run does by itself', [
    'monitor db migrate',
  ]).action((options: CommonOptions) =>
    alone(options, 'monitor db migrate', async (store) => {
      const { migrated } = store;
      const text = migrated
        ? `schema ${migrated.from} became ${migrated.to}${migrated.backup === undefined ? '' : `; the database from before is ${migrated.backup}`}`
        : 'There is nothing to do: the database is up to date.';
      printResult(options.json === true, migrated ?? null, text);
    }),
  );
}

function vacuumCommand(): Command {
  return databaseCommand('vacuum', 'give unused room in the database back to the disk', ['monitor db vacuum']).action(
    (options: CommonOptions) =>
      alone(options, 'monitor db vacuum', async (store, database) => {
        const before = await database.bytes();
        await store.vacuum();
        const after = await database.bytes();
        printResult(options.json === true, { before, after }, `${megabytes(before)} became ${megabytes(after)}`);
      }),
  );
}

/** Opens the database while no run is at work on it. */
async function alone(
  options: CommonOptions,
  command: string,
  work: (store: Store, database: Database) => Promise<void>,
): Promise<void> {
  const input = jobInputOf(options);
  const database = await existingDatabase(input);
  const holder = `${command}, process ${process.pid}, since ${new Date(input.clock()).toISOString()}`;
  const lock = await database.lock(holder);
  try {
    const store = await database.open({ waitMs: input.waitMs });
    try {
      await work(store, database);
    } finally {
      await store.close();
    }
  } finally {
    await lock.release();
  }
}

async function existingDatabase({ config }: JobInput): Promise<Database> {
  const database = databaseAt(config);
  if (await database.exists()) return database;
  throw noDatabase(database);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
