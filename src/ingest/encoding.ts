import { isAscii } from 'node:buffer';

/** The encodings that exports come in, by the names that the config and TextDecoder know. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Bytes at the start in which NULs are counted. */
const HEAD = 4096;

export interface FoundEncoding {
  encoding: Encoding;
  /** Places of a UTF-8 file that are not UTF-8 and become U+FFFD. */
  broken: number;
}

/** Tells the encoding of bytes that are shown to it piece by piece. */
export interface EncodingProbe {
  push(piece: Uint8Array): void;
  result(): FoundEncoding;
}

/**
 * By a byte order mark; else UTF-16 by its NULs, since half of every Latin letter is one; else UTF-8 when the bytes are. Bytes that
 * are not are Windows-1252 when they break UTF-8 at least as often as they keep it: an é of Windows-1252 never looks like
 * UTF-8 by chance often, while one emoji that a tool cut in two doesn't make a file Windows-1252.
 */
export function createEncodingProbe(): EncodingProbe {
  let head = Buffer.alloc(0);
  let open = 0;
  let sequences = 0;
  let broken = 0;

  const count = (piece: Uint8Array): void => {
    if (open === 0 && isAscii(piece)) return;
    // By index: an iterator took five times as long.
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      if (open > 0) {
        if ((byte & 0xc0) === 0x80) {
          open -= 1;
          if (open === 0) sequences += 1;
          continue;
        }
        broken += 1;
        open = 0;
      }
      if (byte < 0x80) continue;
      if (byte >= 0xc2 && byte <= 0xdf) open = 1;
      else if (byte >= 0xe0 && byte <= 0xef) open = 2;
      else if (byte >= 0xf0 && byte <= 0xf4) open = 3;
      else broken += 1;
    }
  };

  return {
    push: (piece) => {
      if (head.length < HEAD) head = Buffer.concat([head, piece.subarray(0, HEAD - head.length)]);
      count(piece);
    },
    result: () => {
      const marked = ofMark(head) ?? ofNuls(head);
      // The last letter may be cut.
      const all = broken + (open > 0 ? 1 : 0);
      if (marked !== undefined) return { encoding: marked, broken: marked === 'utf-8' ? all : 0 };
      return all > 0 && all >= sequences ? { encoding: 'windows-1252', broken: 0 } : { encoding: 'utf-8', broken: all };
    },
  };
}

function ofMark(head: Uint8Array): Encoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
}

function ofNuls(head: Uint8Array): Encoding | undefined {
  const nuls: [number, number] = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) nuls[index % 2 === 0 ? 0 : 1] += 1;
  const [even, odd] = nuls;
  const pairs = head.length / 2;
  if (odd > pairs / 5 && even < pairs / 50) return 'utf-16le';
  return even > pairs / 5 && odd < pairs / 50 ? 'utf-16be' : undefined;
}
