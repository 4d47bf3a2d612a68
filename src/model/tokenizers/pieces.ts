/**
 * Pieces of words, for words that a vocabulary lacks: names, slips and inflections still show a stem or an ending. Of the
 * ways to cut words (byte pairs, WordPiece) the plainest: runs of three to six letters, with ^ for a word's beginning and $ for its
 * end, the longest first.
 */
const SIZES = [6, 5, 4, 3] as const;
/** A longer word says no more. */
const MOST_PIECES = 5;
/** What a piece begins with in a vocabulary, so that it is never taken for a word: no token has a tab in it. */
const PIECE = '\t';
/** From here on another occurrence of a word says nothing new about how words are made. */
const MOST_COUNTED = 5;

/** Whether a word can be cut: letters alone, and none of two UTF-16 units, which could be cut in the middle. */
function isCuttable(word: string): boolean {
  return /^\p{L}+$/u.test(word) && !/[\ud800-\udfff]/.test(word);
}

/** Whether an entry of a vocabulary is a piece. */
export function isPiece(entry: string): boolean {
  return entry.startsWith(PIECE);
}

/** The commonest pieces of these words, as a vocabulary has them; of equally common ones the one that came first. */
export function commonPieces(counts: Iterable<readonly [word: string, count: number]>, most: number): string[] {
  const found = new Map<string, number>();
  for (const [word, count] of counts) {
    if (!isCuttable(word)) continue;
    const marked = `^${word}$`;
    for (const size of SIZES)
      for (let start = 0; start + size <= marked.length; start += 1) {
        const piece = PIECE + marked.slice(start, start + size);
        found.set(piece, (found.get(piece) ?? 0) + Math.min(count, MOST_COUNTED));
      }
  }
  // A stable sort keeps the order of first occurrence among equals.
  return [...found]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([piece]) => piece);
}

/** The known pieces of a word from its beginning on, letters between them left out; nothing where no piece is known. */
export function piecesOf(word: string, isKnown: (piece: string) => boolean): string[] {
  if (!isCuttable(word)) return [];
  const marked = `^${word}$`;
  const pieces: string[] = [];
  for (let start = 0; start < marked.length && pieces.length < MOST_PIECES; ) {
    const size = SIZES.find(
      (length) => start + length <= marked.length && isKnown(PIECE + marked.slice(start, start + length)),
    );
    if (size !== undefined) pieces.push(PIECE + marked.slice(start, start + size));
    start += size ?? 1;
  }
  return pieces;
}
