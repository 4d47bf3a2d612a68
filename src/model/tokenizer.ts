import { cleanText } from '../ingest/text.ts';
import type { Model } from './artifact.ts';
import type { ModelSpec, TokenizerSpec } from './spec.ts';
import { ngramsOf } from './tokenizers/ngrams.ts';
import { piecesOf } from './tokenizers/pieces.ts';
import { plainTokens } from './tokenizers/plain.ts';
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
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}

/** What is done to a text as it was posted before a tokeniser reads it. */
export function cleanerOf({ reads }: Pick<TokenizerSpec, 'reads'>): (text: string) => string {
  return reads === 'cleaned' ? cleanText : (text) => text;
}

/** What a tokeniser gives to be counted for a vocabulary; a drawn-out word is left to its ordinary spellings. */
export function tokensToCount(tokenizer: TokenizerSpec, text: string): string[] {
  if (tokenizer.name === 'ngrams') return [...ngramsOfText(tokenizer, text)];
  if (tokenizer.name === 'huggingface') throw notHere();
  if (tokenizer.name === 'social') return socialTokens(text, Number.POSITIVE_INFINITY, () => undefined);
  return [...plainOrWordsOf(tokenizer, text)];
}

/** Either version of `words`. */
function plainOrWordsOf(tokenizer: Extract<TokenizerSpec, { name: 'words' }>, text: string): Iterable<string> {
  return tokenizer.version === 2 ? plainTokens(text, tokenizer) : wordsOf(text);
}

/** The words that a tokeniser finds, also those under n-grams: all of them, whatever of them is read. */
export function tokensOf(tokenizer: TokenizerSpec, text: string): string[] {
  if (tokenizer.name === 'social') return socialTokens(text);
  if (tokenizer.name === 'words') return [...plainOrWordsOf(tokenizer, text)];
  if (tokenizer.name === 'huggingface') throw notHere();
  const { of } = tokenizer;
  if (of === 'social') return socialTokens(text);
  return [...(of === 'words' ? wordsOf(text) : plainTokens(text, of))];
}

/** Words for a vocabulary are asked of the tokenisers that this program trains with. */
function notHere(): Error {
  return new Error('a tokenizer.json gives ids, not words');
}

/** The tokeniser of a model as it was loaded. */
export function tokenizerOfModel(model: Pick<Model, 'spec' | 'vocabulary' | 'classifier'>): Tokenizer {
  return model.classifier?.encode ?? tokenizerOf(model.spec, model.vocabulary);
}

/** A linear model's features of a text. */
function ngramsOfText(tokenizer: Extract<TokenizerSpec, { name: 'ngrams' }>, text: string): Set<string> {
  return ngramsOf(tokensOf(tokenizer, text).slice(0, tokenizer.max_tokens), tokenizer);
}

/**
 * The tokeniser that a network was trained with: the first `max_tokens` words, each by its id, unknown words as `<unk>`.
 * A text without a word is one `<unk>` where padding is masked, since a recurrent network needs at least one step.
 * Where padding is not masked it stays empty: such a network reads its padding, as it did in training.
 * Version 2 of `social` reads an unknown word by the pieces of it that the vocabulary has.
 * A linear model's n-grams are all read, but for unknown ones, which say nothing.
 */
export function tokenizerOf(spec: Pick<ModelSpec, 'tokenizer' | 'padding'>, vocabulary: readonly string[]): Tokenizer {
  const idOfWord = new Map(vocabulary.map((word, id) => [word, id]));
  const { tokenizer } = spec;
  const { max_tokens: maxTokens } = tokenizer;
  if (tokenizer.name === 'huggingface') throw notHere();
  const ofNoWords = spec.padding.masked ? [UNKNOWN_ID] : [];
  if (tokenizer.name === 'ngrams')
    return (text) => {
      const known = [...ngramsOfText(tokenizer, text)].flatMap((ngram) => idOfWord.get(ngram) ?? []);
      return Int32Array.from(known.length > 0 ? known : ofNoWords);
    };
  // Of two spellings the commoner: vocabularies are sorted by frequency.
  const choose = (doubled: string, single: string): string =>
    (idOfWord.get(single) ?? Number.POSITIVE_INFINITY) < (idOfWord.get(doubled) ?? Number.POSITIVE_INFINITY)
      ? single
      : doubled;
  const tokens: (text: string) => Iterable<string> =
    tokenizer.name === 'social'
      ? (text) => socialTokens(text, maxTokens, choose)
      : (text) => plainOrWordsOf(tokenizer, text);
  const inPieces = tokenizer.name === 'social' && tokenizer.version === 2;
  const idsOfUnknown = (word: string): number[] => {
    const pieces = inPieces ? piecesOf(word, (piece) => idOfWord.has(piece)) : [];
    return pieces.length > 0 ? pieces.map((piece) => idOfWord.get(piece) ?? UNKNOWN_ID) : [UNKNOWN_ID];
  };
  return (text) => {
    const ids: number[] = [];
    for (const word of tokens(text)) {
      const id = idOfWord.get(word);
      if (id !== undefined) ids.push(id);
      else ids.push(...idsOfUnknown(word));
      if (ids.length >= maxTokens) break;
    }
    if (ids.length > maxTokens) ids.length = maxTokens;
    return new Int32Array(ids.length > 0 ? ids : ofNoWords);
  };
}
