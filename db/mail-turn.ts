import { join } from 'node:path';
import type { Config } from '../src/config/schema.ts';
import { MonitorError } from '../src/errors.ts';
import { takeLock } from './lock.ts';
import type { Store } from './store.ts';

/** The turn to send: the letters "moni" and a number of its own, beside that of the run's lock. */
const KEY = [0x6d6f6e69, 2] as const;

/**
 * Takes the turn to send what waits in the outbox, so that one program at a time does, on whatever machine: a lock on a file beside
 * an SQLite database, an advisory lock of a PostgreSQL server. Gives what ends the turn; undefined while another has it.
 */
export async function takeMailTurn(
  store: Pick<Store, 'postgres'>,
  { data_dir: folder }: Pick<Config, 'data_dir'>,
  holder: string,
): Promise<(() => Promise<void>) | undefined> {
  if (store.postgres === undefined) {
    try {
      const release = takeLock(join(folder, 'mail.lock'), holder);
      return async () => release();
    } catch (thrown) {
      if (thrown instanceof MonitorError && thrown.code === 'E_BUSY') return undefined;
      throw thrown;
    }
  }
  const client = await store.postgres.pool.connect();
  const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as taken', [...KEY]);
  if (rows[0]?.taken !== true) {
    client.release();
    return undefined;
  }
  // Closed, not given back: the lock goes with the connection, whatever becomes of this program.
  return async () => client.release(true);
}
