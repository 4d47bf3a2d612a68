import type { ModelSpec } from './spec.ts';
import { socialTokens } from './tokenizers/social.ts';
import { UNKNOWN_ID } from './vocabulary.ts';

/** Turns a text into the ids of its words. */
export type Tokenizer = (text: string) => Int32Array;

/**
 * Tokeniser `words`, version 1: Python's `re.findall(r'\b\w+\b', text.lower())`.
 *
 * Python's `\w` is a letter, a number of any kind (², ½ and Ⅷ too) or the underscore; combining marks are not. Both languages
 * lower-case by Unicode's full mapping, final sigma and dotted İ included, so only characters newer than the Unicode version
 * of that Python can differ. The pattern is part of the network: a change is a new version.
 */
export function* wordsOf(text: string): Generator<string> {
  for (const match of text.toLowerCase().matchAll(/[\p{L}\p{N}_]+/gu)) yield match[0];
}

/** The words that a tokeniser gives to be counted for a vocabulary; a drawn-out word is left to its ordinary spellings. */
export function tokensToCount(name: ModelSpec['tokenizer']['name'], text: string): string[] {
  if (name === 'social') return socialTokens(text, Number.POSITIVE_INFINITY, () => undefined);
  return [...wordsOf(text)];
}

/**
 * The tokeniser that a network was trained with: the first `max_tokens` words, each by its id, unknown words as `<unk>`.
 * A text without a word is one `<unk>` where padding is masked, since a recurrent network needs at least one step.
 * Where padding is not masked it stays empty: such a network reads its padding, as it did in training.
 */
export function tokenizerOf(spec: Pick<ModelSpec, 'tokenizer' | 'padding'>, vocabulary: readonly string[]): Tokenizer {
  const idOfWord = new Map(vocabulary.map((word, id) => [word, id]));
  const { name, max_tokens: maxTokens } = spec.tokenizer;
  const ofNoWords = spec.padding.masked ? [UNKNOWN_ID] : [];
  // Of two spellings the commoner: vocabularies are sorted by frequency.
  const choose = (doubled: string, single: string): string =>
    (idOfWord.get(single) ?? Number.POSITIVE_INFINITY) < (idOfWord.get(doubled) ?? Number.POSITIVE_INFINITY)
      ? single
      : doubled;
  const tokens: (text: string) => Iterable<string> =
    name === 'social' ? (text) => socialTokens(text, maxTokens, choose) : wordsOf;
  return (text) => {
    const ids: number[] = [];
    for (const word of tokens(text)) {
      ids.push(idOfWord.get(word) ?? UNKNOWN_ID);
      if (ids.length === maxTokens) break;
    }
    return Int32Array.from(ids.length > 0 ? ids : ofNoWords);
  };
}
