import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InboxFile } from './inbox.ts';
import { isUnchanged } from './inbox.ts';

/** The folder inside the inbox that read files are moved to. Its name starts with a dot, so it is no source. */
const ARCHIVE = '.archive';

/**
 * Puts away a file whose every row is in the database. It may be killed anywhere: the file's content is known by its hash, so that a
 * file that stayed is put away by the next run. A file outside the inbox, or one that changed since it was read, stays.
 * Returns where it is now; undefined when it is where it was. Errors: those of the file system.
 */
export async function putAway(
  file: InboxFile,
  sha256: string,
  { inbox, processed }: { inbox: string; processed: 'keep' | 'archive' | 'delete' },
): Promise<string | undefined> {
  if (processed === 'keep' || !file.inside || !(await isUnchanged(file))) return undefined;
  if (processed === 'delete') {
    await rm(file.path, { force: true });
    return undefined;
  }
  const plain = join(inbox, ARCHIVE, file.name);
  // An earlier file of that name, such as yesterday's export.csv, is not written over.
  const target = existsSync(plain) ? plain.replace(/(\.[a-z]+(\.(gz|zst))?)$/i, `-${sha256.slice(0, 12)}$1`) : plain;
  await mkdir(dirname(target), { recursive: true });
  await rename(file.path, target);
  return target;
}
