import type { Sentiment } from '../../sentiment.ts';
import { type Confusion, figuresOf } from './metrics.ts';
import { areasOf, rankingOf } from './ranking.ts';
import { BINS, confidencesOf } from './reliability.ts';
import type { Sample } from './sample.ts';

/** Figures of all classes together, and of each class, in the order in which a meter gives them. */
export const OVERALL = [
  'accuracy',
  'macro_precision',
  'macro_recall',
  'macro_f1',
  'roc_auc',
  'average_precision',
  'ece',
  'brier',
  'log_loss',
] as const;
export const OF_CLASS = ['precision', 'recall', 'f1', 'roc_auc', 'average_precision'] as const;
export type OverallName = (typeof OVERALL)[number];
export type ClassFigureName = (typeof OF_CLASS)[number];

/** Where a figure stands among those of a meter for so many classes. */
export function placeOf(name: OverallName): number;
export function placeOf(name: ClassFigureName, place: number): number;
export function placeOf(name: OverallName | ClassFigureName, place?: number): number {
  if (place === undefined) return OVERALL.indexOf(name as OverallName);
  return OVERALL.length + OF_CLASS.length * place + OF_CLASS.indexOf(name as ClassFigureName);
}

/** The figures of a sample in which each row counts as often as its weight says. NaN where a figure has no meaning. */
export type Meter = (weights: Uint16Array) => Float64Array;

/** Probabilities below are taken for this in a logarithm: a model that is sure and wrong once is not infinitely bad. */
const LEAST_PROBABILITY = 1e-15;

/**
 * Makes a meter: everything that doesn't depend on the weights is computed once, so that a thousand resamples of many rows
 * take seconds. ROC-AUC and average precision are means over the classes that occur, each against the others; of two classes,
 * those of the positive one. Brier is the squared error summed over three classes, and that of p_positive for two.
 */
export function meterOf(sample: Sample): Meter {
  const { rows, classes, actual, predicted, probabilities } = sample;
  const size = classes.length;
  const rankings = classes.map((_, place) => rankingOf(sample, place));
  const { confidence, bin, right } = confidencesOf(sample);
  const cell = Uint8Array.from(actual, (place, row) => size * place + (predicted[row] ?? 0));
  const gap = Float64Array.from(right, (hit, row) => hit - (confidence[row] ?? 0));
  const squares = new Float64Array(rows);
  const losses = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const truth = actual[row] ?? 0;
    let square = 0;
    for (let place = 0; place < size; place += 1)
      square += ((probabilities[size * row + place] ?? 0) - (place === truth ? 1 : 0)) ** 2;
    squares[row] = size === 2 ? square / 2 : square;
    losses[row] = -Math.log(Math.max(LEAST_PROBABILITY, probabilities[size * row + truth] ?? 0));
  }

  return (weights) => {
    const cells = new Float64Array(size * size);
    const gaps = new Float64Array(BINS);
    let total = 0;
    let square = 0;
    let loss = 0;
    for (let row = 0; row < rows; row += 1) {
      const weight = weights[row] as number;
      if (weight === 0) continue;
      total += weight;
      cells[cell[row] as number] = (cells[cell[row] as number] as number) + weight;
      gaps[bin[row] as number] = (gaps[bin[row] as number] as number) + weight * (gap[row] as number);
      square += weight * (squares[row] as number);
      loss += weight * (losses[row] as number);
    }
    const figures = figuresOf(confusionOf(cells, classes));
    const areas = rankings.map((ranking) => areasOf(ranking, weights));
    const ofClasses = classes.map((name, place) => ({ ...figures.per_class[name], ...areas[place] }));
    const shown = size === 2 ? ofClasses.slice(1) : ofClasses.filter(({ support = 0 }) => support > 0);
    const overall = [
      figures.accuracy,
      figures.macro_precision,
      figures.macro_recall,
      figures.macro_f1,
      mean(shown.map(({ rocAuc = Number.NaN }) => rocAuc)),
      mean(shown.map(({ averagePrecision = Number.NaN }) => averagePrecision)),
      gaps.reduce((sum, value) => sum + Math.abs(value), 0) / total,
      square / total,
      loss / total,
    ];
    const each = ofClasses.flatMap(({ precision = 0, recall = 0, f1 = 0, rocAuc, averagePrecision }) => [
      ...[precision, recall, f1, rocAuc ?? Number.NaN, averagePrecision ?? Number.NaN],
    ]);
    return Float64Array.from([...overall, ...each]);
  };
}

/** Rows by true and predicted class. */
export function countsOf({ classes, actual, predicted }: Sample): Confusion {
  const cells = new Float64Array(classes.length ** 2);
  for (const [row, place] of actual.entries()) {
    const at = classes.length * place + (predicted[row] ?? 0);
    cells[at] = (cells[at] ?? 0) + 1;
  }
  return confusionOf(cells, classes);
}

function confusionOf(cells: Float64Array, labels: readonly Sentiment[]): Confusion {
  const size = labels.length;
  return { labels, matrix: labels.map((_, place) => [...cells.subarray(size * place, size * (place + 1))]) };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
