import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { MonitorError } from '../src/errors.ts';
import { fileError } from '../src/system-errors.ts';

/** Pages copied before others get their turn, so that Ctrl-C and progress are heard: 4 MB. */
const PAGES_AT_ONCE = 1024;

/** Is told how many bytes there are to copy and how many are still left; throws to stop. */
type OnBytes = (total: number, left: number) => void;

/**
 * Copies an open database into one file while others go on writing: the copy is the database of the moment at which it began.
 * It is written beside its place, checked and renamed, so that a half copy never takes the place of a whole one.
 * Returns its size in bytes. Errors: those of the system and of writing files.
 */
export async function backupTo(
  sqlite: Sqlite.Database,
  path: string,
  to: string,
  onBytes: OnBytes = () => {},
): Promise<number> {
  const beside = join(dirname(to), `.${basename(to)}.tmp`);
  try {
    mkdirSync(dirname(to), { recursive: true });
    rmSync(beside, { force: true });
    const pageSize = sqlite.pragma('page_size', { simple: true }) as number;
    // Held open for the whole copy: without it the copy begins anew each time that another program writes.
    sqlite.exec('begin');
    try {
      sqlite.prepare('select count(*) from sqlite_master').get();
      await sqlite.backup(beside, {
        progress: ({ totalPages, remainingPages }) => {
          onBytes(totalPages * pageSize, remainingPages * pageSize);
          return PAGES_AT_ONCE;
        },
      });
    } finally {
      sqlite.exec('rollback');
    }
    checkCopy(beside);
    renameSync(beside, to);
    return statSync(to).size;
  } catch (thrown) {
    removeQuietly([beside, `${beside}-journal`, `${beside}-wal`, `${beside}-shm`]);
    if (thrown instanceof MonitorError) throw thrown;
    throw fileError(thrown, to, `The copy of ${path} can't be made`, 'Name a file in a folder that can be written to.');
  }
}

/** Makes the copy a file of its own, without a log beside it, and reads it once through. */
function checkCopy(file: string): void {
  const copy = new Sqlite(file, { fileMustExist: true });
  try {
    copy.pragma('journal_mode = DELETE');
    copy.pragma('synchronous = FULL');
    const [first] = copy.pragma('quick_check(1)', { simple: false }) as { quick_check: string }[];
    if (first?.quick_check !== 'ok')
      throw new MonitorError('E_DATABASE_CORRUPT', `The database is damaged: ${first?.quick_check}`, {
        place: { file },
        remedy: 'Keep the backups that there are. `monitor db verify` shows what is wrong.',
      });
  } finally {
    copy.close();
  }
}

/** What can't be removed, the next copy writes over. */
function removeQuietly(files: readonly string[]): void {
  for (const file of files)
    try {
      rmSync(file, { force: true });
    } catch {
      return;
    }
}
