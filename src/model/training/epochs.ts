import type { Clock, Progress } from '../../context.ts';
import { MonitorError, throwIfAborted } from '../../errors.ts';
import { nextTurn } from '../../next-turn.ts';
import type { BatchPlan } from '../batches.ts';
import type { TrainingState } from './checkpoint.ts';
import { planEpoch } from './epoch-plan.ts';
import type { Weights } from './initial-weights.ts';
import { randomOf } from './random.ts';
import type { Recipe } from './recipe.ts';
import { scheduleAt } from './schedule.ts';
import type { Rows, Trainer } from './trainer.ts';
import type { EpochLog } from './training-log.ts';
import { heldOutFigures } from './validation.ts';

export interface EpochsOptions {
  readonly trainer: Trainer;
  readonly recipe: Recipe;
  readonly training: Rows;
  readonly validation: Rows;
  readonly state: TrainingState;
  readonly best: Weights | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly checkpointEveryMs: number;
  readonly onEpoch: (entry: EpochLog) => void;
  /** Whether to end after these epochs, though the recipe has more. */
  readonly isEnough: (log: readonly EpochLog[]) => boolean;
  /** Writes a checkpoint of this place and these best weights. */
  readonly save: (state: TrainingState, best: Weights | undefined) => Promise<void>;
}

/** Trains from the given place to the end, or until there is nothing to gain. Errors: E_INTERRUPTED, E_TRAINING. */
export async function runEpochs(
  options: EpochsOptions,
): Promise<{ log: readonly EpochLog[]; best: Weights | undefined }> {
  const { recipe, trainer, progress, training, save } = options;
  let { state, best } = options;
  progress.start('train', recipe.epochs * training.labels.length);
  progress.advance(state.epoch * training.labels.length + state.partial.rows);
  try {
    while (state.epoch < recipe.epochs && !isStuck(recipe, state.log) && !options.isEnough(state.log)) {
      state = await runBatches(options, state, best);
      const entry = await endOfEpoch(options, state);
      if (entry.best && recipe.early_stopping) best = await trainer.weights();
      const log = [...state.log, entry];
      state = { ...state, epoch: entry.epoch, batch: 0, partial: { loss: 0, rows: 0, seconds: 0 }, log };
      await save(state, best);
      options.onEpoch(entry);
    }
  } finally {
    progress.finish();
  }
  return { log: state.log, best };
}

/** The batches of one epoch from the place where it stands. */
async function runBatches(
  options: EpochsOptions,
  from: TrainingState,
  best: Weights | undefined,
): Promise<TrainingState> {
  const { recipe, trainer, training, clock, signal, progress, checkpointEveryMs, save } = options;
  const plans = epochPlans(recipe, training, from.epoch);
  const frozen = recipe.vectors !== null && from.epoch < recipe.vectors.freeze_epochs;
  let { batch, step } = from;
  let { loss, rows } = from.partial;
  let savedMs = clock();
  const startedMs = savedMs;
  const here = (): TrainingState => ({
    ...from,
    batch,
    step,
    partial: { loss, rows, seconds: from.partial.seconds + (clock() - startedMs) / 1000 },
  });
  for (const plan of plans.slice(batch)) {
    const progressOfTraining = (from.epoch + batch / plans.length) / recipe.epochs;
    const learningRate = recipe.optimiser.learning_rate * scheduleAt(recipe.schedule, progressOfTraining);
    const lossOfBatch = trainer.step(plan, training, { step, learningRate, frozen });
    if (!Number.isFinite(lossOfBatch)) throw diverged(from.epoch + 1, batch + 1);
    batch += 1;
    step += 1;
    loss += lossOfBatch * plan.rows.length;
    rows += plan.rows.length;
    progress.advance(plan.rows.length);
    // Native operations keep the process busy: without a pause no signal would be heard.
    await nextTurn();
    if (signal.aborted || clock() - savedMs >= checkpointEveryMs) {
      await save(here(), best);
      savedMs = clock();
    }
    throwIfAborted(signal);
  }
  return here();
}

function epochPlans(recipe: Recipe, training: Rows, epoch: number): BatchPlan[] {
  const lengths = training.sequences.map((sequence) => sequence.length);
  const fixedWidth = recipe.padding.masked ? undefined : (recipe.padding.to ?? undefined);
  return planEpoch(lengths, recipe.batch, randomOf(recipe.seed, EPOCHS, epoch), fixedWidth);
}

/** Keeps the order of batches apart from other draws of the same seed. */
const EPOCHS = 0x65706f63;

async function endOfEpoch(
  { recipe, trainer, validation, clock }: EpochsOptions,
  state: TrainingState,
): Promise<EpochLog> {
  const startedMs = clock();
  const { figures } = await heldOutFigures(trainer, validation, recipe);
  const before = state.log.flatMap((entry) => (entry.validation ? [goodness(recipe, entry.validation)] : []));
  return {
    epoch: state.epoch + 1,
    learning_rate: recipe.optimiser.learning_rate * scheduleAt(recipe.schedule, (state.epoch + 1) / recipe.epochs),
    training_loss: state.partial.loss / state.partial.rows,
    validation: figures,
    best: figures !== null && goodness(recipe, figures) > Math.max(Number.NEGATIVE_INFINITY, ...before),
    seconds: state.partial.seconds + (clock() - startedMs) / 1000,
  };
}

/** The figure to choose by, the larger the better; macro recall unless the recipe says otherwise. */
export function goodness(recipe: Recipe, figures: NonNullable<EpochLog['validation']>): number {
  const metric = recipe.early_stopping?.metric ?? 'macro_recall';
  return metric === 'loss' ? -figures.loss : figures[metric];
}

/** Whether the last epochs, as many as the patience, brought nothing better. */
function isStuck({ early_stopping: stopping }: Recipe, log: readonly EpochLog[]): boolean {
  return (
    stopping !== null && log.length > stopping.patience && log.slice(-stopping.patience).every(({ best }) => !best)
  );
}

function diverged(epoch: number, batch: number): MonitorError {
  return new MonitorError('E_TRAINING', `The loss is no longer a number, in batch ${batch} of epoch ${epoch}.`, {
    remedy: 'Set a smaller optimiser.learning_rate or a clip in the recipe, and train again.',
  });
}
