import { ConfusionCounter } from '../evaluation/metrics.ts';
import { classify, type Probabilities } from '../probabilities.ts';
import { type ModelSpec, THREE_CLASSES, TWO_CLASSES } from '../spec.ts';
import type { Weights } from './initial-weights.ts';
import type { Rows, Trainer } from './trainer.ts';
import type { ValidationFigures } from './training-log.ts';

/** What the weights that would be kept, or given ones, say of the rows held out, and what they reach there; null without such rows. */
export async function heldOutFigures(
  trainer: Pick<Trainer, 'evaluate'>,
  validation: Rows,
  { classes }: { readonly classes: 2 | 3 },
  weights?: Weights,
): Promise<{ figures: ValidationFigures | null; probabilities: Probabilities }> {
  if (validation.labels.length === 0) return { figures: null, probabilities: new Float64Array() };
  const { loss, probabilities } = await trainer.evaluate(validation, weights);
  return { figures: { loss, ...figuresOfProbabilities(probabilities, validation.labels, classes) }, probabilities };
}

/** The figures of an epoch, by the same rule that gives posts their class. */
export function figuresOfProbabilities(
  probabilities: Probabilities,
  labels: Int32Array,
  classes: 2 | 3,
): Omit<ValidationFigures, 'loss'> {
  const names: ModelSpec['labels'] = classes === 2 ? [...TWO_CLASSES] : [...THREE_CLASSES];
  const model = { spec: { labels: names, threshold: 0.5 } };
  const counter = new ConfusionCounter(names);
  for (const [row, label] of labels.entries()) {
    const predicted = classify(model, probabilities[2 * row] ?? Number.NaN, probabilities[2 * row + 1] ?? Number.NaN);
    counter.add(label, (names as readonly string[]).indexOf(predicted));
  }
  const { accuracy, macro_recall, macro_f1 } = counter.figures();
  return { accuracy, macro_recall, macro_f1 };
}
