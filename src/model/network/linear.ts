import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../engines/engine.ts';
import type { LinearSpec } from '../network-spec.ts';
import { layoutOf } from './layout.ts';
import { type Parameters, parameter, type TensorFlow } from './tensorflow.ts';

/** A linear model's logits, batch × outputs: the sum of its features' weights, scaled where it says so, and the bias. */
export function linearLogits(tf: TensorFlow, network: LinearSpec, parameters: Parameters, input: TokenBatch): Tensor2D {
  const { ids, padding, lengths, steps, batch } = layoutOf(input, true);
  const places = tf.tensor1d(ids, 'int32');
  const inside = tf.tensor2d(
    padding.map((isPadding) => 1 - isPadding),
    [padding.length, 1],
  );
  /** By text, the sum of what a table says of each feature: batch × columns. */
  const sumOf = (table: string) => {
    const gathered = tf.gather(parameter<Tensor2D>(parameters, table), places);
    return tf.sum<Tensor2D>(tf.reshape(tf.mul(gathered, inside), [steps, batch, gathered.shape[1]]), 0);
  };
  const sums = sumOf('linear.weight');
  const bias = parameter(parameters, 'linear.bias');
  if (network.scale === 'none') return tf.add(sums, bias);
  const squares =
    network.scale === 'idf' ? sumOf('linear.squares') : tf.tensor2d(Float32Array.from(lengths), [batch, 1]);
  return tf.add(tf.div(sums, tf.sqrt(squares)), bias);
}
