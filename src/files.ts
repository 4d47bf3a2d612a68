import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError } from './system-errors.ts';

/**
 * Writes a file so that a reader sees the old one or the whole new one, never a part: beside it, to disk, then renamed.
 * The folder must exist. Errors: E_DISK_FULL, E_PERMISSION, E_DISK, E_FILE; nothing half-written stays behind.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  // Always the same name: what a killed run leaves behind, the next one writes over. One run at a time holds the lock.
  const beside = join(dirname(path), `.${basename(path)}.tmp`);
  try {
    const file = await open(beside, 'w');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw fileError(
      cause,
      path,
      "The file can't be written",
      'Check that its folder exists, and that nothing else of that name is in the way.',
    );
  }
}
