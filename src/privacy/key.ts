import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { saveSetting, setting } from '../../db/settings.ts';
import type { Store } from '../../db/store.ts';
import { MonitorError, messageOf } from '../errors.ts';
import { systemError } from '../system-errors.ts';

const BYTES = 32;

/**
 * The secret of a data folder, by which people are told apart without being known. Made at its first use, readable by its
 * owner only. The database remembers its hash. Errors: E_PRIVACY_KEY when it is lost, damaged or another one.
 */
export async function privacyKey(store: Store, dataDir: string): Promise<Buffer> {
  const path = join(dataDir, 'privacy.key');
  const known = await setting(store.read, 'privacy_key');
  try {
    const key = read(path) ?? (known === undefined ? make(path) : undefined);
    const hash = key && createHash('sha256').update(key).digest('hex');
    if (key?.length === BYTES && (known === undefined || known === hash)) {
      if (known === undefined && hash) await store.transaction((tx) => saveSetting(tx, 'privacy_key', hash));
      return key;
    }
  } catch (cause) {
    throw systemError(cause, path) ?? keyError(`The privacy key can't be read or made: ${messageOf(cause)}`, path);
  }
  throw keyError('The privacy key is lost, damaged, or not the one that this database was written with.', path);
}

function keyError(message: string, file: string): MonitorError {
  return new MonitorError('E_PRIVACY_KEY', message, {
    place: { file },
    remedy:
      'Restore privacy.key of this data_dir from a backup. Without it, nobody that was hashed or forgotten is known again.',
  });
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function make(path: string): Buffer {
  const key = randomBytes(BYTES);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, key, { mode: 0o600, flush: true });
  renameSync(`${path}.tmp`, path);
  return key;
}
