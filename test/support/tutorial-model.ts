import { join } from 'node:path';
import type { Model } from '../../src/model/artifact.ts';
import { importModel } from '../../src/model/import.ts';
import { sharedPath } from './shared.ts';

/** The tutorial's trained network, imported as its users would: 200 tokens, run over its padding. */
export function makeTutorialModel(folder: string): Promise<Model> {
  return importModel({
    weights: sharedPath('fixtures', 'seed_pipeline', 'rnn_sentiment.safetensors'),
    vocabulary: sharedPath('fixtures', 'seed_pipeline', 'vocab.json'),
    out: join(folder, 'tutorial-imdb'),
    name: 'tutorial-imdb',
    title: 'Film reviews (IMDB), two classes',
    reads: 'original',
    maxTokens: 200,
    padTo: 200,
    masked: false,
    pooling: 'last',
  });
}
