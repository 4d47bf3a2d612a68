import { MonitorError } from '../errors.ts';
import { cleanText } from '../ingest/text.ts';
import type { Model } from './artifact.ts';
import { type Prediction, predictionOf } from './predict-texts.ts';
import type { Probabilities } from './probabilities.ts';
import type { TokenizerSpec } from './spec.ts';
import { cleanerOf, tokenizerOfModel, tokensOf } from './tokenizer.ts';
import { socialSpans } from './tokenizers/social.ts';

/** A part of a text: from `start` to before `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A word, emoji, link, … of a text, and what it does. */
export interface Piece extends Span {
  readonly token: string;
  /** The score of the text less its score without this piece, in [−1, 1]: above 0 for what makes it more positive. */
  readonly effect: number;
}

/** A text with its prediction and its words in their order. */
export interface Explanation extends Prediction {
  readonly pieces: readonly Piece[];
  /** Whether the text has more words than were looked at. */
  readonly more: boolean;
}

/** Each piece costs a scoring of its text, so both have a limit. */
const MOST_PIECES = 400;
const MOST_CHARACTERS = 20_000;

/**
 * Which words carried the predictions, by leaving each out (occlusion): a blank is put in its place, the text is cleaned, cut
 * into tokens and scored as any other, and the change of the score is the word's effect. So it is exact for every kind of network
 * and engine, of one word at a time: of two words that say the same, each alone may have little effect.
 * What changes nothing in what the network reads has the effect 0; so has what stands behind the last word that it reads.
 * Errors: E_INPUT for a text of more than 20,000 characters; those of `score`.
 */
export async function explainTexts(
  model: Pick<Model, 'spec' | 'vocabulary' | 'classifier'>,
  texts: readonly string[],
  score: (texts: readonly string[]) => Promise<Probabilities>,
): Promise<Explanation[]> {
  const { spec } = model;
  const clean = cleanerOf(spec.tokenizer);
  const tokenize = tokenizerOfModel(model);
  const idsOf = (text: string) => tokenize(clean(text)).join(' ');
  const { tokenizer } = spec;
  const isFull = (part: string) =>
    (tokenizer.name === 'ngrams' ? tokensOf(tokenizer, clean(part)) : tokenize(clean(part))).length >=
    tokenizer.max_tokens;
  const asked: string[] = [];
  const plans = texts.map((text) => {
    if (text.length > MOST_CHARACTERS)
      throw new MonitorError('E_INPUT', `A text of ${text.length} characters is too long to explain.`, {
        remedy: `Explain texts of at most ${MOST_CHARACTERS} characters, for instance its parts.`,
      });
    const all = spansOf(text, spec.tokenizer);
    const ids = idsOf(text);
    // A word left out must not let in one from behind the limit.
    const read = text.slice(0, endOfReading(text, all, isFull));
    const whole = asked.push(clean(text)) - 1;
    const spans = all.slice(0, MOST_PIECES).map((span) => {
      const without = `${read.slice(0, span.start)} ${read.slice(span.end)}`;
      const ignored = span.start >= read.length || idsOf(without) === ids;
      return { ...span, place: ignored ? whole : asked.push(clean(without)) - 1 };
    });
    return { text, whole, spans, more: all.length > spans.length };
  });
  const scores = await score(asked);
  const predictionAt = (text: string, place: number) =>
    predictionOf(model, text, scores[2 * place] ?? Number.NaN, scores[2 * place + 1] ?? Number.NaN);
  return plans.map(({ text, whole, spans, more }) => {
    const prediction = predictionAt(text, whole);
    const pieces = spans.map(({ start, end, place }) => ({
      ...{ token: text.slice(start, end), start, end },
      effect: place === whole ? 0 : prediction.score - predictionAt(text, place).score,
    }));
    return { ...prediction, pieces, more };
  });
}

/**
 * The pieces of a text that a tokeniser of this kind reads as one. Of a text that cleaning changes within, and of one in fancy
 * letters, what stands between blanks: there, tokens can't be found in the text as it was given.
 */
export function spansOf(text: string, tokenizer: TokenizerSpec): Span[] {
  const changed = tokenizer.reads === 'cleaned' && cleanText(text) !== text.trim();
  const spans = changed ? undefined : ownSpans(text, tokenizer);
  return spans ?? matchesOf(text, /\S+/gu);
}

/** What the tokeniser reads as one, where it can tell: of version 2 of `words` it is what stands between blanks. */
function ownSpans(text: string, tokenizer: TokenizerSpec): Span[] | undefined {
  const words = tokenizer.name === 'ngrams' ? tokenizer.of : tokenizer;
  if (words === 'social' || (typeof words === 'object' && words.name === 'social')) return socialSpans(text);
  if (words === 'words' || (words.name === 'words' && words.version === 1)) return matchesOf(text, /[\p{L}\p{N}_]+/gu);
  return undefined;
}

function matchesOf(text: string, pattern: RegExp): Span[] {
  return Array.from(text.matchAll(pattern), ({ index, 0: match }) => ({ start: index, end: index + match.length }));
}

/** Where the last piece ends that is read; the text's end where all of it is. */
function endOfReading(text: string, spans: readonly Span[], isFull: (part: string) => boolean): number {
  if (!isFull(text)) return text.length;
  // The fewest pieces that have so many tokens, found by halving.
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isFull(text.slice(0, spans[middle - 1]?.end ?? 0))) high = middle;
    else low = middle + 1;
  }
  return spans[low - 1]?.end ?? text.length;
}
