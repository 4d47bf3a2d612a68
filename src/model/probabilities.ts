import type { Judgement } from '../aggregate/stage.ts';
import type { Sentiment } from '../sentiment.ts';
import type { Outputs } from './network-spec.ts';
import type { Applied } from './spec.ts';

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

/** Below this a probability is rounding: neutral is what the other two leave of 1. */
const SMALLEST = 1e-12;

/**
 * A model's probabilities from its network's raw ones. The one place where calibration is applied: whatever shows or sums
 * probabilities takes them from here. Without calibration they are the same array.
 */
export function calibrate(
  { spec }: { readonly spec: Pick<Applied, 'labels' | 'calibration'> },
  raw: Probabilities,
): Probabilities {
  const { calibration, labels } = spec;
  if (calibration === undefined) return raw;
  const { scale, bias } = calibration;
  const has = labels.length;
  const result = new Float64Array(raw.length);
  const weights = new Float64Array(has);
  for (let at = 0; at < raw.length; at += 2) {
    const [negative = Number.NaN, positive = Number.NaN] = [raw[at], raw[at + 1]];
    let largest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < has; index += 1) {
      const own = index === 0 ? negative : index === has - 1 ? positive : neutralOf(negative, positive);
      const logit = (scale[index] ?? 1) * Math.log(Math.max(own, SMALLEST)) + (bias[index] ?? 0);
      weights[index] = logit;
      largest = Math.max(largest, logit);
    }
    let sum = 0;
    for (let index = 0; index < has; index += 1) {
      weights[index] = Math.exp((weights[index] ?? 0) - largest);
      sum += weights[index] ?? 0;
    }
    result[at] = (weights[0] ?? 0) / sum;
    result[at + 1] = (weights[has - 1] ?? 0) / sum;
  }
  return result;
}

/**
 * The class that a model gives to a post, from its calibrated probabilities. Two classes: positive when p_positive reaches the threshold.
 * Three: the most probable, or the largest of weight · probability where the model has weights; of equals the more cautious,
 * neutral before negative before positive.
 */
export function classify(
  { spec }: { readonly spec: Pick<Applied, 'labels' | 'threshold' | 'decision_weights'> },
  pNegative: number,
  pPositive: number,
): Sentiment {
  if (spec.labels.length === 2) return pPositive >= spec.threshold ? 'positive' : 'negative';
  const [ofNegative = 1, ofNeutral = 1, ofPositive = 1] = spec.decision_weights ?? [];
  const [negative, positive] = [ofNegative * pNegative, ofPositive * pPositive];
  const largest = Math.max(negative, positive);
  if (ofNeutral * neutralOf(pNegative, pPositive) >= largest) return 'neutral';
  return negative === largest ? 'negative' : 'positive';
}

/** What a model makes of a post's raw probabilities. */
export function judge(model: { readonly spec: Applied }, pNegative: number, pPositive: number): Judgement {
  const [negative = Number.NaN, positive = Number.NaN] = calibrate(model, Float64Array.of(pNegative, pPositive));
  return { pNegative: negative, pPositive: positive, predicted: classify(model, negative, positive) };
}

/** The logistic function, in the form that never overflows. */
function sigmoid(logit: number): number {
  if (logit >= 0) return 1 / (1 + Math.exp(-logit));
  const exponential = Math.exp(logit);
  return exponential / (1 + exponential);
}
