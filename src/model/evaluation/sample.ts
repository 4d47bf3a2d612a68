import type { Sentiment } from '../../sentiment.ts';
import type { Model } from '../artifact.ts';
import { classify, neutralOf, type Probabilities } from '../probabilities.ts';
import { THREE_CLASSES, TWO_CLASSES } from '../spec.ts';

/** Labelled texts and what a model says of them, in arrays by row. */
export interface Sample {
  readonly classes: readonly Sentiment[];
  readonly rows: number;
  /** Places among `classes`. */
  readonly actual: Uint8Array;
  readonly predicted: Uint8Array;
  /** rows × classes; each row adds up to 1. */
  readonly probabilities: Float64Array;
}

/** The classes that rows with these labels are measured by: all that the models share, or the two poles without any neutral row. */
export function classesAsked(shared: readonly Sentiment[], labels: readonly Sentiment[]): readonly Sentiment[] {
  return shared.includes('neutral') && labels.includes('neutral') ? THREE_CLASSES : TWO_CLASSES;
}

/**
 * What a model says of rows, given its p_negative and p_positive of each. A three-class model that is asked about two classes
 * says the more probable of them, and their probabilities are made to add up to 1; otherwise the class is the one that posts get.
 */
export function sampleOf(
  model: Pick<Model, 'spec'>,
  classes: readonly Sentiment[],
  labels: readonly Sentiment[],
  scores: Probabilities,
): Sample {
  const rows = labels.length;
  const size = classes.length;
  const isPolar = model.spec.labels.length > size;
  const predicted = new Uint8Array(rows);
  const probabilities = new Float64Array(rows * size);
  for (let row = 0; row < rows; row += 1) {
    const pNegative = scores[2 * row] ?? Number.NaN;
    const pPositive = scores[2 * row + 1] ?? Number.NaN;
    const said = isPolar ? (pPositive >= pNegative ? 'positive' : 'negative') : classify(model, pNegative, pPositive);
    predicted[row] = classes.indexOf(said);
    if (size === THREE_CLASSES.length)
      probabilities.set([pNegative, neutralOf(pNegative, pPositive), pPositive], size * row);
    else {
      const sum = pNegative + pPositive;
      const positive = sum > 0 ? pPositive / sum : 0.5;
      probabilities.set([1 - positive, positive], size * row);
    }
  }
  return {
    classes,
    rows,
    actual: Uint8Array.from(labels, (label) => classes.indexOf(label)),
    predicted,
    probabilities,
  };
}

/** The rows at these places alone. */
export function selected(sample: Sample, places: readonly number[]): Sample {
  const size = sample.classes.length;
  const probabilities = new Float64Array(places.length * size);
  for (const [row, place] of places.entries())
    probabilities.set(sample.probabilities.subarray(size * place, size * (place + 1)), size * row);
  return {
    classes: sample.classes,
    rows: places.length,
    actual: Uint8Array.from(places, (place) => sample.actual[place] ?? 0),
    predicted: Uint8Array.from(places, (place) => sample.predicted[place] ?? 0),
    probabilities,
  };
}
