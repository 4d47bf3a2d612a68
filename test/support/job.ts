import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import Sqlite from 'better-sqlite3';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { type BackfillOptions, backfill } from '../../jobs/backfill.ts';
import { nightly } from '../../jobs/nightly.ts';
import type { FinishedRun } from '../../jobs/record.ts';
import { databasePath, type JobInput, type Session, withSession } from '../../jobs/session.ts';
import { parseDay } from '../../src/calendar.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type RetrySummary, retryRejects } from '../../src/ingest/retry.ts';
import type { Pool } from '../../src/model/pool.ts';
import { inProcessPoolOf } from './in-process-pool.ts';
import { silentProgress } from './silent.ts';

/** A folder with a config, an inbox and what jobs make of them. */
export interface JobFolder {
  readonly folder: string;
  readonly configFile: string;
  /** Puts a file into the inbox. */
  drop(name: string, content: string | Uint8Array): void;
  nightly(asOf: string, options?: JobOptions): Promise<FinishedRun>;
  backfill(from: string, to: string, options?: JobOptions & Omit<BackfillOptions, 'from' | 'to'>): Promise<FinishedRun>;
  /** Opens the job's database as a command would. */
  session<T>(work: (session: Session) => Promise<T>, options?: JobOptions): Promise<T>;
  retry(options?: JobOptions): Promise<RetrySummary>;
  /** Every table's rows, but for run records and clock columns. */
  dump(): Record<string, unknown[]>;
  /** The hash of every file below a folder of data_dir, by name. */
  files(part: 'reports' | 'outbox'): Record<string, string>;
  remove(): void;
}

interface JobOptions {
  now?: number;
  /** How long to wait for another program that holds the database. */
  waitMs?: number;
  secrets?: (name: string) => string | undefined;
  /** Whether the night's day comes from the clock. */
  fromClock?: boolean;
  /** Whether the night writes its reports; yes unless told otherwise. */
  reports?: boolean;
  /** A model to work with beside the pinned one. */
  use?: string;
  signal?: AbortSignal;
}

/** A job folder. Its texts are scored in this process unless they are to go to processes, as a user's do, or to a pool. */
export function makeJobFolder(
  settings: Record<string, unknown>,
  scoring: Pool | 'in processes' | 'in this process' = 'in this process',
): JobFolder {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-job-'));
  const configFile = join(folder, 'monitor.yaml');
  mkdirSync(join(folder, 'inbox'));
  writeFileSync(configFile, stringify(settings));
  const opened = <T>(work: (session: Session) => Promise<T>, options: JobOptions): Promise<T> =>
    withSession(input(options), 'test', (session) => scored(session, scoring, work), { use: options.use });
  const input = (options: JobOptions): JobInput => ({
    config: loadConfig(configFile),
    clock: () => options.now ?? Date.parse('2026-11-01T03:00:00Z'),
    signal: options.signal ?? new AbortController().signal,
    progress: silentProgress,
    log: pino({ level: 'silent' }),
    ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
  });
  return {
    folder,
    configFile,
    drop: (name, content) => writeFileSync(join(folder, 'inbox', name), content),
    nightly: (asOf, options = {}) =>
      opened(
        (session) =>
          nightly(session, day(asOf), options.secrets ?? (() => undefined), {
            fromClock: options.fromClock ?? false,
            reports: options.reports ?? true,
          }),
        options,
      ),
    backfill: (from, to, options = {}) =>
      opened((session) => backfill(session, { ...options, from: day(from), to: day(to) }), options),
    session: (work, options = {}) => opened(work, options),
    retry: (options = {}) => withSession(input(options), 'test', retryRejects),
    dump: () => dumpDatabase(databasePath(loadConfig(configFile))),
    files: (part) => filesBelow(join(folder, 'data', part)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function scored<T>(
  session: Session,
  scoring: Pool | 'in processes' | 'in this process',
  work: (session: Session) => Promise<T>,
): Promise<T> {
  if (scoring === 'in processes') return work(session);
  if (scoring !== 'in this process') return work({ ...session, pool: scoring });
  const pool = inProcessPoolOf(session.model);
  try {
    return await work({ ...session, pool });
  } finally {
    await pool.close();
  }
}

function day(iso: string): number {
  const parsed = parseDay(iso);
  if (parsed === undefined) throw new Error(`${iso} is not a day`);
  return parsed;
}

/** Run records, and columns that hold the time at which something was done. */
const LEFT_OUT = {
  tables: ['runs', 'sqlite_stat1', 'sqlite_sequence'],
  columns: ['run_id', 'created_ms', 'due_ms', 'next_ms', 'finished_ms'],
};

function dumpDatabase(path: string): Record<string, unknown[]> {
  const db = new Sqlite(path, { readonly: true });
  const tables = db
    .prepare("select name from sqlite_master where type = 'table' order by name")
    .pluck()
    .all() as string[];
  const dump: Record<string, unknown[]> = {};
  for (const table of tables.filter((name) => !LEFT_OUT.tables.includes(name))) {
    const rows = db.prepare(`select * from ${table}`).all() as Record<string, unknown>[];
    dump[table] = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row)
          .filter(([column]) => !LEFT_OUT.columns.includes(column))
          .map(plain),
      ),
    );
  }
  db.close();
  return dump;
}

/** A rendered mail holds the time at which it was made. */
function plain([column, value]: [string, unknown]): [string, unknown] {
  if (column === 'rendered') return [column, { ...JSON.parse(String(value)), dateMs: 0 }];
  return [column, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value];
}

function filesBelow(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    if (statSync(path).isFile())
      files[relative(folder, path)] = createHash('sha256').update(readFileSync(path)).digest('hex');
  }
  return files;
}
