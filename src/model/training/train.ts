import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock, Progress } from '../../context.ts';
import { MonitorError, throwIfAborted } from '../../errors.ts';
import { writeFileAtomic } from '../../files.ts';
import { packageVersion } from '../../package.ts';
import type { Model } from '../artifact.ts';
import type { TensorFlow } from '../engines/tensorflow/load.ts';
import { fitApplied, LEAST_PER_CLASS, smallClass } from '../fit-calibration.ts';
import type { Applied } from '../spec.ts';
import { refuseExisting, writeModel } from '../write-model.ts';
import { readCheckpoint, type TrainingState, writeCheckpoint } from './checkpoint.ts';
import { runEpochs } from './epochs.ts';
import { refuseOther, weightsOf } from './init.ts';
import { initialWeights, type Weights } from './initial-weights.ts';
import { classWeights } from './loss.ts';
import { halfPrecision, modelContent, networkOf } from './model-files.ts';
import { prepare } from './prepare.ts';
import type { Recipe } from './recipe.ts';
import { trainerOf } from './trainer.ts';
import { type EpochLog, formatLog, LOG_FILE } from './training-log.ts';
import { heldOutFigures } from './validation.ts';
import { joined, wideBranchOf } from './wide-branch.ts';

export interface TrainOptions {
  /** CSV or JSONL files, `.gz` read as gzip. */
  readonly data: readonly string[];
  readonly recipe: Recipe;
  /** CSV files of a teacher's probabilities, joined with the data by id. */
  readonly teachers?: readonly string[];
  /** A model to go on from, of the recipe's network and tokeniser; its words are kept. */
  readonly init?: Model;
  /** What is applied to the network's probabilities where the recipe fits nothing. */
  readonly applied?: Partial<Omit<Applied, 'labels'>>;
  /** Where the recipe's vectors are: a GloVe text file, or the unpacked npm package. */
  readonly vectors?: string;
  /** The model directory to make. It must not exist; the training's own folder beside it is `<out>.training`. */
  readonly out: string;
  readonly tensorFlow: TensorFlow;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Milliseconds between checkpoints within an epoch; there is one after each epoch in any case. */
  readonly checkpointEveryMs?: number;
  /** Hears of each epoch as it ends, and once of the place where a resumed training goes on. */
  readonly onEpoch?: (entry: EpochLog) => void;
  readonly onResume?: (state: TrainingState) => void;
  /** Whether to end after these epochs, though the recipe has more. */
  readonly isEnough?: (log: readonly EpochLog[]) => boolean;
  /** Hears of what is odd about the data, a sentence each. */
  readonly onNote?: (note: string) => void;
}

export interface TrainResult {
  readonly model: Model;
  readonly log: readonly EpochLog[];
}

const CHECKPOINT_EVERY_MS = 5 * 60_000;

/** Prefix of the best epoch's weights in a checkpoint. */
const BEST = 'best.';

/**
 * Trains a network by a recipe and writes its model directory. While it runs, `<out>.training` holds the log so far and a
 * checkpoint; the same call goes on from there, and on one machine's processor ends with the very same weights as a training
 * that was never stopped. When the model is written, that folder goes.
 * Errors: E_USAGE when `out` exists or the checkpoint is another training's; E_CONFIG when recipe and `init` don't fit; E_INPUT for the data; E_TRAINING when the loss
 * stops being a number; E_INTERRUPTED on the signal, after a checkpoint.
 */
export async function trainModel(options: TrainOptions): Promise<TrainResult> {
  const { recipe, clock, signal, progress, tensorFlow } = options;
  refuseExisting(options.out);
  const folder = `${resolve(options.out)}.training`;
  const { vectors, teachers = [], init } = options;
  if (init) refuseOther(recipe, init);
  const prepared = await prepare({ data: options.data, recipe, vectors, teachers, init }, progress, signal);
  const { words, training, domain, validation, split, data, id } = prepared;
  refuseFew(validation.labels, recipe);
  for (const note of data.notes) options.onNote?.(note);
  const found = await readCheckpoint(folder, id);
  await mkdir(folder, { recursive: true });
  if (found) options.onResume?.(found.state);

  const network = networkOf(recipe, words.length);
  const beginning = () => {
    const weights = init ? weightsOf(init) : initialWeights(network, words, prepared.vectors, recipe.seed);
    if (recipe.wide_branch) weights.delete('wide.weight');
    return weights;
  };
  const state: TrainingState = found?.state ?? startOf(id);
  const start = {
    tensors: found ? without(found.tensors, BEST) : beginning(),
    steps: state.steps,
  };
  const weights = classWeights(recipe.class_weights, [...training.labels], recipe.classes);
  const trainer = trainerOf(tensorFlow.tf, { network, padding: recipe.padding }, recipe, weights, start);
  try {
    const { log, best } = await runEpochs({
      trainer,
      recipe,
      training,
      validation,
      state,
      best: found ? only(found.tensors, BEST) : undefined,
      clock,
      signal,
      progress,
      checkpointEveryMs: options.checkpointEveryMs ?? CHECKPOINT_EVERY_MS,
      onEpoch: options.onEpoch ?? (() => undefined),
      isEnough: options.isEnough ?? (() => false),
      save: async (at, bestWeights) => {
        const { tensors, steps } = await trainer.save();
        for (const [name, tensor] of bestWeights ?? []) tensors.set(BEST + name, tensor);
        await writeCheckpoint(folder, { state: { ...at, steps }, tensors });
        await writeFileAtomic(join(folder, LOG_FILE), formatLog(at.log));
      },
    });
    throwIfAborted(signal);
    const trained = (recipe.early_stopping ? best : undefined) ?? (await trainer.weights());
    const branch = recipe.wide_branch && (await wideBranchOf(recipe, domain, network.outputs, signal, progress));
    const kept = halfPrecision(branch ? await joined(trainer, trained, branch, validation) : trained);
    // Of the weights as they are saved: rounding may tip a row.
    const { figures, probabilities } = await heldOutFigures(trainer, validation, recipe, kept);
    const fold = { probabilities, labels: validation.labels, classes: recipe.classes };
    const applied = recipe.calibration ? await fitApplied(fold, recipe.calibration) : options.applied;
    const sizes = { training: split.training.length, validation: split.validation.length };
    const trainedWith = `sentiment-monitor ${packageVersion}, TensorFlow.js (${tensorFlow.kind}, ${tensorFlow.device})`;
    const content = modelContent({
      recipe,
      data,
      split: sizes,
      words,
      weights: kept,
      log,
      measured: figures,
      applied,
      trainedWith,
      init,
    });
    const model = await writeModel(options.out, content);
    await rm(folder, { recursive: true, force: true });
    return { model, log };
  } finally {
    trainer.dispose();
  }
}

/** Errors: E_INPUT when too few texts of a class are held out to fit a calibration by. */
function refuseFew(labels: Int32Array, { classes, calibration }: Recipe): void {
  if (!calibration || !smallClass(labels, classes)) return;
  throw new MonitorError('E_INPUT', `Fewer than ${LEAST_PER_CLASS} texts of a class are held out to calibrate by.`, {
    remedy: 'Set a larger split.validation, or leave calibration out of the recipe.',
  });
}

function startOf(training: string): TrainingState {
  return { training, epoch: 0, batch: 0, step: 0, steps: {}, partial: { loss: 0, rows: 0, seconds: 0 }, log: [] };
}

function without(tensors: Weights, prefix: string): Weights {
  return new Map([...tensors].filter(([name]) => !name.startsWith(prefix)));
}

function only(tensors: Weights, prefix: string): Weights | undefined {
  const some = [...tensors].filter(([name]) => name.startsWith(prefix));
  return some.length === 0 ? undefined : new Map(some.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
