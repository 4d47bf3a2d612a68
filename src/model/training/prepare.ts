import { stat } from 'node:fs/promises';
import type { Progress } from '../../context.ts';
import { MonitorError, throwIfAborted } from '../../errors.ts';
import { sha256 } from '../canonical-json.ts';
import { tokenizerOf } from '../tokenizer.ts';
import { buildVocabulary } from './build-vocabulary.ts';
import { type Dataset, readDataset } from './dataset.ts';
import { type Recipe, recipeHash } from './recipe.ts';
import { type Split, splitOf } from './split.ts';
import type { Rows } from './trainer.ts';
import { readVectors, type Vectors, vectorsFile } from './vectors.ts';

/** Everything that a training starts from. */
export interface Prepared {
  readonly data: Dataset;
  readonly split: Split;
  readonly words: readonly string[];
  readonly training: Rows;
  readonly validation: Rows;
  readonly vectors: Vectors | undefined;
  /** Hash of all that decides what comes out: recipe, data, vectors. */
  readonly id: string;
}

/**
 * Reads the data, holds out the validation rows, builds the vocabulary of the others, reads their vectors and turns texts into
 * ids. Errors: the dataset's; E_USAGE when the recipe wants vectors and no path is given.
 */
export async function prepare(
  options: { data: readonly string[]; recipe: Recipe; vectors: string | undefined },
  progress: Progress,
  signal: AbortSignal,
): Promise<Prepared> {
  const { recipe } = options;
  const path = vectorsPath(recipe, options.vectors);
  const data = await readDataset(options.data, recipe, signal);
  const split = splitOf(
    data.examples.map(({ label }) => label),
    recipe.split,
  );
  const texts = split.training.map((row) => data.examples[row]?.text ?? '');
  const words = buildVocabulary(texts, recipe);
  throwIfAborted(signal);
  const vectors = path === undefined ? undefined : await vectorsOf(path, words, recipe, progress);
  throwIfAborted(signal);
  const tokenize = tokenizerOf(recipe, words);
  const rowsOf = (rows: readonly number[]): Rows => ({
    sequences: rows.map((row) => tokenize(data.examples[row]?.text ?? '')),
    labels: Int32Array.from(rows, (row) => data.examples[row]?.label ?? 0),
  });
  const training = { ...rowsOf(split.training), ...softTargets(data, split.training, recipe) };
  const id = sha256(`${recipeHash(recipe)} ${data.sha256} ${vectors ? hashOf(vectors) : ''}`);
  return { data, split, words, vectors, id, training, validation: rowsOf(split.validation) };
}

/** What each row is to be answered with, where the recipe mixes a teacher's probabilities into the labels. */
function softTargets(
  data: Dataset,
  rows: readonly number[],
  { soft_labels: part, classes }: Recipe,
): Pick<Rows, 'targets'> {
  if (part === 0) return {};
  const targets = new Float32Array(classes * rows.length);
  for (const [index, row] of rows.entries()) {
    const { label, probabilities } = data.examples[row] ?? { label: 0 };
    for (let name = 0; name < classes; name += 1) {
      const hard = name === label ? 1 : 0;
      targets[classes * index + name] =
        probabilities === undefined ? hard : hard + part * ((probabilities[name] ?? 0) - hard);
    }
  }
  return { targets };
}

/** Asked before anything is read, so that a missing path is heard of at once. */
function vectorsPath(recipe: Recipe, given: string | undefined): string | undefined {
  if (recipe.vectors === null) return undefined;
  if (given !== undefined) return vectorsFile(given);
  throw new MonitorError('E_USAGE', `The recipe begins with the word vectors ${recipe.vectors.source}.`, {
    remedy: `Get them and say where they are: --vectors <folder or file>.`,
  });
}

async function vectorsOf(path: string, words: readonly string[], recipe: Recipe, progress: Progress): Promise<Vectors> {
  progress.start('vectors', (await stat(path)).size);
  try {
    return await readVectors(path, words, recipe.network.embedding, progress.advance);
  } finally {
    progress.finish();
  }
}

function hashOf(vectors: Vectors): string {
  return sha256([...vectors].map(([word, vector]) => `${word} ${vector.join(' ')}`).join('\n'));
}
