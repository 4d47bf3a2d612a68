import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { MonitorError } from '../src/errors.ts';
import { openingError } from './sqlite.ts';

/**
 * Takes the lock that lets one run at a time write to a database; returns the function that gives it back.
 * It is an exclusive transaction on a small file beside the database: the system drops it with the process, however that
 * dies, so there is never a stale lock to clean up. Errors: E_BUSY with the holder.
 */
export function takeLock(path: string, holder: string): () => void {
  const holderFile = `${path}.holder`;
  let lock: Sqlite.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    // Long enough for someone who only looks whether it is taken; a run holds it far longer.
    lock = new Sqlite(path, { timeout: 300 });
    lock.pragma('journal_mode = MEMORY');
    lock.exec('begin exclusive');
    writeFileSync(holderFile, holder);
  } catch (cause) {
    lock?.close();
    if (cause instanceof Sqlite.SqliteError && cause.code.startsWith('SQLITE_BUSY'))
      throw new MonitorError('E_BUSY', `Another run is at work on this database: ${readHolder(holderFile)}.`, {
        place: { file: path },
        remedy: 'Wait until it has ended, then run the command again.',
      });
    if (cause instanceof Sqlite.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(cause.code))
      throw new MonitorError('E_FILE', `The lock file is damaged: ${cause.message}`, {
        place: { file: path },
        remedy: 'Delete it. It holds nothing; the next run makes it anew.',
        cause,
      });
    throw openingError(cause, path, "The lock file can't be used");
  }
  const taken = lock;
  held.add(taken);
  return () => {
    held.delete(taken);
    taken.close();
  };
}

/** Locks of this process. Without a reference, collecting garbage would close the file and give the lock away. */
const held = new Set<Sqlite.Database>();

/**
 * Who holds the lock; undefined when nobody does. It is asked of the system, not of a note or a clock: a process that died
 * holds nothing.
 */
export function lockHolder(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  let probe: Sqlite.Database | undefined;
  try {
    probe = new Sqlite(path, { readonly: true, timeout: 0 });
    probe.prepare('select count(*) from sqlite_master').get();
    return undefined;
  } catch (cause) {
    const busy = cause instanceof Sqlite.SqliteError && cause.code.startsWith('SQLITE_BUSY');
    return busy ? readHolder(`${path}.holder`) : undefined;
  } finally {
    probe?.close();
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'holder unknown';
  }
}
