import type { Calibration, Rates } from './calibration.ts';
import { calibrate, neutralOf, type Probabilities } from './probabilities.ts';
import { type Applied, THREE_CLASSES, TWO_CLASSES } from './spec.ts';
import { minimise, type Objective } from './training/linear/minimise.ts';

/** Raw or calibrated probabilities of texts, and the place of each text's true class among the labels. */
export interface LabelledProbabilities {
  readonly probabilities: Probabilities;
  readonly labels: Int32Array;
  /** Two or three classes. */
  readonly classes: number;
}

const SMALLEST = 1e-12;
/**
 * Keeps the calibration near to none where the fold says nothing (few texts, or a model that makes no mistakes): as much as
 * one text would, against the thousands of a usual fold.
 */
const PULL = 1;

/** How what is applied to a network's probabilities is fitted. */
export interface FitOptions {
  readonly method: Calibration['method'];
  /** Three classes: whether classes are weighted for the highest macro recall. */
  readonly decision: 'most_probable' | 'macro_recall';
}

/** Fewer texts of a class tell nothing that should be built on. */
export const LEAST_PER_CLASS = 20;

/** The first class with too few texts among these labels, and how many it has. */
export function smallClass(
  labels: Int32Array,
  classes: number,
): { readonly index: number; readonly texts: number } | undefined {
  const counts = Array.from({ length: classes }, (_, index) => ({
    index,
    texts: labels.filter((label) => label === index).length,
  }));
  return counts.find(({ texts }) => texts < LEAST_PER_CLASS);
}

/**
 * All that is fitted on held-out texts, of which the network gives raw probabilities: calibration, then by calibrated
 * probabilities the threshold of two classes, the weights of three if asked for, and the rate correction.
 */
export async function fitApplied(
  fold: LabelledProbabilities,
  { method, decision }: FitOptions,
): Promise<Pick<Applied, 'calibration' | 'threshold' | 'decision_weights' | 'rates'>> {
  const labels: Applied['labels'] = fold.classes === 2 ? [...TWO_CLASSES] : [...THREE_CLASSES];
  const calibration = await fitCalibration(fold, method);
  const honest = { ...fold, probabilities: calibrate({ spec: { labels, calibration } }, fold.probabilities) };
  return {
    calibration,
    threshold: fold.classes === 2 ? thresholdOfBestF1(honest) : 0.5,
    ...(fold.classes === 3 && decision === 'macro_recall' ? { decision_weights: decisionWeights(honest) } : {}),
    rates: fitRates(honest),
  };
}

/** The probabilities of one text in the order of the labels. */
export function classProbabilities(
  { probabilities, classes }: Pick<LabelledProbabilities, 'probabilities' | 'classes'>,
  row: number,
): number[] {
  const negative = probabilities[2 * row] ?? Number.NaN;
  const positive = probabilities[2 * row + 1] ?? Number.NaN;
  return classes === 2 ? [negative, positive] : [negative, neutralOf(negative, positive), positive];
}

/**
 * The calibration under which held-out labels are likeliest. `vector` has a scale and a bias for each class (one scale for two
 * classes, which is Platt's), `temperature` one scale. A vector scaling that would turn a class round gives way to a temperature.
 */
export async function fitCalibration(fold: LabelledProbabilities, method: Calibration['method']): Promise<Calibration> {
  const { classes } = fold;
  const rows = fold.labels.length;
  const logs = Array.from({ length: rows }, (_, row) =>
    classProbabilities(fold, row).map((probability) => Math.log(Math.max(probability, SMALLEST))),
  );
  const scales = method === 'vector' && classes === 3 ? 3 : 1;
  const biases = method === 'vector' ? classes : 0;
  const scaleAt = (index: number) => (scales === 1 ? 0 : index);
  // The point holds what is added to no calibration: scale 1, bias 0.
  const objective: Objective = (point, gradient) => {
    let value = 0;
    for (let place = 0; place < point.length; place += 1) {
      value += (0.5 * PULL * (point[place] ?? 0) ** 2) / rows;
      gradient[place] = (PULL * (point[place] ?? 0)) / rows;
    }
    for (const [row, own] of logs.entries()) {
      const logits = own.map(
        (log, index) => (1 + (point[scaleAt(index)] ?? 0)) * log + (biases > 0 ? (point[scales + index] ?? 0) : 0),
      );
      const largest = Math.max(...logits);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
      value += (largest + Math.log(sum) - (logits[fold.labels[row] ?? 0] ?? 0)) / rows;
      for (const [index, logit] of logits.entries()) {
        const slope = (Math.exp(logit - largest) / sum - (fold.labels[row] === index ? 1 : 0)) / rows;
        gradient[scaleAt(index)] = (gradient[scaleAt(index)] ?? 0) + slope * (own[index] ?? 0);
        if (biases > 0) gradient[scales + index] = (gradient[scales + index] ?? 0) + slope;
      }
    }
    return value;
  };
  const { point } = await minimise(objective, scales + biases, {
    iterations: 200,
    tolerance: 1e-7,
    onStep: async () => undefined,
  });
  const indices = Array.from({ length: classes }, (_, index) => index);
  const scale = indices.map((index) => 1 + (point[scaleAt(index)] ?? 0));
  const bias = indices.map((index) => (biases > 0 ? (point[scales + index] ?? 0) : 0));
  if (scale.every((number) => number > 0)) return { method, scale, bias };
  if (method === 'vector') return fitCalibration(fold, 'temperature');
  // Labels that contradict the model throughout: nothing that could be said by a scale.
  return { method, scale: indices.map(() => 0.01), bias: indices.map(() => 0) };
}

/** Two classes: the threshold on p_positive with the highest F1 of positive, half-way between the values around it. */
export function thresholdOfBestF1({ probabilities, labels }: LabelledProbabilities): number {
  const rows = Array.from(labels, (label, row) => ({ label, positive: probabilities[2 * row + 1] ?? Number.NaN }));
  rows.sort((a, b) => b.positive - a.positive);
  const all = rows.filter(({ label }) => label === 1).length;
  let [hits, best, threshold] = [0, -1, 0.5];
  for (const [index, { label, positive }] of rows.entries()) {
    hits += label;
    const next = rows[index + 1]?.positive ?? 0;
    if (next === positive) continue;
    const f1 = (2 * hits) / (index + 1 + all);
    if (f1 <= best) continue;
    best = f1;
    threshold = (positive + next) / 2;
  }
  return Math.min(Math.max(threshold, 1e-6), 1 - 1e-6);
}

/**
 * Three classes: the weights of negative and positive, that of neutral being 1, with the highest macro recall. Of honest
 * probabilities p the class with the largest p ÷ share maximises it (Bayes' rule for a loss of 1 ÷ share a class; Elkan 2001). Weights
 * searched for on some thousand texts vary by a third and are no better on others.
 */
export function decisionWeights({ labels }: Pick<LabelledProbabilities, 'labels'>): [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0];
  for (const label of labels) if (label === 0 || label === 1 || label === 2) counts[label] += 1;
  return weightsOfShares(counts);
}

/** The same from how many texts of each class there are, or how many are expected. */
export function weightsOfShares([negative, neutral, positive]: readonly [number, number, number]): [
  number,
  number,
  number,
] {
  return [neutral / negative, 1, neutral / positive];
}

/** How calibrated probabilities come out for texts of each true class. Each class needs two texts. */
export function fitRates(fold: LabelledProbabilities): Rates {
  const rates: Rates = { counts: [], means: [], variances: [] };
  for (let index = 0; index < fold.classes; index += 1) {
    const own = Array.from(fold.labels, (label, row) => ({ label, row })).filter(({ label }) => label === index);
    const negative = own.map(({ row }) => fold.probabilities[2 * row] ?? Number.NaN);
    const positive = own.map(({ row }) => fold.probabilities[2 * row + 1] ?? Number.NaN);
    rates.counts.push(own.length);
    rates.means.push([mean(negative), mean(positive)]);
    rates.variances.push([
      covariance(negative, negative),
      covariance(negative, positive),
      covariance(positive, positive),
    ]);
  }
  return rates;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function covariance(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, number, row) => sum + (number - meanA) * ((b[row] ?? 0) - meanB), 0) / (a.length - 1);
}
