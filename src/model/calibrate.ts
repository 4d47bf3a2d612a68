import { z } from 'zod';
import type { Progress } from '../context.ts';
import { MonitorError } from '../errors.ts';
import type { Model } from './artifact.ts';
import {
  classProbabilities,
  type FitOptions,
  fitApplied,
  type LabelledProbabilities,
  LEAST_PER_CLASS,
  smallClass,
} from './fit-calibration.ts';
import type { Pool } from './pool.ts';
import { calibrate } from './probabilities.ts';
import type { ModelSpec } from './spec.ts';
import { type Dataset, readDataset } from './training/dataset.ts';
import type { LinearRecipe } from './training/linear/linear-recipe.ts';
import type { Recipe } from './training/recipe.ts';
import { splitOfDataset } from './training/split.ts';
import { refuseExisting, writeSibling } from './write-model.ts';

/** Texts scored at once. */
const PAGE = 4_096;

export interface CalibrateOptions extends FitOptions {
  readonly model: Model;
  /** Labelled files that the model was not trained on; with a recipe, those that it was trained on, of which the rows held out count. */
  readonly data: readonly string[];
  readonly recipe?: Recipe | LinearRecipe | undefined;
  /** The teachers' files of that training. */
  readonly teachers?: readonly string[];
  readonly columns: { readonly text: string; readonly label: string };
  readonly out: string;
  readonly pool: Pick<Pool, 'score'>;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface Calibrated {
  readonly model: Model;
  readonly rows: number;
  /** Mean log loss of the true class, in nats, on the same texts. */
  readonly logLoss: { readonly before: number; readonly after: number };
}

/**
 * Fits a model's calibration, threshold and rate correction on held-out texts, and writes another model of the same network with
 * them. Nothing has to be scored again for it. Errors: readDataset's, writeSibling's, the pool's; E_INPUT when a class has
 * too few texts, or the data is not what the recipe's model was trained on.
 */
export async function calibrateModel(options: CalibrateOptions): Promise<Calibrated> {
  const { model, method, decision, pool, signal, progress } = options;
  refuseExisting(options.out);
  const { spec } = model;
  const recipe = options.recipe ?? { columns: options.columns, labels: undefined, split: NOTHING_HELD };
  const data = await readDataset(
    options.data,
    { ...recipe, classes: spec.labels.length, tokenizer: spec.tokenizer },
    signal,
    options.teachers,
  );
  const rows = options.recipe ? heldOut(data, options.recipe, model) : data.examples.map((_, row) => row);
  const labels = Int32Array.from(rows, (row) => data.examples[row]?.label ?? 0);
  refuseSmall(labels, spec, options.data[0] ?? '');
  const raw = new Float64Array(2 * rows.length);
  progress.start('score', rows.length);
  try {
    for (let start = 0; start < rows.length; start += PAGE) {
      const page = rows.slice(start, start + PAGE);
      const texts = page.map((row) => data.examples[row]?.text ?? '');
      raw.set(await pool.score(texts, signal), 2 * start);
      progress.advance(page.length);
    }
  } finally {
    progress.finish();
  }
  const fold: LabelledProbabilities = { probabilities: raw, labels, classes: spec.labels.length };
  const applied = await fitApplied(fold, { method, decision });
  const honest = { ...fold, probabilities: calibrate({ spec: { ...spec, ...applied } }, raw) };
  const { decision_weights: _, ...kept } = spec;
  const logLoss = { before: logLossOf(fold), after: logLossOf(honest) };
  const sibling = await writeSibling(options.out, model, {
    ...kept,
    ...applied,
    about: {
      ...spec.about,
      calibrated_on: {
        files: data.files,
        sha256: data.sha256,
        rows: rows.length,
        log_loss_before: logLoss.before,
        log_loss_after: logLoss.after,
      },
    },
  });
  return { model: sibling, rows: rows.length, logLoss };
}

/** A file that is no training's data is used whole. */
const NOTHING_HELD: Recipe['split'] = { validation: 0, stratified: false, seed: 0 };

/** What a training leaves in model.json about its data. */
const trainedOn = z.looseObject({ training_rows: z.int(), validation_rows: z.int() });

/**
 * The rows that a training by this recipe held out of its data. They depend on the labels in their order, so the number of rows
 * is what can be checked: the texts' hash also depends on a teacher's columns, which need not be there again.
 */
function heldOut(data: Dataset, recipe: Recipe | LinearRecipe, { spec }: Model): readonly number[] {
  const known = trainedOn.safeParse(spec.about['data']);
  const rows = known.success ? known.data.training_rows + known.data.validation_rows : data.examples.length;
  if (rows !== data.examples.length)
    throw new MonitorError(
      'E_INPUT',
      `The model was trained on ${rows} rows, but here are ${data.examples.length}, so what was held out is not known.`,
      { remedy: 'Give the files of the training, in its order; or without --recipe a file that the model never saw.' },
    );
  return splitOfDataset(data, recipe.split).validation;
}

function refuseSmall(labels: Int32Array, spec: ModelSpec, file: string): void {
  const small = smallClass(labels, spec.labels.length);
  if (!small) return;
  throw new MonitorError(
    'E_INPUT',
    `${small.texts} of the texts are ${spec.labels[small.index]}, too few to calibrate by.`,
    {
      place: { file },
      remedy: `Give at least ${LEAST_PER_CLASS} texts of each class, better some hundred.`,
    },
  );
}

function logLossOf(fold: LabelledProbabilities): number {
  let total = 0;
  for (const [row, label] of fold.labels.entries())
    total -= Math.log(Math.max(1e-12, classProbabilities(fold, row)[label] ?? 0));
  return total / fold.labels.length;
}
