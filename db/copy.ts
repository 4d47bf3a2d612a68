import { createHash, type Hash } from 'node:crypto';
import type Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { MonitorError, throwIfAborted } from '../src/errors.ts';
import { numberOn } from './numbers.ts';
import { deleteSetting, saveSetting, setting } from './settings.ts';
import type { Store, Tx } from './store.ts';

/** Rows read, written and committed together. */
const ROWS_AT_ONCE = 5_000;
/** The setting that a half copied database has: the state of its source. */
export const COPY_SETTING = 'copying_from';

type Row = Record<string, unknown>;

interface Column {
  readonly name: string;
  /** Its type in PostgreSQL. */
  readonly type: string;
}

interface Table {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly Column[];
}

/** A table that was copied, with the SHA-256 of its rows on both sides. */
export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
  readonly sha256: string;
}

interface Watch {
  readonly signal: AbortSignal;
  /** Is told how many rows are to be looked at, and then of each part. */
  start(rows: number): void;
  advance(rows: number): void;
}

/**
 * Copies an SQLite database, which nobody changes meanwhile, into an empty one on PostgreSQL. Each part is committed, so that a
 * copy that was cut off goes on behind the last row; then both sides are read again and compared. A source that changed since
 * is copied anew. Errors: E_INPUT when the target holds something else, E_DATABASE when the sides differ, E_INTERRUPTED.
 */
export async function copyDatabase(source: Sqlite.Database, target: Store, watch: Watch): Promise<CopiedTable[]> {
  const tables = await tablesOf(source, target);
  const state = stateOf(source);
  await prepareTarget(target, tables, state);
  const rows = tables.reduce((sum, { name }) => sum + countOf(source, name), 0);
  watch.start(2 * rows);
  for (const table of tables) await copyTable(source, target, table, watch);
  const copied: CopiedTable[] = [];
  for (const table of tables) copied.push(await compared(source, target, table, watch));
  await target.transaction(async (tx) => {
    for (const { name, key } of tables) if (key[0] !== undefined) await numberOn(tx, name, key[0]);
    await deleteSetting(tx, COPY_SETTING);
  });
  await sql`analyze`.execute(target.read.db);
  return copied;
}

/** All tables of the target with their columns, each after those that it names; the settings last, which make it whole. */
async function tablesOf(source: Sqlite.Database, target: Store): Promise<Table[]> {
  const { rows } = await sql<{ table: string; column: string; type: string; key: number | null }>`
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
           array_position(i.indkey::smallint[], a.attnum) as key
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and c.relname <> 'schema_version'
    order by c.relname, a.attnum`.execute(target.read.db);
  const columns = Map.groupBy(rows, ({ table }) => table);
  const names = [...columns.keys()].filter((name) => name !== 'settings');
  return [...byReference(source, names), 'settings'].map((name) => {
    const of = columns.get(name) ?? [];
    const key = of.filter(({ key: place }) => place !== null).sort((a, b) => Number(a.key) - Number(b.key));
    return {
      ...{ name, key: key.map(({ column }) => column) },
      columns: of.map(({ column, type }) => ({ name: column, type })),
    };
  });
}

/** Tables so that each comes after those that it names. */
function byReference(source: Sqlite.Database, names: readonly string[]): string[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    if (ordered.has(name)) return;
    for (const { table } of source.pragma(`foreign_key_list(${name})`) as { table: string }[])
      if (names.includes(table) && table !== name) visit(table);
    ordered.add(name);
  };
  for (const name of names) visit(name);
  return [...ordered];
}

/** What tells whether a source is still what it was: every change to posts, scores or figures ticks the clock, every run is noted. */
function stateOf(source: Sqlite.Database): string {
  const tick = source.prepare(`select value from settings where key = 'data_seq'`).pluck().get() ?? '0';
  const runs = source.prepare("select count(*) || '/' || coalesce(max(finished_ms), 0) from runs").pluck().get();
  return `${tick} ${runs} ${countOf(source, 'posts')} ${countOf(source, 'scores')}`;
}

function countOf(source: Sqlite.Database, table: string): number {
  return source.prepare(`select count(*) from "${table}"`).pluck().get() as number;
}

async function prepareTarget(target: Store, tables: readonly Table[], state: string): Promise<void> {
  await target.transaction(async (tx) => {
    const begun = await setting(tx, COPY_SETTING);
    if (begun === state) return;
    const used = await tx.db.selectFrom('settings').select('key').limit(1).executeTakeFirst();
    if (begun === undefined && used)
      throw new MonitorError('E_INPUT', 'The target is a database in use, not an empty one.', {
        remedy: 'Make an empty database on the server and name that one.',
      });
    await sql`truncate ${sql.join(tables.map(({ name }) => sql.table(name)))}`.execute(tx.db);
    await saveSetting(tx, COPY_SETTING, state);
  });
}

async function copyTable(source: Sqlite.Database, target: Store, table: Table, watch: Watch): Promise<void> {
  const { rows: last } = await sql<Row>`
    select ${sql.join(table.key.map((column) => sql.ref(column)))} from ${sql.table(table.name)}
    ${table.name === 'settings' ? sql`where key <> ${COPY_SETTING}` : sql``}
    order by ${sql.join(table.key.map((column) => sql`${sql.ref(column)} desc`))} limit 1`.execute(target.read.db);
  const parts = partsOf(source, table, last[0]);
  if (last[0]) watch.advance(countOf(source, table.name) - parts.left);
  for (const part of parts.rows) {
    throwIfAborted(watch.signal);
    await target.transaction((tx) => insertRows(tx, table, part));
    watch.advance(part.length);
  }
}

/** The rows of a table beyond a key, in parts, and how many there are. */
function partsOf(source: Sqlite.Database, { name, key }: Table, after?: Row): { left: number; rows: Iterable<Row[]> } {
  const columns = key.map((column) => `"${column}"`).join(', ');
  const beyond = (row: Row | undefined) =>
    row === undefined ? '' : `where (${columns}) > (${key.map(() => '?').join(', ')})`;
  const values = (row: Row | undefined) => (row === undefined ? [] : key.map((column) => row[column]));
  const left = source
    .prepare(`select count(*) from "${name}" ${beyond(after)}`)
    .pluck()
    .get(values(after)) as number;
  function* rows(): Generator<Row[]> {
    for (let last = after; ; ) {
      const part = source
        .prepare(`select * from "${name}" ${beyond(last)} order by ${columns} limit ${ROWS_AT_ONCE}`)
        .all(values(last)) as Row[];
      if (part.length === 0) return;
      yield part;
      last = part.at(-1);
    }
  }
  return { left, rows: rows() };
}

async function insertRows(tx: Tx, { name, columns }: Table, rows: readonly Row[]): Promise<void> {
  const names = sql.join(columns.map((column) => sql.ref(column.name)));
  // An array of bytes costs less as text.
  const values = columns.map(({ name: column, type }) => {
    const isBytes = type === 'bytea';
    const list = rows.map((row) => {
      const value = row[column];
      return isBytes && value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
    });
    return sql`${list}::${sql.raw(isBytes ? 'text' : type)}[]`;
  });
  const picked = columns.map(({ name: column, type }) =>
    type === 'bytea' ? sql`decode(new.${sql.ref(column)}, 'hex')` : sql`new.${sql.ref(column)}`,
  );
  await sql`
    insert into ${sql.table(name)} (${names}) overriding system value
    select ${sql.join(picked)} from unnest(${sql.join(values)}) as new (${names})`.execute(tx.db);
}

/** Reads a table on both sides. Errors: E_DATABASE when they differ. */
async function compared(source: Sqlite.Database, target: Store, table: Table, watch: Watch): Promise<CopiedTable> {
  const [one, other] = [createHash('sha256'), createHash('sha256')];
  let [rows, after]: [number, Row | undefined] = [0, undefined];
  for (const part of partsOf(source, table).rows) {
    throwIfAborted(watch.signal);
    const copies: Row[] = await targetRows(target, table, after);
    addRows(one, table, part);
    addRows(other, table, copies);
    rows += part.length;
    after = part.at(-1);
    watch.advance(part.length);
  }
  const surplus: Row[] = await targetRows(target, table, after);
  addRows(other, table, surplus);
  const sha256 = one.digest('hex');
  if (sha256 !== other.digest('hex'))
    throw new MonitorError('E_DATABASE', `The copy of the table ${table.name} differs from its source.`, {
      remedy: 'Something else wrote to one of the two. Drop the target database, make it again and copy once more.',
    });
  return { table: table.name, rows, sha256 };
}

async function targetRows(target: Store, { name, key, columns }: Table, after: Row | undefined): Promise<Row[]> {
  const keys = sql.join(key.map((column) => sql.ref(column)));
  const beyond = after && sql`(${keys}) > (${sql.join(key.map((column) => after[column]))})`;
  const own = name === 'settings' ? sql`key <> ${COPY_SETTING}` : undefined;
  const conditions = [beyond, own].filter((condition) => condition !== undefined);
  const { rows } = await sql<Row>`
    select ${sql.join(columns.map((column) => sql.ref(column.name)))} from ${sql.table(name)}
    ${conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``}
    order by ${keys} limit ${ROWS_AT_ONCE}`.execute(target.read.db);
  return rows;
}

function addRows(hash: Hash, { columns }: Table, rows: readonly Row[]): void {
  for (const row of rows) {
    const values = columns.map(({ name }) => {
      const value = row[name] ?? null;
      return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
    });
    hash.update(`${JSON.stringify(values)}\n`);
  }
}
