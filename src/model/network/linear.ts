import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../engines/engine.ts';
import type { LinearSpec } from '../network-spec.ts';
import { layoutOf } from './layout.ts';
import { type Parameters, parameter, type TensorFlow } from './tensorflow.ts';

/** A linear model's logits, batch × outputs: the sum of its features' weights, scaled where it says so, and the bias. */
export function linearLogits(tf: TensorFlow, network: LinearSpec, parameters: Parameters, input: TokenBatch): Tensor2D {
  const { ids, padding, lengths, steps, batch } = layoutOf(input, true);
  const shares = padding.map((isPadding, row) => (1 - isPadding) * scaleOf(network, lengths[row % batch] ?? 1));
  const gathered = tf.gather(parameter<Tensor2D>(parameters, 'linear.weight'), tf.tensor1d(ids, 'int32'));
  const scaled = tf.mul(gathered, tf.tensor2d(shares, [shares.length, 1]));
  const sums = tf.sum(tf.reshape(scaled, [steps, batch, network.outputs]), 0) as Tensor2D;
  return tf.add(sums, parameter(parameters, 'linear.bias'));
}

/** What a text's features are multiplied by, so that they are 1 each or a vector of length 1 together. */
export function scaleOf({ scale }: Pick<LinearSpec, 'scale'>, features: number): number {
  return scale === 'unit' ? 1 / Math.sqrt(features) : 1;
}
