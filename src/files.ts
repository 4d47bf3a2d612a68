import { access, constants, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { MonitorError } from './errors.ts';
import { fileError } from './system-errors.ts';

/**
 * Writes a file so that a reader sees the old one or the whole new one, never a part: beside it, to disk, then renamed.
 * The folder must exist. Errors: E_DISK_FULL, E_PERMISSION, E_DISK, E_FILE; nothing half-written stays behind.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  // Always the same name: what a killed run leaves behind, the next one writes over. One run at a time holds the lock.
  await writeBeside(path, join(dirname(path), `.${basename(path)}.tmp`), (write) => write(data));
}

/**
 * The same for a file too large to be held in memory, where a person said to put it. May be called by several processes at once, each
 * with a name of its own beside the file, which stays where that process is killed.
 */
export function writeFileInParts<T>(
  path: string,
  work: (write: (part: string | Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  return writeBeside(path, join(dirname(path), `.${basename(path)}.${process.pid}.tmp`), work);
}

/** Tells before a long piece of work that its file can't be written. Errors: E_PERMISSION, E_FILE. */
export async function checkFolderOf(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    throw notWritten(cause, path);
  }
}

function notWritten(cause: unknown, path: string): MonitorError {
  return fileError(
    cause,
    path,
    "The file can't be written",
    'Check that its folder exists, and that nothing else of that name is in the way.',
  );
}

async function writeBeside<T>(
  path: string,
  beside: string,
  work: (write: (part: string | Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  try {
    const file = await open(beside, 'w');
    let result: T;
    try {
      result = await work((part) => file.writeFile(part));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    return result;
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    // What went wrong in the work that gives the parts is not the file's fault.
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw notWritten(cause, path);
  }
}
