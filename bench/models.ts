import { join } from 'node:path';
import { findModel, loadModel, type Model } from '../src/model/artifact.ts';
import type { RecurrentSpec } from '../src/model/network-spec.ts';
import { initialWeights } from '../src/model/training/initial-weights.ts';
import { writeModel } from '../src/model/write-model.ts';

const WORDS = 30_000;

/** Common words of the shipped model's vocabulary, for invented posts: plain ones, which every tokeniser reads as one word. */
export async function commonWords(): Promise<string[]> {
  const { vocabulary } = await loadModel(findModel('social'));
  return vocabulary.filter((word) => /^[a-z]{2,}$/.test(word));
}

/**
 * The network of the tutorial that this program is held against: a GRU of 128 units in both directions on vectors of 128
 * numbers for 30,000 words. Its weights are drawn by chance, which changes no speed.
 */
export async function makeTutorialSized(folder: string): Promise<Model> {
  const shipped = await loadModel(findModel('social'));
  const words = shipped.vocabulary.filter((word, id) => id < 2 || /^[a-z]+$/.test(word));
  const vocabulary = [...words, ...Array.from({ length: WORDS }, (_, index) => `word${index}`)].slice(0, WORDS);
  const network: RecurrentSpec = {
    ...{ kind: 'gru', layers: 1, bidirectional: true, embedding: 128, hidden: 128, pooling: 'last' },
    ...{ vocabulary: WORDS, outputs: 1 },
  };
  return writeModel(join(folder, 'tutorial-sized'), {
    spec: {
      ...{ name: 'tutorial-sized', title: 'BiGRU 128/128, weights drawn by chance', network },
      tokenizer: { name: 'words', version: 1, reads: 'cleaned', max_tokens: 200 },
      padding: { to: null, masked: true },
      labels: ['negative', 'positive'],
      threshold: 0.5,
      about: { sources: 'none: its weights are drawn by chance', licence: 'MIT', limits: 'it knows nothing' },
    },
    weights: initialWeights(network, vocabulary, undefined, 1),
    precision: 'F32',
    vocabulary,
  });
}
