import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '../../../src/context.ts';
import { loadTensorFlow } from '../../../src/model/engines/tensorflow/load.ts';
import { randomOf } from '../../../src/model/training/random.ts';
import { type Recipe, recipeSchema } from '../../../src/model/training/recipe.ts';
import { type TrainOptions, type TrainResult, trainModel } from '../../../src/model/training/train.ts';

export const silent: Progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };

export const javascript = () => loadTensorFlow({ kind: 'javascript' });

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'monitor-training-'));
}

const CLASS_WORDS = {
  negative: ['bad', 'awful', 'late'],
  neutral: ['train', 'today', 'ticket'],
  positive: ['great', 'love', 'nice'],
};
const FILLERS = ['the', 'a', 'is', 'this', 'very', 'my'];

/** Texts whose class is in their words: small, and learnt in a few steps. */
export function writeTinyData(folder: string, rows: number, classes: 2 | 3 = 3): string {
  const random = randomOf(3);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const names = classes === 3 ? (['negative', 'neutral', 'positive'] as const) : (['negative', 'positive'] as const);
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = names[row % names.length] ?? 'negative';
    const length = 2 + Math.floor(random() * 5);
    const words = Array.from({ length }, () => pick(FILLERS));
    words[Math.floor(random() * length)] = pick(CLASS_WORDS[label]);
    return `"${words.join(' ')}",${label}\n`;
  });
  const file = join(folder, 'tiny.csv');
  writeFileSync(file, `text,label\n${lines.join('')}`);
  return file;
}

/** GloVe text with vectors of four numbers for some words. */
export function writeTinyVectors(folder: string): string {
  const file = join(folder, 'vectors.txt');
  writeFileSync(file, 'the 0.1 -0.2 0.3 0.4\nbad -0.5 0.1 0.2 0\ngreat 0.6 0.1 -0.3 0.2\nunused 1 2 3 4\n');
  return file;
}

/** A recipe with everything in it that changes the course of a training. */
export function tinyRecipe(changes: Record<string, unknown> = {}): Recipe {
  return recipeSchema.parse({
    name: 'tiny',
    title: 'Tiny',
    classes: 3,
    split: { validation: 0.2, seed: 5 },
    tokenizer: { name: 'social', version: 1, reads: 'cleaned', max_tokens: 10 },
    vocabulary: { size: 100 },
    network: { kind: 'gru', embedding: 4, hidden: 8, pooling: 'mean_max' },
    vectors: { source: 'a test', freeze_epochs: 1 },
    dropout: { word: 0.05, embedding: 0.05, state: 0.1 },
    optimiser: { kind: 'adam', learning_rate: 0.05, weight_decay: 1e-4 },
    clip: 1,
    schedule: { kind: 'cosine', warmup: 0.1 },
    epochs: 3,
    batch: { rows: 12 },
    early_stopping: { metric: 'loss', patience: 3 },
    class_weights: 'balanced',
    average_weights: 0.9,
    seed: 11,
    ...changes,
  });
}

/** Trains on plain-JavaScript TensorFlow.js. The clock stands still, so that logs can be compared. */
export async function trainTiny(
  folder: string,
  out: string,
  options: Partial<TrainOptions> = {},
): Promise<TrainResult> {
  const recipe = options.recipe ?? tinyRecipe();
  return trainModel({
    data: [join(folder, 'tiny.csv')],
    recipe,
    ...(recipe.vectors ? { vectors: join(folder, 'vectors.txt') } : {}),
    out,
    tensorFlow: await javascript(),
    clock: () => 0,
    signal: new AbortController().signal,
    progress: silent,
    ...options,
  });
}
