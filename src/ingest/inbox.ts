import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MonitorError, messageOf } from '../errors.ts';

/** A file to read, and the source that delivered it. */
export interface InboxFile {
  path: string;
  /** The path inside the inbox, with `/`; for a file from elsewhere its bare name. */
  name: string;
  source: string;
  /** Bytes on disk; 0 when that can't be told. */
  size: number;
}

/** The source of files that lie in the inbox itself or come from elsewhere. */
const DEFAULT_SOURCE = 'inbox';
const READABLE = /\.csv(\.gz)?$/i;

/**
 * The CSV files of the inbox and of its direct subfolders, sorted by path. A subfolder names the source of its files.
 * Names that start with `.` or end in `.part` are files that someone is still writing, and left alone.
 * Undefined when there is no inbox. Errors: E_FILE when it is there but can't be listed.
 */
export async function listInbox(inbox: string): Promise<InboxFile[] | undefined> {
  const top = await list(inbox);
  if (top === undefined) return undefined;
  const paths: string[] = [];
  for (const entry of top) {
    if (entry.name.startsWith('.')) continue;
    const path = join(inbox, entry.name);
    if (entry.isDirectory()) {
      for (const inner of (await list(path)) ?? []) if (isReadable(inner)) paths.push(join(path, inner.name));
    } else if (isReadable(entry)) paths.push(path);
  }
  return describeFiles(inbox, paths.sort());
}

/** The same for files named one by one, in the order given. */
export function describeFiles(inbox: string, paths: readonly string[]): Promise<InboxFile[]> {
  return Promise.all(
    paths.map(async (path) => {
      const inside = relative(inbox, resolve(path));
      const isInside = inside !== '' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
      const parts = inside.split(sep);
      const [folder] = parts;
      return {
        path,
        name: isInside ? parts.join('/') : basename(path),
        source: isInside && parts.length > 1 && folder !== undefined ? folder : DEFAULT_SOURCE,
        size: await sizeOf(path),
      };
    }),
  );
}

function isReadable(entry: Dirent): boolean {
  return !entry.name.startsWith('.') && !entry.isDirectory() && READABLE.test(entry.name);
}

async function list(folder: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new MonitorError('E_FILE', `The folder can't be read: ${messageOf(cause)}`, {
      place: { file: folder },
      remedy: `Check the permissions of ${dirname(folder)} and of the folder itself, or set another inbox in the config.`,
      cause,
    });
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
