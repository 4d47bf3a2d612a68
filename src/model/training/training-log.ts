/** What is known of an epoch: a line of training-log.jsonl. */
export interface EpochLog {
  /** From 1. */
  readonly epoch: number;
  readonly learning_rate: number;
  /** Mean over the epoch's rows, with dropout and class weights. */
  readonly training_loss: number;
  /** On the validation rows, without dropout, of the averaged weights if there are any; null without validation rows. */
  readonly validation: ValidationFigures | null;
  /** Whether the metric of early stopping was the best so far. */
  readonly best: boolean;
  readonly seconds: number;
}

export interface ValidationFigures {
  readonly loss: number;
  readonly accuracy: number;
  readonly macro_recall: number;
  readonly macro_f1: number;
}

export const LOG_FILE = 'training-log.jsonl';

export function formatLog(log: readonly EpochLog[]): string {
  return log.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** A learning curve to draw: a point an epoch, and which epoch's weights were kept. */
export interface LearningCurve {
  readonly epochs: readonly number[];
  readonly training_loss: readonly number[];
  /** Empty without validation rows. */
  readonly validation: { readonly [Figure in keyof ValidationFigures]: readonly number[] };
  readonly best_epoch: number | null;
}

export function curveOf(log: readonly EpochLog[]): LearningCurve {
  const figures = (name: keyof ValidationFigures) =>
    log.flatMap(({ validation }) => (validation ? [validation[name]] : []));
  return {
    epochs: log.map(({ epoch }) => epoch),
    training_loss: log.map(({ training_loss }) => training_loss),
    validation: {
      loss: figures('loss'),
      accuracy: figures('accuracy'),
      macro_recall: figures('macro_recall'),
      macro_f1: figures('macro_f1'),
    },
    best_epoch: log.findLast(({ best }) => best)?.epoch ?? null,
  };
}
