import { type ErrorCode, MonitorError, messageOf } from './errors.ts';

type SystemCode = Extract<
  ErrorCode,
  'E_DISK_FULL' | 'E_PERMISSION' | 'E_DATABASE_LOCKED' | 'E_DATABASE_CORRUPT' | 'E_DISK'
>;

/** What each of these means and what helps, whatever was being done. */
const TROUBLE: Readonly<Record<SystemCode, { message: string; remedy: string }>> = {
  E_DISK_FULL: {
    message: 'There is no room left to write.',
    remedy:
      'Make room on the disk (or raise the quota), then run again: it goes on where it stopped. `retention` and `monitor db vacuum` keep the database small.',
  },
  E_PERMISSION: {
    message: 'The program may not read or write here.',
    remedy:
      'Give the user that runs it the right to read and write this file and its folder, and check that the disk is not mounted read-only. Then run again.',
  },
  E_DATABASE_LOCKED: {
    message: 'Another program keeps the database locked.',
    remedy: 'Close what else has the database open (a database browser, a copy job), then run again.',
  },
  E_DATABASE_CORRUPT: {
    message: 'The database is damaged, or is no database.',
    remedy:
      'Move the file away, with those beside it that end in -wal and -shm, and put a backup in its place. Then run again: newer exports in the inbox are read again.',
  },
  E_DISK: {
    message: 'The disk reports an error.',
    remedy:
      'Check the disk and its connection, then run again. `monitor db verify` tells whether the database is whole.',
  },
};

/** The codes of Node.js and of SQLite, longer ones by their beginning. The first that fits counts. */
const MEANINGS: readonly (readonly [RegExp, SystemCode])[] = [
  // SQLite finds no room for its shared memory by writing to it, and calls that an I/O error.
  [/^(ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR_SHMSIZE)/, 'E_DISK_FULL'],
  [/^(EACCES|EPERM|EROFS|SQLITE_READONLY|SQLITE_PERM|SQLITE_AUTH)/, 'E_PERMISSION'],
  [/^SQLITE_(BUSY|LOCKED)/, 'E_DATABASE_LOCKED'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'E_DATABASE_CORRUPT'],
  [/^(EIO$|SQLITE_IOERR)/, 'E_DISK'],
];

/**
 * The error that a full disk, missing rights, a locked or damaged database or a failing disk is, told by the code of what was
 * thrown. Undefined for anything else.
 */
export function systemError(thrown: unknown, file?: string): MonitorError | undefined {
  const { code, path } = Object(thrown) as { code?: unknown; path?: unknown };
  if (typeof code !== 'string') return undefined;
  const meaning = MEANINGS.find(([pattern]) => pattern.test(code))?.[1];
  if (meaning === undefined) return undefined;
  const { message, remedy } = TROUBLE[meaning];
  const place = file ?? (typeof path === 'string' ? path : undefined);
  return new MonitorError(meaning, `${message} (${messageOf(thrown)})`, {
    place: place === undefined ? {} : { file: place },
    remedy,
    cause: thrown,
  });
}

/** A file or folder that can't be used: what is wrong with the system if that is known, and E_FILE otherwise. */
export function fileError(thrown: unknown, file: string, message: string, remedy: string): MonitorError {
  return (
    systemError(thrown, file) ??
    new MonitorError('E_FILE', `${message}: ${reasonOf(thrown)}`, { place: { file }, remedy, cause: thrown })
  );
}

/** The commonest reasons in words; the file is told beside them. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'something else has its name',
  EBUSY: 'it is in use',
};

/** Why a file or folder can't be used, in words where they are known. */
export function reasonOf(thrown: unknown): string {
  const { code } = Object(thrown) as { code?: unknown };
  return (typeof code === 'string' ? REASONS[code] : undefined) ?? messageOf(thrown);
}

/** Whether a mail that could not be written for this may wait for the next run, instead of ending this one. */
export function isFileTrouble({ code }: MonitorError): boolean {
  return code === 'E_FILE' || code === 'E_DISK_FULL' || code === 'E_PERMISSION' || code === 'E_DISK';
}
