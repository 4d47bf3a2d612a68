import { studentQuantile } from '../../aggregate/student.ts';
import { wilsonInterval } from '../../aggregate/wilson.ts';
import type { Sentiment } from '../../sentiment.ts';
import type { Rates } from '../calibration.ts';
import { fitRates } from '../fit-calibration.ts';
import { type BootstrapOptions, type Interval, intervalOf, LEAST_ROWS } from './bootstrap.ts';
import { mcNemar } from './mcnemar.ts';
import { draw } from './measures.ts';
import { type Confusion, ConfusionCounter } from './metrics.ts';

/** A post with the label that a person gave it and what a model says of it (calibrated). */
export interface AuditedPost {
  readonly label: Sentiment;
  readonly pNegative: number;
  readonly pPositive: number;
  readonly predicted: Sentiment;
}

/** What a model says of all the posts that a sample was drawn from. */
export interface Population {
  readonly posts: number;
  /** Posts that the model calls positive. */
  readonly positives: number;
  readonly meanPPositive: number;
}

/** A share with its 95 % interval. */
export interface Share {
  readonly value: number;
  readonly interval: Interval;
}

export interface AuditFigures {
  /** Labelled posts of a class that the model has, which right and wrong can be told of. */
  readonly rows: number;
  readonly accuracy: Share;
  readonly macro_recall: Share;
  /** Share found of each true class, with its posts. */
  readonly recall: Readonly<Record<string, Share & { readonly posts: number }>>;
  readonly confusion: Confusion;
}

/**
 * How right a model is on labelled posts. Accuracy and recalls have Wilson intervals, that of accuracy narrower where the sample
 * is a good part of all posts; macro recall has a bootstrap interval, none below 30 rows. Errors: E_INTERRUPTED.
 */
export async function auditFigures(
  classes: readonly Sentiment[],
  posts: readonly AuditedPost[],
  population: number,
  options: BootstrapOptions,
): Promise<AuditFigures> {
  const known = posts.filter(({ label }) => classes.includes(label));
  const counter = new ConfusionCounter(classes);
  for (const { label, predicted } of known) counter.add(classes.indexOf(label), classes.indexOf(predicted));
  const figures = counter.figures();
  const draws = await draw(known.length, (weights) => Float64Array.of(macroRecall(classes, known, weights)), options);
  return {
    rows: figures.rows,
    accuracy: wilson(figures.accuracy * figures.rows, figures.rows, population),
    macro_recall: { value: figures.macro_recall, interval: intervalOf(draws[0]) },
    recall: Object.fromEntries(
      Object.entries(figures.per_class).map(([name, { recall, support }]) => [
        name,
        { ...wilson(recall * support, support), posts: support },
      ]),
    ),
    confusion: figures.confusion,
  };
}

/** Mean recall of the classes that occur; a prediction of a class that is not among them is a miss. */
function macroRecall(classes: readonly Sentiment[], posts: readonly AuditedPost[], weights: Uint16Array): number {
  const [hits, support] = [classes.map(() => 0), classes.map(() => 0)];
  for (const [index, { label, predicted }] of posts.entries()) {
    const place = classes.indexOf(label);
    const weight = weights[index] ?? 0;
    support[place] = (support[place] ?? 0) + weight;
    if (label === predicted) hits[place] = (hits[place] ?? 0) + weight;
  }
  const present = support.flatMap((count, place) => (count > 0 ? (hits[place] ?? 0) / count : []));
  return share(sum(present), present.length);
}

export interface PositiveRates {
  /** By the labels alone. */
  readonly labelled: Share;
  /** By labels and model together; null with fewer than 30 labels or without the model's opinion of all posts. */
  readonly corrected: Share | null;
  /** As the model counts it, over all posts; null where it has not scored them. */
  readonly counted: number | null;
}

/**
 * The true share of positive posts among those that the sample was drawn from. `corrected` moves the labels' share by how much
 * the model finds the sample different from all posts: the regression estimator for a simple random sample (Cochran, Sampling
 * Techniques, 1977, chapter 7), right whatever the model is worth and the narrower the better it is. With a t interval.
 */
export function positiveRates(
  posts: readonly AuditedPost[],
  population: Population | null,
  drawnFrom: number,
): PositiveRates {
  const n = posts.length;
  const truths = posts.map(({ label }) => (label === 'positive' ? 1 : 0));
  const labelled = wilson(sum(truths), n, drawnFrom);
  const counted = population === null || population.posts === 0 ? null : population.positives / population.posts;
  if (population === null || counted === null || n < LEAST_ROWS) return { labelled, corrected: null, counted };
  const beliefs = posts.map(({ pPositive }) => pPositive);
  const [meanTruth, meanBelief] = [sum(truths) / n, sum(beliefs) / n];
  const spread = sum(beliefs.map((belief) => (belief - meanBelief) ** 2));
  const together = sum(truths.map((truth, index) => (truth - meanTruth) * ((beliefs[index] ?? 0) - meanBelief)));
  const slope = spread > 0 ? together / spread : 0;
  const rest = sum(
    truths.map((truth, index) => (truth - meanTruth - slope * ((beliefs[index] ?? 0) - meanBelief)) ** 2),
  );
  // Labels that all agree leave no error to measure: their own interval is the honest one.
  if (rest < 1e-12) return { labelled, corrected: labelled, counted };
  const value = meanTruth + slope * (population.meanPPositive - meanBelief);
  const unseen = Math.max(0, 1 - n / Math.max(n, drawnFrom));
  const half = studentQuantile(0.975, n - 2) * Math.sqrt((unseen * rest) / (n * (n - 2)));
  return { labelled, corrected: { value: clip(value), interval: [clip(value - half), clip(value + half)] }, counted };
}

export interface PairedFigures {
  readonly rows: number;
  readonly accuracy: readonly [a: number, b: number];
  /** Posts that only one of them gets right. */
  readonly only: readonly [a: number, b: number];
  /** McNemar's exact test: how often two models that are equally good would differ at least so much. */
  readonly p: number;
  /** Macro recall of b less that of a. */
  readonly macro_recall_gain: Share;
}

/** Two models on the same posts, all with a label among the classes; another class is a wrong one. Errors: E_INTERRUPTED. */
export async function comparePaired(
  classes: readonly Sentiment[],
  pairs: readonly (readonly [a: AuditedPost, b: AuditedPost])[],
  options: BootstrapOptions,
): Promise<PairedFigures> {
  const [a, b] = [pairs.map(([first]) => first), pairs.map(([, second]) => second)];
  const right = ({ label, predicted }: AuditedPost) => label === predicted;
  const onlyA = pairs.filter(([first, second]) => right(first) && !right(second)).length;
  const onlyB = pairs.filter(([first, second]) => right(second) && !right(first)).length;
  const gain = (weights: Uint16Array) => macroRecall(classes, b, weights) - macroRecall(classes, a, weights);
  const draws = await draw(pairs.length, (weights) => Float64Array.of(gain(weights)), options);
  return {
    rows: pairs.length,
    accuracy: [share(a.filter(right).length, pairs.length), share(b.filter(right).length, pairs.length)],
    only: [onlyA, onlyB],
    p: mcNemar(onlyA, onlyB),
    macro_recall_gain: { value: gain(new Uint16Array(pairs.length).fill(1)), interval: intervalOf(draws[0]) },
  };
}

/** A brand's own rate correction, by its labelled posts; null with a class of fewer than two. */
export function ratesOfBrand(classes: readonly Sentiment[], posts: readonly AuditedPost[]): Rates | null {
  const known = posts.filter(({ label }) => classes.includes(label));
  const labels = Int32Array.from(known, ({ label }) => classes.indexOf(label));
  if (classes.some((_, place) => labels.filter((label) => label === place).length < 2)) return null;
  const probabilities = Float64Array.from(known.flatMap(({ pNegative, pPositive }) => [pNegative, pPositive]));
  return fitRates({ probabilities, labels, classes: classes.length });
}

/**
 * A share with its Wilson interval. Of a sample that is a good part of all there is, less is unknown: its size
 * counts as n / (1 − n/N), for N in all.
 */
export function wilson(hits: number, n: number, all = Number.POSITIVE_INFINITY): Share {
  if (n === 0) return { value: 0, interval: null };
  const value = hits / n;
  const unseen = 1 - n / Math.max(n, all);
  if (unseen === 0) return { value, interval: [value, value] };
  return { value, interval: wilsonInterval(value, n / unseen) };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
