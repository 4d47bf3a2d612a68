import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../network/tensorflow.ts';

/**
 * Cross-entropy of each row, in nats: sigmoid on one logit (label 1 is positive), softmax on three. `targets` are
 * probabilities of the three classes to be met instead of the labels. Written so that no logit overflows:
 * log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|).
 */
export function rowLosses(tf: TensorFlow, logits: Tensor2D, labels: Int32Array, targets?: Float32Array): Tensor1D {
  if (logits.shape[1] === 1) {
    const logit = tf.reshape(logits, [-1]) as Tensor1D;
    const target = tf.tensor1d(Float32Array.from(labels));
    // The same as max(x, 0) − x·y + log(1 + e^−|x|), of functions that have a gradient everywhere.
    return tf.sub(tf.softplus(logit), tf.mul(logit, target));
  }
  const wanted = targets
    ? tf.tensor2d(targets, logits.shape)
    : tf.oneHot(tf.tensor1d(labels, 'int32'), logits.shape[1]);
  return tf.neg(tf.sum(tf.mul(wanted, tf.logSoftmax(logits, 1)), 1)) as Tensor1D;
}

/**
 * The mean, each row weighing what its class does: Σ w·loss / Σ w, as PyTorch's. Rows' own weights (whose mean over all data
 * is 1) multiply their losses and do not count below the line: batches are alike in length, and often of one source, whose
 * weight would cancel out.
 */
export function weightedMean(
  tf: TensorFlow,
  losses: Tensor1D,
  labels: Int32Array,
  weights: readonly number[],
  own?: Float32Array,
): Tensor {
  const ofClasses = Float32Array.from(labels, (label) => weights[label] ?? 1);
  const total = ofClasses.reduce((sum, weight) => sum + weight, 0);
  const ofRows = own ? ofClasses.map((weight, row) => weight * (own[row] ?? 1)) : ofClasses;
  return tf.div(tf.sum(tf.mul(losses, tf.tensor1d(ofRows))), total);
}

/** Weights of the classes: all 1, or so that each class weighs the same in total and the mean row weighs 1. */
export function classWeights(kind: 'none' | 'balanced', labels: readonly number[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts.map((count) => (kind === 'none' || count === 0 ? 1 : labels.length / (classes * count)));
}
