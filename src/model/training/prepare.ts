import { stat } from 'node:fs/promises';
import type { Progress } from '../../context.ts';
import { MonitorError, throwIfAborted } from '../../errors.ts';
import type { Model } from '../artifact.ts';
import { sha256 } from '../canonical-json.ts';
import { tokenizerOf } from '../tokenizer.ts';
import { buildVocabulary } from './build-vocabulary.ts';
import { type Dataset, readDataset } from './dataset.ts';
import { type Recipe, recipeHash } from './recipe.ts';
import { mayBeHeld, type Split, splitOfDataset } from './split.ts';
import type { Rows } from './trainer.ts';
import { readVectors, type Vectors, vectorsFile } from './vectors.ts';

/** Everything that a training starts from. */
export interface Prepared {
  readonly data: Dataset;
  readonly split: Split;
  readonly words: readonly string[];
  readonly training: Rows;
  /** The rows of `training` that might have been held out: of the sources that the model is for, with labels of their own. */
  readonly domain: Rows;
  readonly validation: Rows;
  readonly vectors: Vectors | undefined;
  /** Hash of all that decides what comes out: recipe, data, vectors, the model begun with. */
  readonly id: string;
}

/**
 * Reads the data, holds out the validation rows, builds the vocabulary of the others (or takes that of the model begun with),
 * reads their vectors and turns texts into ids. Errors: the dataset's; E_USAGE when the recipe wants vectors and no path is given.
 */
export async function prepare(
  options: {
    data: readonly string[];
    recipe: Recipe;
    vectors: string | undefined;
    teachers?: readonly string[];
    init?: Model | undefined;
  },
  progress: Progress,
  signal: AbortSignal,
): Promise<Prepared> {
  const { recipe, teachers = [], init } = options;
  const path = vectorsPath(recipe, options.vectors);
  if (teachers.length > 0) refuseDeaf(recipe);
  const data = await readDataset(options.data, recipe, signal, teachers);
  const split = splitOfDataset(data, recipe.split);
  const texts = split.training.map((row) => data.examples[row]?.text ?? '');
  const words = init ? init.vocabulary : buildVocabulary(texts, recipe);
  throwIfAborted(signal);
  const vectors = path === undefined ? undefined : await vectorsOf(path, words, recipe, progress);
  throwIfAborted(signal);
  const tokenize = tokenizerOf(recipe, words);
  const rowsOf = (rows: readonly number[]): Rows => ({
    sequences: rows.map((row) => tokenize(data.examples[row]?.text ?? '')),
    labels: Int32Array.from(rows, (row) => data.examples[row]?.label ?? 0),
  });
  const training = {
    ...rowsOf(split.training),
    ...softTargets(data, split.training, recipe),
    ...rowWeights(data, split.training),
  };
  const id = sha256(
    `${recipeHash(recipe)} ${data.sha256} ${vectors ? hashOf(vectors) : ''}${init ? ` ${init.networkSha256}` : ''}`,
  );
  const places = split.training.flatMap((row, place) => (mayBeHeld(data, row) ? [place] : []));
  const domain = {
    sequences: places.map((place) => training.sequences[place] ?? new Int32Array()),
    labels: Int32Array.from(places, (place) => training.labels[place] ?? 0),
  };
  return { data, split, words, vectors, id, training, domain, validation: rowsOf(split.validation) };
}

/** What each row is to be answered with, where the recipe mixes a teacher's probabilities into the labels. */
function softTargets(
  data: Dataset,
  rows: readonly number[],
  { soft_labels, sources, classes }: Recipe,
): Pick<Rows, 'targets'> {
  if (soft_labels === 0 && sources === undefined) return {};
  const targets = new Float32Array(classes * rows.length);
  for (const [index, row] of rows.entries()) {
    const { label = 0, probabilities, soft: part = soft_labels } = data.examples[row] ?? {};
    for (let name = 0; name < classes; name += 1) {
      const hard = name === label ? 1 : 0;
      targets[classes * index + name] =
        probabilities === undefined ? hard : hard + part * ((probabilities[name] ?? 0) - hard);
    }
  }
  return { targets };
}

/** What rows weigh, the mean being 1, where a source has a weight of its own. */
function rowWeights(data: Dataset, rows: readonly number[]): Pick<Rows, 'weights'> {
  if (data.examples.every(({ weight }) => weight === undefined)) return {};
  const weights = rows.map((row) => data.examples[row]?.weight ?? 1);
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return { weights: Float32Array.from(weights, (weight) => weight / mean) };
}

/** Errors: E_USAGE when a teacher's files are given to a recipe that takes nothing from them. */
function refuseDeaf({ soft_labels, sources }: Recipe): void {
  if (soft_labels > 0 || Object.values(sources ?? {}).some((rule) => (rule.soft_labels ?? 0) > 0)) return;
  throw new MonitorError('E_USAGE', 'The recipe takes nothing from a teacher.', {
    remedy: 'Set soft_labels in the recipe, for all rows or for a source, or leave out --teacher.',
  });
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
