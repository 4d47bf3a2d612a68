/** Which runs a linear model counts: of words up to so many, and of characters from and to so many. */
export interface NgramOptions {
  readonly words: number;
  readonly characters: readonly [from: number, to: number] | null;
}

/** What a run of characters begins with, so that it is never taken for a word: no token has a tab in it. */
const CHARACTERS = '\t';

/**
 * The different n-grams of a text: runs of its tokens joined by a space, and runs of characters within the tokens, with a space
 * on either side for their beginning and end. Counted once each, in the order of their first occurrence.
 */
export function ngramsOf(tokens: readonly string[], { words, characters }: NgramOptions): Set<string> {
  const found = new Set<string>();
  for (const start of tokens.keys())
    for (let end = start + 1; end <= Math.min(start + words, tokens.length); end += 1)
      found.add(end === start + 1 ? (tokens[start] ?? '') : tokens.slice(start, end).join(' '));
  if (characters === null) return found;
  const [from, to] = characters;
  for (const token of new Set(tokens)) {
    const padded = Array.from(` ${token} `);
    for (const start of padded.keys())
      for (let end = start + from; end <= Math.min(start + to, padded.length); end += 1)
        found.add(CHARACTERS + padded.slice(start, end).join(''));
  }
  return found;
}
