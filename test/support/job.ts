import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { type BackfillOptions, backfill } from '../../jobs/backfill.ts';
import { nightly } from '../../jobs/nightly.ts';
import type { FinishedRun } from '../../jobs/record.ts';
import { type JobInput, type Session, withSession } from '../../jobs/session.ts';
import { parseDay } from '../../src/calendar.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { type RetrySummary, retryRejects } from '../../src/ingest/retry.ts';
import type { Pool } from '../../src/model/pool.ts';
import { inProcessPoolOf } from './in-process-pool.ts';
import { allRows, databaseSettings, dropOwn } from './own-database.ts';
import { silentProgress } from './silent.ts';

/** A folder with a config, an inbox and what jobs make of them. */
export interface JobFolder {
  readonly folder: string;
  readonly configFile: string;
  /** Writes other settings, for the same database. */
  configure(settings: Record<string, unknown>): void;
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

/** A job folder, its database where this run of the tests has them unless the settings name one. Its texts are scored in this process unless they are to go to processes, as a user's do, or to a pool. */
export function makeJobFolder(
  settings: Record<string, unknown>,
  scoring: Pool | 'in processes' | 'in this process' = 'in this process',
): JobFolder {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-job-'));
  const configFile = join(folder, 'monitor.yaml');
  mkdirSync(join(folder, 'inbox'));
  const dataDir = typeof settings['data_dir'] === 'string' ? settings['data_dir'] : join(folder, 'data');
  const own = 'database' in settings ? { database: settings['database'] } : databaseSettings(dataDir);
  const configure = (changed: Record<string, unknown>) => writeFileSync(configFile, stringify({ ...changed, ...own }));
  configure(settings);
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
    configure,
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
    dump: () => dumpDatabase(loadConfig(configFile)),
    files: (part) => filesBelow(join(folder, 'data', part)),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
      dropOwn(join(folder, 'data'));
    },
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

function dumpDatabase(config: Config): Record<string, unknown[]> {
  const dump: Record<string, unknown[]> = {};
  for (const [table, rows] of Object.entries(allRows(config)))
    if (!LEFT_OUT.tables.includes(table))
      dump[table] = rows.map((row) =>
        Object.fromEntries(
          Object.entries(row)
            .filter(([column]) => !LEFT_OUT.columns.includes(column))
            .map(plain),
        ),
      );
  return dump;
}

/** A rendered mail holds the time at which it was made. */
function plain([column, value]: [string, unknown]): [string, unknown] {
  if (column === 'rendered') return [column, { ...JSON.parse(String(value)), dateMs: 0 }];
  if (value instanceof Uint8Array) return [column, Buffer.from(value).toString('hex')];
  // PostgreSQL writes bytes like this.
  return [column, typeof value === 'string' ? value.replace(/^\\x(?=([0-9a-f]{2})*$)/, '') : value];
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
