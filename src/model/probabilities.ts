import type { PredictedClass } from '../aggregate/day-stats.ts';
import type { Outputs } from './network-spec.ts';
import type { ModelSpec } from './spec.ts';

/**
 * Probabilities of many texts: p_negative and p_positive in turn, two numbers a text. Neutral is the rest.
 * One flat array, because it crosses processes and is much smaller than an object a text.
 */
export type Probabilities = Float64Array;

/**
 * Raw probabilities from logits (rows × outputs), computed in double precision: one output is the positive class's logit
 * (sigmoid, p_negative = 1 − p_positive), two or three are negative, (neutral,) positive (softmax).
 */
export function probabilitiesOf(logits: Float32Array, outputs: Outputs): Probabilities {
  const rows = logits.length / outputs;
  const probabilities = new Float64Array(2 * rows);
  for (let row = 0; row < rows; row += 1) {
    if (outputs < 3) {
      // A softmax over two is the sigmoid of their difference.
      const last = logits[outputs * row + outputs - 1] ?? Number.NaN;
      const positive = sigmoid(outputs === 1 ? last : last - (logits[2 * row] ?? Number.NaN));
      probabilities[2 * row] = 1 - positive;
      probabilities[2 * row + 1] = positive;
    } else {
      const [negative = Number.NaN, neutral = Number.NaN, positive = Number.NaN] = logits.subarray(
        3 * row,
        3 * row + 3,
      );
      const largest = Math.max(negative, neutral, positive);
      const weights = [negative, neutral, positive].map((logit) => Math.exp(logit - largest));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      probabilities[2 * row] = (weights[0] ?? 0) / sum;
      probabilities[2 * row + 1] = (weights[2] ?? 0) / sum;
    }
  }
  return probabilities;
}

/** The neutral class's probability; exactly 0 for a two-class model. */
export function neutralOf(pNegative: number, pPositive: number): number {
  return Math.max(0, 1 - pPositive - pNegative);
}

/**
 * The class that a model gives to a post. Two classes: positive when p_positive reaches the threshold.
 * Three: the most probable; of equals the more cautious, neutral before negative before positive.
 */
export function classify(
  { spec }: { readonly spec: Pick<ModelSpec, 'labels' | 'threshold'> },
  pNegative: number,
  pPositive: number,
): PredictedClass {
  if (spec.labels.length === 2) return pPositive >= spec.threshold ? 'positive' : 'negative';
  const largest = Math.max(pNegative, pPositive);
  if (neutralOf(pNegative, pPositive) >= largest) return 'neutral';
  return pNegative === largest ? 'negative' : 'positive';
}

/** The logistic function, in the form that never overflows. */
function sigmoid(logit: number): number {
  if (logit >= 0) return 1 / (1 + Math.exp(-logit));
  const exponential = Math.exp(logit);
  return exponential / (1 + exponential);
}
