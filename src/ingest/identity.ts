import { hash } from 'node:crypto';

/** First 16 bytes of the SHA-256 of bytes, or of a string's UTF-8. */
export function hash16(text: string | Uint8Array): Buffer {
  // Asking for hex and decoding half of it takes half the time of asking for a buffer.
  return Buffer.from(hash('sha256', text).slice(0, 32), 'hex');
}

export interface PostIdentity {
  id: string | null;
  atMs: number;
  userId: string | null;
  /** The text as it was exported: cleaning may improve, a post stays the same post. */
  original: string;
}

/**
 * Makes the keys of one file's posts, in the order of its rows. A key is unique within a source:
 * - `id:<id>` with an id;
 * - `h:<hash>` of instant, user and text without one, so that overlapping exports add only what is new;
 * - `h:<hash>:<k>` without a user too, for the k-th identical row of the file: different people say the same thing in the
 *   same minute, and reading the rows again counts to the same k.
 * Counting takes about 50 bytes for each row of the file that has neither id nor user.
 */
export function createKeys(): (post: PostIdentity) => string {
  const seen = new Map<number, number>();
  return ({ id, atMs, userId, original }) => {
    if (id !== null) return `id:${id}`;
    const digest = hash16(`${atMs}\0${userId ?? ''}\0${original}`);
    const key = `h:${digest.toString('base64url')}`;
    if (userId !== null) return key;
    // 48 bits tell the rows of one file apart, in a third of the memory of a string.
    const short = digest.readUIntBE(0, 6);
    const count = (seen.get(short) ?? 0) + 1;
    seen.set(short, count);
    return `${key}:${count}`;
  };
}
