import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { MonitorError, messageOf } from '../errors.ts';
import { reasonOf } from '../system-errors.ts';

export type Packing = 'none' | 'gzip' | 'zstd';

/** Small enough that even the best ratio (1 to 1,032 for gzip, 1 to 32,000 for zstd) makes no more than some 17 MB of one piece. */
const PIECE: Record<Packing, number> = { none: 262_144, gzip: 16_384, zstd: 512 };
const MAGIC: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/**
 * The content of a file, unpacked when it is gzip or zstd, piece by piece as the caller asks for them. `onRead` hears how many
 * bytes of the file were read; only its first `size` bytes are, so that one that grows meanwhile stays what it was.
 * Errors: E_FILE when the file can't be read (it may work another time), E_INPUT when its packed data is damaged (it won't).
 */
export async function* readBytes(
  path: string,
  onRead: (bytes: number) => void,
  size?: number,
): AsyncGenerator<Uint8Array> {
  const packing = await packingOf(path);
  const pieces = readPieces(path, { pieceSize: PIECE[packing], onRead, size });
  yield* packing === 'none' ? pieces : unpack(pieces, path, packing);
}

/** How a file is packed, by its first bytes: names lie, since browsers unpack downloads and keep the `.gz`. Errors: E_FILE. */
export async function packingOf(path: string): Promise<Packing> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
      const start = buffer.subarray(0, bytesRead);
      return MAGIC.find(([, magic]) => magic.every((byte, index) => start[index] === byte))?.[0] ?? 'none';
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The bytes of a file as they are on disk. Errors: E_FILE. */
export async function* readPieces(
  path: string,
  {
    pieceSize = PIECE.none,
    onRead = () => {},
    size = Number.POSITIVE_INFINITY,
  }: { pieceSize?: number; onRead?: (bytes: number) => void; size?: number | undefined } = {},
): AsyncGenerator<Uint8Array> {
  if (size === 0) return;
  const stream = createReadStream(path, { highWaterMark: pieceSize, end: size - 1 });
  try {
    for await (const piece of stream) {
      onRead(piece.length);
      yield piece;
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): MonitorError {
  return new MonitorError('E_FILE', `The file can't be read: ${reasonOf(cause)}`, {
    place: { file: path },
    remedy: 'Check its path, and that this user may read it; then run the command again.',
    cause,
  });
}

/**
 * What came before the piece with the damage is yielded before the error is thrown, every time the same: a piped stream throws
 * away what it still holds when it fails. zlib keeps back what it unpacked of the damaged piece itself.
 */
async function* unpack(
  pieces: AsyncIterable<Uint8Array>,
  path: string,
  packing: 'gzip' | 'zstd',
): AsyncGenerator<Uint8Array> {
  const unpacker = createUnpacker(packing);
  try {
    for await (const piece of pieces) {
      await unpacker.write(piece);
      yield* unpacker.take();
      if (unpacker.damage()) break;
    }
    if (!unpacker.damage()) await unpacker.end();
    yield* unpacker.take();
  } finally {
    unpacker.destroy();
  }
  const damage = unpacker.damage();
  if (damage)
    throw new MonitorError('E_INPUT', `The ${packing} data is damaged or cut short: ${messageOf(damage)}`, {
      place: { file: path },
      remedy: 'Export or copy the file again. The rows before the damage were kept.',
      cause: damage,
    });
}

interface Unpacker {
  write(piece: Uint8Array): Promise<void>;
  end(): Promise<void>;
  /** What was unpacked since it was last asked for. */
  take(): Uint8Array[];
  damage(): Error | undefined;
  destroy(): void;
}

function createUnpacker(packing: 'gzip' | 'zstd'): Unpacker {
  let unpacked: Uint8Array[] = [];
  let damage: Error | undefined;
  let wake = (): void => {};
  const start = (): ReturnType<typeof createGunzip> => {
    const stream = packing === 'gzip' ? createGunzip() : createZstdDecompress();
    stream.on('data', (bytes: Uint8Array) => unpacked.push(bytes));
    stream.on('error', (error) => {
      damage = error;
      wake();
    });
    stream.on('end', () => wake());
    return stream;
  };
  const until = (begin: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      begin(resolve);
    });
  let stream = start();
  let given = 0;
  let stopped = false;
  return {
    write: async (piece) => {
      let rest = piece;
      while (rest.length > 0 && !damage) {
        if (stopped) {
          rest = withoutPadding(rest);
          if (rest.length === 0) return;
          stream.destroy();
          stream = start();
          given = 0;
          stopped = false;
        }
        const now = rest;
        await until((done) => stream.write(now, () => done()));
        given += now.length;
        const left = given - stream.bytesWritten;
        if (left <= 0) return;
        // A stream stops where its data ends: gunzip at padding, zstd at each of the frames that parallel writers make.
        stopped = true;
        rest = now.subarray(now.length - left);
      }
    },
    end: () => (stopped ? Promise.resolve() : until(() => stream.end())),
    take: () => {
      const taken = unpacked;
      unpacked = [];
      return taken;
    },
    damage: () => damage,
    destroy: () => stream.destroy(),
  };
}

/** Tapes and some tools fill files up with zeros. */
function withoutPadding(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? bytes.subarray(bytes.length) : bytes.subarray(start);
}
