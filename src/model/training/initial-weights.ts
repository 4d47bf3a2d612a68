import type { DeepSpec } from '../network-spec.ts';
import { expectedShapes, featuresOf, statesOf } from '../shapes.ts';
import { normalOf, randomOf } from './random.ts';
import type { Vectors } from './vectors.ts';

/** Parameters as plain numbers, by PyTorch's names. */
export type Weights = Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/**
 * A network to begin with, as PyTorch begins: word vectors from N(0, 1), `<pad>` zero; a recurrent layer's from
 * U(−1/√hidden, 1/√hidden); those of the other layers from U(−1/√inputs, 1/√inputs). The wide branch begins at 0, where it adds
 * nothing. Given vectors replace their words'; the other words' are then drawn as wide
 * as those are on average.
 */
export function initialWeights(
  network: DeepSpec,
  words: readonly string[],
  vectors: Vectors | undefined,
  seed: number,
): Weights {
  const weights: Weights = new Map();
  for (const [index, [name, shape]] of [...expectedShapes(network)].entries()) {
    const random = randomOf(seed, index);
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
    if (name === 'embedding.weight') fillEmbedding(data, network.embedding, words, vectors, normalOf(random));
    else if (name !== 'wide.weight') {
      const bound = 1 / Math.sqrt(inputsOf(network, name));
      for (let place = 0; place < data.length; place += 1) data[place] = (2 * random() - 1) * bound;
    }
    weights.set(name, { shape, data });
  }
  return weights;
}

/** What a parameter's first values are scaled by: the inputs of its layer, for a recurrent layer its units. */
function inputsOf(network: DeepSpec, name: string): number {
  if (name.startsWith('fc.')) return featuresOf(network);
  if (network.kind === 'cnn') return network.embedding * (network.widths[Number(name.split('.')[1])] ?? 1);
  return name.startsWith('attention.') ? statesOf(network) : network.hidden;
}

function fillEmbedding(
  data: Float32Array,
  size: number,
  words: readonly string[],
  vectors: Vectors | undefined,
  normal: () => number,
): void {
  const spread = vectors ? spreadOf(vectors) : 1;
  // `<pad>` is 0 and stays what it is.
  for (let place = size; place < data.length; place += 1) data[place] = normal() * spread;
  for (const [id, word] of words.entries()) {
    const vector = vectors?.get(word);
    if (vector && id > 0) data.set(vector, id * size);
  }
}

/** Root of the mean square of all numbers. */
function spreadOf(vectors: Vectors): number {
  let squares = 0;
  let numbers = 0;
  for (const vector of vectors.values()) {
    for (const value of vector) squares += value * value;
    numbers += vector.length;
  }
  return Math.sqrt(squares / numbers);
}
