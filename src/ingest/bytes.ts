import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { MonitorError, messageOf } from '../errors.ts';

/** Small enough that even gzip's best ratio, 1 to 1,032, makes no more than 17 MB of one piece. */
const GZIP_PIECE = 16_384;
const PLAIN_PIECE = 65_536;

/**
 * The content of a file, decompressed when its name ends in `.gz`, piece by piece as the caller asks for them.
 * `onRead` hears how many bytes of the file were read.
 * Errors: E_FILE when the file can't be read (it may work another time), E_INPUT when its gzip data is damaged (it won't).
 */
export async function* readBytes(path: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const packed = /\.gz$/i.test(path);
  const pieces = readPieces(path, packed ? GZIP_PIECE : PLAIN_PIECE, onRead);
  yield* packed ? unpack(pieces, path) : pieces;
}

/** The bytes of a file as they are on disk. Errors: E_FILE. */
export async function* readPieces(
  path: string,
  size = PLAIN_PIECE,
  onRead = (_bytes: number): void => {},
): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(path, { highWaterMark: size });
  try {
    for await (const piece of stream) {
      onRead(piece.length);
      yield piece;
    }
  } catch (cause) {
    throw new MonitorError('E_FILE', `The file can't be read: ${messageOf(cause)}`, {
      place: { file: path },
      remedy: 'Check that the file is there and may be read, then run again: it goes on where it stopped.',
      cause,
    });
  }
}

/**
 * Everything that was unpacked before a damaged place is yielded before the error is thrown, every time the same:
 * a piped stream throws away what it still holds when it fails.
 */
async function* unpack(pieces: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const unpacked: Uint8Array[] = [];
  let damage: Error | undefined;
  let wake = (): void => {};
  gunzip.on('data', (bytes: Uint8Array) => unpacked.push(bytes));
  gunzip.on('error', (error) => {
    damage = error;
    wake();
  });
  gunzip.on('end', () => wake());
  const until = (start: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      start(resolve);
    });
  try {
    for await (const piece of pieces) {
      await until((done) => gunzip.write(piece, () => done()));
      yield* unpacked.splice(0);
      if (damage) break;
    }
    if (!damage) await until(() => gunzip.end());
    yield* unpacked.splice(0);
  } finally {
    gunzip.destroy();
  }
  if (damage)
    throw new MonitorError('E_INPUT', `The gzip data is damaged or cut short: ${messageOf(damage)}`, {
      place: { file: path },
      remedy: 'Export or copy the file again. The rows before the damage were kept.',
      cause: damage,
    });
}
