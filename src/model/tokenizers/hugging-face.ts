import type { Tokenizer } from '@huggingface/tokenizers';
import { decodeHTMLStrict } from 'entities/decode';
import { MonitorError, messageOf } from '../../errors.ts';
import type { HuggingFaceTokenizerSpec } from '../spec.ts';

/** Turns a text into the ids of its tokens. */
export type Encode = (text: string) => Int32Array;

/** A tokenizer.json, ready to read texts. */
export interface HuggingFaceTokenizer {
  /** How many tokens it knows. */
  readonly size: number;
  /** Most tokens that it reads of a text itself, where it says so. */
  readonly maxTokens: number | null;
  encoderOf(spec: HuggingFaceTokenizerSpec): Encode;
}

/** The kinds of tokenisers that the library reads as their makers meant; of others it would give some ids without a word. */
const READ = ['WordPiece', 'BPE', 'Unigram'];

const LINK = /(?:https?:\/\/|www\.)\S+/gi;
/** Not inside a word, so that a mail address stays one. */
const MENTION = /(?<![\p{L}\p{N}_])@[\p{L}\p{N}_]+/gu;

/** What is done to a text before its tokens are looked for. */
function normaliserOf({ html_entities, links, mentions }: HuggingFaceTokenizerSpec): (text: string) => string {
  return (text) => {
    let result = text;
    for (let pass = 0; html_entities && pass < 2 && result.includes('&'); pass += 1) result = decodeHTMLStrict(result);
    if (links !== null) result = result.replace(LINK, () => links);
    if (mentions !== null) result = result.replace(MENTION, () => mentions);
    return result;
  };
}

/**
 * Reads a tokenizer.json as Hugging Face's `tokenizers` library writes it. Its own truncation and padding are not applied: the
 * model says where to cut, and texts are not padded. The library is loaded only here, for models that need it.
 * Errors: E_MODEL_INVALID when it is not such a file.
 */
export async function readTokenizer(bytes: Uint8Array, file: string): Promise<HuggingFaceTokenizer> {
  try {
    const json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as {
      truncation?: { max_length?: number } | null;
      model?: { type?: string };
    };
    const type = json.model?.type;
    if (type === undefined || !READ.includes(type))
      throw new Error(`its model is ${type ?? 'missing'}, not one of ${READ.join(', ')}`);
    const library = await import('@huggingface/tokenizers');
    const tokenizer = new library.Tokenizer(json, {});
    const around = tokensAround(tokenizer);
    return {
      size: tokenizer.get_vocab(true).size,
      maxTokens: json.truncation?.max_length ?? null,
      encoderOf: (spec) => encoder(tokenizer, around, spec),
    };
  } catch (cause) {
    throw new MonitorError('E_MODEL_INVALID', `The tokeniser can't be read: ${messageOf(cause)}`, {
      place: { file },
      remedy: 'Give the tokenizer.json that Hugging Face tokenizers saved with the model.',
      cause,
    });
  }
}

interface Around {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

function encoder(tokenizer: Tokenizer, { before, after }: Around, spec: HuggingFaceTokenizerSpec): Encode {
  const normalise = normaliserOf(spec);
  const room = Math.max(0, spec.max_tokens - before.length - after.length);
  return (text) => {
    const { ids }: { ids: number[] } = tokenizer.encode(normalise(text).toWellFormed(), { add_special_tokens: false });
    const all = [...before, ...(ids.length > room ? ids.slice(0, room) : ids), ...after];
    // A network needs at least one step; only a tokeniser that puts nothing around a text can get here.
    return Int32Array.from(all.length > 0 ? all : [0]);
  };
}

/** The tokens that it puts before and after every text, such as [CLS] and [SEP]. */
function tokensAround(tokenizer: Tokenizer): Around {
  const bare: number[] = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const whole: number[] = tokenizer.encode('a', { add_special_tokens: true }).ids;
  const start = whole.findIndex((_, place) => bare.every((id, index) => whole[place + index] === id));
  if (bare.length === 0 || start < 0) throw new Error('it gives no tokens for a letter');
  return { before: whole.slice(0, start), after: whole.slice(start + bare.length) };
}
