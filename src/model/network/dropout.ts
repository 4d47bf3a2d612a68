/**
 * What is left out in training, so that the network relies on no single word or feature.
 * The same seed and step always leave out the same: nothing is remembered between steps, so that a resumed training goes on
 * as if it had never stopped.
 */
export interface Dropout {
  /** Share of words that are read as `<unk>`. */
  readonly word: number;
  /** Share of a text's embedding features that are 0 at all of its steps (Gal and Ghahramani 2016, one mask a text). */
  readonly embedding: number;
  /** Share of the pooled state's features that are 0, before the last layer. */
  readonly state: number;
  readonly seed: number;
  /** Counts the training's steps. */
  readonly step: number;
}

/** The three masks of a step come from streams of their own. */
const STREAMS = { word: 1, embedding: 2, state: 3 } as const;
type Stream = keyof typeof STREAMS;

/** The ids with some words replaced. Padding is no word. */
export function dropWords(ids: Int32Array, padding: Float32Array, unknownId: number, dropout: Dropout): Int32Array {
  if (dropout.word <= 0) return ids;
  const drops = dropsOf('word', dropout);
  return ids.map((id, row) => (padding[row] === 0 && drops(row) ? unknownId : id));
}

/** A mask of so many numbers: 0 for what is left out, and for the rest what keeps the expected sum. Undefined when all stays. */
export function dropoutMask(stream: 'embedding' | 'state', size: number, dropout: Dropout): Float32Array | undefined {
  const rate = dropout[stream];
  if (rate <= 0) return undefined;
  const drops = dropsOf(stream, dropout);
  return Float32Array.from({ length: size }, (_, index) => (drops(index) ? 0 : 1 / (1 - rate)));
}

/** Whether the number at an index is left out: a hash of seed, step, stream and index, compared with the rate. */
function dropsOf(stream: Stream, dropout: Dropout): (index: number) => boolean {
  const key = mixed(mixed(mixed(dropout.seed) + dropout.step) + STREAMS[stream]);
  const limit = dropout[stream] * 2 ** 32;
  return (index) => mixed(mixed(index) ^ key) < limit;
}

/** MurmurHash3's finaliser (Appleby, public domain): every bit of the input changes half of the 32 output bits. */
function mixed(value: number): number {
  let bits = (value + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
