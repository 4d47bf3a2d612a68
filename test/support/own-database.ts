import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { backupTo } from '../../db/backup.ts';
import { databaseOf } from '../../db/database.ts';
import { openConnection } from '../../db/sqlite.ts';
import { openSqlite, type Store } from '../../db/store.ts';
import type { Config } from '../../src/config/schema.ts';
import { installedPostgres } from './postgres.ts';
import { serverUrl } from './postgres-database.ts';
import { TEMPLATE } from './postgres-setup.ts';

/** Whether this run of the tests has its databases on a server: `npm run test:postgres`. */
export const onPostgres = process.env['MONITOR_TEST_DATABASE'] === 'postgres';

/** For the name of a test that is about SQLite's own files or locks, which is skipped where the database is on a server. */
export const aboutFiles = onPostgres ? ' (skipped: it is about SQLite, and this database is on a server)' : '';

/** The databases on the server, by `data_dir`. */
const urls = new Map<string, string>();

/**
 * What a test's settings say about its database besides `data_dir`: nothing for a file in that folder; the address of an empty one
 * on the server, the same for the same folder, where tests run against PostgreSQL.
 */
export function databaseSettings(dataDir: string): Pick<Config, 'database'> {
  return onPostgres ? { database: { url: urlOf(dataDir, 'template0') } } : {};
}

/** Opens the database of a folder; a new one has the newest schema. */
export async function openOwn(dataDir: string, options: { waitMs?: number } = {}): Promise<Store> {
  if (onPostgres) urlOf(dataDir, TEMPLATE);
  else await writeNewDatabase(join(dataDir, 'monitor.db'));
  return databaseOf({ data_dir: dataDir, ...databaseSettings(dataDir) }).open(options);
}

/** An empty SQLite file of the newest schema. */
let empty: Buffer | undefined;

/** Writes an empty database unless there is one: making its tables takes ten times as long as opening it with them. */
export async function writeNewDatabase(file: string): Promise<void> {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  empty ??= await emptyDatabase();
  writeFileSync(file, empty);
}

async function emptyDatabase(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-empty-'));
  const file = join(folder, 'monitor.db');
  await (await openSqlite(file)).close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}

function urlOf(dataDir: string, template: string): string {
  const url = urls.get(dataDir) ?? createDatabase(template);
  urls.set(dataDir, url);
  return url;
}

function createDatabase(template: string): string {
  const name = `own_${randomBytes(6).toString('hex')}`;
  run('createdb', [`--maintenance-db=${serverUrl('postgres')}`, `--template=${template}`, name]);
  return serverUrl(name);
}

/** Makes the database of a folder a copy of another's, whom nobody is connected to. */
export async function copyOwn(from: string, to: string): Promise<void> {
  const url = urls.get(from);
  if (url !== undefined) {
    dropOwn(to);
    urls.set(to, createDatabase(url.replace(/^.*\//, '')));
    return;
  }
  mkdirSync(to, { recursive: true });
  const [path, copy] = [join(from, 'monitor.db'), join(to, 'monitor.db')];
  for (const end of ['', '-wal', '-shm']) rmSync(`${copy}${end}`, { force: true });
  const source = openConnection(path);
  await backupTo(source, path, copy).finally(() => source.close());
}

/** Changes a database behind the program's back, and the rules between its tables. */
export function changeOwn(dataDir: string, statement: string): void {
  const url = urls.get(dataDir);
  if (url !== undefined) {
    run('psql', [url, '--quiet', '--set=ON_ERROR_STOP=1', `--command=${statement}`]);
    return;
  }
  const db = new Sqlite(join(dataDir, 'monitor.db'));
  db.pragma('foreign_keys = OFF');
  db.exec(statement);
  db.close();
}

/** Drops the database of a folder that was removed. */
export function dropOwn(dataDir: string): void {
  const url = urls.get(dataDir);
  if (url === undefined) return;
  urls.delete(dataDir);
  run('dropdb', [`--maintenance-db=${serverUrl('postgres')}`, '--if-exists', '--force', url.replace(/^.*\//, '')]);
}

/** What a query answers, at once and also while a run is at work; undefined where the database or its tables are not there yet. */
export function queryNow(config: Pick<Config, 'data_dir' | 'database'>, query: string): unknown[] | undefined {
  if (config.database) return queryServer(config.database.url, query);
  const path = join(config.data_dir, 'monitor.db');
  if (!existsSync(path)) return undefined;
  let db: Sqlite.Database | undefined;
  try {
    db = new Sqlite(path, { readonly: true });
    return db.prepare(query).all();
  } catch (thrown) {
    if (thrown instanceof Sqlite.SqliteError) return undefined;
    throw thrown;
  } finally {
    db?.close();
  }
}

function queryServer(url: string, query: string): unknown[] | undefined {
  const json = `select coalesce(json_agg(r), '[]') from (${query}) r`;
  try {
    return JSON.parse(run('psql', [url, '--no-align', '--tuples-only', '--quiet', `--command=${json}`])) as unknown[];
  } catch (thrown) {
    if (/relation .* does not exist/.test(String(thrown))) return undefined;
    throw thrown;
  }
}

/** All tables of a database with all their rows, in the order of their keys. */
export function allRows(config: Pick<Config, 'data_dir' | 'database'>): Record<string, Record<string, unknown>[]> {
  const tables = config.database
    ? `select c.relname as name, (select string_agg(quote_ident(a.attname), ', ' order by k.place)
         from pg_index i cross join unnest(i.indkey::smallint[]) with ordinality k(attnum, place)
         join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
         where i.indrelid = c.oid and i.indisprimary) as key
       from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`
    : "select name, null as key from sqlite_master where type = 'table' order by name";
  const found = (queryNow(config, tables) ?? []) as { name: string; key: string | null }[];
  const rowsOf = ({ name, key }: (typeof found)[number]) =>
    `select * from "${name}"${key === null ? '' : ` order by ${key}`}`;
  if (!config.database)
    return Object.fromEntries(
      found.map((table) => [table.name, queryNow(config, rowsOf(table)) as Record<string, unknown>[]]),
    );
  // One connection for all of them.
  const each = found.map(
    (table) => `select '${table.name}' as t, (select coalesce(json_agg(r), '[]') from (${rowsOf(table)}) r) as rows`,
  );
  const all = queryNow(config, each.join(' union all ')) as { t: string; rows: Record<string, unknown>[] }[];
  return Object.fromEntries(all.map(({ t, rows }) => [t, rows]));
}

/** One of the programs that come with PostgreSQL. */
function run(program: string, args: readonly string[]): string {
  return execFileSync(join(installedPostgres() ?? '', program), args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
