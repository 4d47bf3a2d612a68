import { join } from 'node:path';
import type { Config } from '../src/config/schema.ts';
import { MonitorError } from '../src/errors.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { takeLock } from './lock.ts';
import { postgresError } from './postgres-errors.ts';
import type { Store } from './store.ts';

/** Tries for the lock: each waits 0.3 seconds. */
const TRIES = 10;
const PATIENCE = '3s';
/** What PostgreSQL says when a lock was waited for in vain. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Takes the right to send what waits in a database's outbox, which one program has at a time: beside the lock of a run, so that
 * mails leave at their hour while a night is at work. Returns the function that gives it back; undefined when another program has
 * it and keeps it for three seconds. On a server it holds for all machines, and goes with the connection.
 */
export async function takeDeliveryLock(
  store: Store,
  { data_dir }: Pick<Config, 'data_dir'>,
  holder: string,
): Promise<(() => Promise<void>) | undefined> {
  return store.postgres ? takeOnServer(store.postgres) : takeOnFile(join(data_dir, 'mail.lock'), holder);
}

function takeOnFile(path: string, holder: string): (() => Promise<void>) | undefined {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      const release = takeLock(path, holder);
      return async () => release();
    } catch (thrown) {
      if (!(thrown instanceof MonitorError) || thrown.code !== 'E_BUSY') throw thrown;
    }
  }
  return undefined;
}

async function takeOnServer({
  pool,
  label,
}: NonNullable<Store['postgres']>): Promise<(() => Promise<void>) | undefined> {
  const client = await pool.connect().catch((thrown) => {
    throw postgresError(thrown, label);
  });
  try {
    await client.query(`set lock_timeout = '${PATIENCE}'`);
    await client.query('select pg_advisory_lock($1, $2)', [...ADVISORY_LOCKS.sending]);
  } catch (thrown) {
    client.release(true);
    if ((thrown as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return undefined;
    throw postgresError(thrown, label);
  }
  // Closing the connection gives the lock back, whatever state it is in.
  return async () => client.release(true);
}
