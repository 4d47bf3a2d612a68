import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileError } from '../system-errors.ts';

/** A file to read, and the source that delivered it. */
export interface InboxFile {
  path: string;
  /** The path inside the inbox, with `/`; for a file from elsewhere its bare name. */
  name: string;
  source: string;
  /** Bytes on disk and when they last changed, milliseconds since 1970 UTC; 0 when that can't be told. */
  size: number;
  changedMs: number;
  /** Whether it lies in the inbox. */
  inside: boolean;
}

/** The source of files that lie in the inbox itself or come from elsewhere. */
const DEFAULT_SOURCE = 'inbox';
const READABLE = /\.(csv|tsv|jsonl|ndjson)(\.(gz|zst))?$/i;
/** A file that changed less than this ago may still be written. */
const YOUNG_MS = 10_000;

/**
 * The CSV and JSON Lines files of the inbox and of its direct subfolders, sorted by path. A subfolder names the source of its
 * files. Other names are left alone, such as those that start with `.` or end in `.part`, `.tmp` or `.crdownload` because someone
 * is still writing them.
 * Undefined when there is no inbox. Errors: E_PERMISSION or E_FILE when it is there but can't be listed.
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
      const [folder = DEFAULT_SOURCE] = parts;
      return {
        path,
        name: isInside ? parts.join('/') : basename(path),
        source: isInside && parts.length > 1 ? folder : DEFAULT_SOURCE,
        ...(await lookAt(path)),
        inside: isInside,
      };
    }),
  );
}

/** Whether a file of this name is read when it lies in the inbox. */
export function isReadableName(name: string): boolean {
  return !name.startsWith('.') && READABLE.test(name);
}

/** Whether a file was written so shortly before now that it should be looked at again before it is read. */
export function isYoung({ changedMs }: InboxFile, nowMs: number): boolean {
  return changedMs <= nowMs && nowMs - changedMs < YOUNG_MS;
}

/** Whether a file has the size and time of change that it was listed with. */
export async function isUnchanged(file: InboxFile): Promise<boolean> {
  const now = await lookAt(file.path);
  return now.size === file.size && now.changedMs === file.changedMs;
}

function isReadable(entry: Dirent): boolean {
  return !entry.isDirectory() && isReadableName(entry.name);
}

async function list(folder: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(cause, folder, "The folder can't be read", 'Check that it is a folder, or set another inbox.');
  }
}

async function lookAt(path: string): Promise<{ size: number; changedMs: number }> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { size, changedMs: mtimeMs };
  } catch {
    return { size: 0, changedMs: 0 };
  }
}
