import { Client } from 'pg';
import type { PostgresSettings } from '../src/config/schema.ts';
import { MonitorError } from '../src/errors.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { connectionOf, postgresLabel, type Secrets } from './postgres.ts';
import { postgresError } from './postgres-errors.ts';

/** PostgreSQL cuts the name of a connection here. */
const HOLDER_LENGTH = 63;

/** The right to write to a database, as long as it is held. */
export interface Lock {
  /** Raised when the lock was lost: whoever holds it must stop, since another run may begin. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Takes the lock that lets one run at a time write to a database: an advisory lock of a connection of its own, which the server
 * drops with the connection. The name of that connection says who holds it. Errors: E_BUSY with the holder.
 */
export async function takePostgresLock(settings: PostgresSettings, secrets: Secrets, holder: string): Promise<Lock> {
  const lost = new AbortController();
  const client = new Client({
    ...connectionOf(settings, secrets),
    application_name: holder.slice(0, HOLDER_LENGTH),
    // A machine that vanishes keeps the lock no longer than this.
    keepAliveInitialDelayMillis: 10_000,
  });
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  try {
    await client.connect();
    await client.query('set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 6');
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as taken', [...ADVISORY_LOCKS.run]);
    if (rows[0]?.taken === true) return { lost: lost.signal, release: () => client.end() };
    const by = await holderOf(client);
    throw new MonitorError('E_BUSY', `Another run is at work on this database: ${by ?? 'one that is just ending'}.`, {
      place: { file: postgresLabel(settings) },
      remedy: 'Wait until it has ended, then run the command again.',
    });
  } catch (thrown) {
    await client.end().catch(() => undefined);
    throw postgresError(thrown, postgresLabel(settings));
  }
}

/** Who holds the lock of a database; undefined when nobody does. */
export async function postgresLockHolder(settings: PostgresSettings, secrets: Secrets): Promise<string | undefined> {
  const client = new Client(connectionOf(settings, secrets));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await holderOf(client);
  } catch (thrown) {
    throw postgresError(thrown, postgresLabel(settings));
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function holderOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query(
    `select a.application_name as holder from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.classid = $1 and l.objid = $2
       and l.database = (select oid from pg_database where datname = current_database())`,
    [...ADVISORY_LOCKS.run],
  );
  return rows[0]?.holder;
}
