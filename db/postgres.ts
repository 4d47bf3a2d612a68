import { readFileSync } from 'node:fs';
import { type DatabaseConnection, type Driver, Kysely, PostgresDialect } from 'kysely';
import { type ClientConfig, Pool, types } from 'pg';
import { parsePostgresUrl } from '../src/config/postgres-url.ts';
import type { PostgresSettings } from '../src/config/schema.ts';
import { MonitorError } from '../src/errors.ts';
import { fileError } from '../src/system-errors.ts';
import { postgresError } from './postgres-errors.ts';
import type { Schema } from './schema.ts';

/** Looks up a secret by the name of its environment variable. */
export type Secrets = (name: string) => string | undefined;

/** Connections of one process: its work, and what is read beside it. */
const CONNECTIONS = 8;
const CONNECT_MS = 15_000;

/** A PostgreSQL database as messages name it. The address never holds a password. */
export function postgresLabel({ url }: PostgresSettings): string {
  return url;
}

/**
 * What a connection needs. TLS with a checked certificate is the rule; a socket or this machine itself needs none.
 * Errors: E_CONFIG when the password's variable is empty, E_FILE when a file named by the settings can't be read.
 */
export function connectionOf(settings: PostgresSettings, secrets: Secrets): ClientConfig {
  const { host, port, user, database, tls: tlsOfUrl } = parsePostgresUrl(settings.url);
  const local = host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host);
  const tls = settings.tls ?? tlsOfUrl ?? (local ? 'off' : 'verify');
  const password = passwordOf(settings, secrets);
  return {
    ...{ host, port, database, connectionTimeoutMillis: CONNECT_MS, keepAlive: true, types: NUMBERS },
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ssl: tls !== 'off' && {
      rejectUnauthorized: tls === 'verify',
      ...(settings.ca_file === undefined ? {} : { ca: contentOf(settings.ca_file) }),
    },
  };
}

function passwordOf({ password_env, password_file }: PostgresSettings, secrets: Secrets): string | undefined {
  if (password_file !== undefined) return contentOf(password_file).trim();
  if (password_env === undefined) return undefined;
  const password = secrets(password_env);
  if (password !== undefined && password !== '') return password;
  throw new MonitorError('E_CONFIG', `The environment variable ${password_env} is empty.`, {
    remedy: `Set ${password_env} to the password of the database, or name another variable under database.password_env.`,
  });
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw fileError(cause, file, "The file can't be read", 'Check the paths under `database` in the settings.');
  }
}

/** Numbers as SQLite gives them: the driver itself gives 64-bit integers, and sums of them, as text. */
const NUMBERS = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (oid === types.builtins.INT8 || oid === types.builtins.NUMERIC) && format !== 'binary'
      ? Number
      : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

/** A pool of connections. `readOnly` sessions can't write whatever they are asked. */
export function poolOf(
  settings: PostgresSettings,
  secrets: Secrets,
  { readOnly = false, max = CONNECTIONS }: { readOnly?: boolean; max?: number } = {},
): Pool {
  const pool = new Pool({
    ...connectionOf(settings, secrets),
    ...{ max, application_name: 'monitor' },
    // A plan may be older than the posts of the night, and compiling queries costs more than it brings for short ones. The default
    // for a page out of order is that of turning disks: with it, each batch of posts would be looked up by reading whole tables.
    options: `-c jit=off -c random_page_cost=1.1${readOnly ? ' -c default_transaction_read_only=on' : ''}`,
  });
  // An idle connection that the server ends is no trouble: the next query makes another.
  pool.on('error', () => undefined);
  // One at work tells its query, and would otherwise end the process besides.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** The query builder over a pool. It says in the program's own errors what is wrong with the server. */
export function queryBuilder(pool: Pool, label: string): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new CarefulPostgresDialect(pool, label) });
}

class CarefulPostgresDialect extends PostgresDialect {
  readonly #label: string;

  constructor(pool: Pool, label: string) {
    super({ pool });
    this.#label = label;
  }

  override createDriver(): Driver {
    return carefulDriver(super.createDriver(), this.#label);
  }
}

function carefulDriver(driver: Driver, label: string): Driver {
  const fail = (thrown: unknown): never => {
    throw postgresError(thrown, label);
  };
  const inner = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const of = (connection: DatabaseConnection): DatabaseConnection => inner.get(connection) ?? connection;
  return {
    init: (options) => driver.init(options),
    acquireConnection: async (options) => {
      const connection = await driver.acquireConnection(options).catch(fail);
      const careful: DatabaseConnection = {
        executeQuery: (query) => connection.executeQuery<never>(query).catch(fail),
        streamQuery: (query, size) => connection.streamQuery(query, size),
      };
      inner.set(careful, connection);
      return careful;
    },
    releaseConnection: (connection, options) => driver.releaseConnection(of(connection), options),
    beginTransaction: (connection, settings) => driver.beginTransaction(of(connection), settings).catch(fail),
    commitTransaction: (connection) => driver.commitTransaction(of(connection)).catch(fail),
    // After a broken connection there is nothing to roll back; the first error is what counts.
    rollbackTransaction: (connection) => driver.rollbackTransaction(of(connection)).catch(() => undefined),
    destroy: (options) => driver.destroy(options),
  };
}
