import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { MonitorError } from '../../../errors.ts';

/** A file inside a zip file. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its local header begins. */
  readonly offset: number;
}

const END_OF_DIRECTORY = Buffer.from('PK\x05\x06', 'latin1');
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;
const PIECE_BYTES = 1 << 20;
const STORED = 0;
const DEFLATED = 8;

/** An open zip file: its directory, and a way to unpack an entry. */
export interface Zip {
  readonly entries: readonly ZipEntry[];
  /**
   * Unpacks an entry to a path whose folder exists, in bounded memory. `written` is told the bytes as they come.
   * Errors: E_ENGINE_INSTALL where the content is not what the directory says.
   */
  unpack(entry: ZipEntry, target: string, written: (bytes: number) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a zip file and reads its directory (APPNOTE.TXT 4.3.12 and 4.3.16). Files of 4 GB and more (zip64) are not read: no
 * wheel used here is that long. Errors: E_ENGINE_INSTALL where it is no whole zip file.
 */
export async function openZip(file: string): Promise<Zip> {
  const handle = await open(file);
  try {
    const entries = await readDirectory(handle, file);
    return {
      entries,
      unpack: (entry, target, written, signal) => unpackEntry(handle, file, entry, target, written, signal),
      close: () => handle.close(),
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

async function readDirectory(handle: FileHandle, file: string): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  const tail = await readAt(handle, Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES), size);
  const end = tail.lastIndexOf(END_OF_DIRECTORY);
  if (end < 0 || tail.length - end < END_BYTES) throw damaged(file);
  const count = tail.readUInt16LE(end + 10);
  const start = tail.readUInt32LE(end + 16);
  const directory = await readAt(handle, start, Math.min(size, start + tail.readUInt32LE(end + 12)));
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== DIRECTORY_ENTRY) throw damaged(file);
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes),
      method: directory.readUInt16LE(at + 10),
      crc32: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += ENTRY_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function unpackEntry(
  handle: FileHandle,
  file: string,
  entry: ZipEntry,
  target: string,
  written: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const header = await readAt(handle, entry.offset, entry.offset + LOCAL_BYTES);
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL_HEADER) throw damaged(file, entry.name);
  // The local header repeats the name, and has extra fields of its own length.
  const start = entry.offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  let sum = 0;
  let bytes = 0;
  async function* checked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      sum = crc32(chunk, sum);
      bytes += chunk.length;
      written(chunk.length);
      yield chunk;
    }
  }
  const packed = readPieces(handle, start, start + entry.packedBytes);
  const output = createWriteStream(target);
  try {
    if (entry.method === STORED) await pipeline(packed, checked, output, { signal });
    else if (entry.method === DEFLATED)
      await pipeline(packed, createInflateRaw({ chunkSize: 1 << 18 }), checked, output, { signal });
    else throw damaged(file, entry.name);
  } catch (cause) {
    // zlib's own errors are Z_DATA_ERROR and the like; the others (a full disk, an interruption) are not about the archive.
    if (/^Z_/.test((cause as NodeJS.ErrnoException).code ?? '')) throw damaged(file, entry.name, cause);
    throw cause;
  }
  if (sum !== entry.crc32 || bytes !== entry.bytes) throw damaged(file, entry.name);
}

async function* readPieces(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += PIECE_BYTES) yield await readAt(handle, at, Math.min(end, at + PIECE_BYTES));
}

async function readAt(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}

function damaged(file: string, entry?: string, cause?: unknown): MonitorError {
  return new MonitorError('E_ENGINE_INSTALL', `The wheel is damaged${entry === undefined ? '' : ` at ${entry}`}.`, {
    place: { file },
    remedy: 'Delete that file and run the same command again: it is downloaded anew.',
    cause,
  });
}
