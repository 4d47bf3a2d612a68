import type { Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { ConvolutionalSpec } from '../network-spec.ts';
import type { Layout } from './layout.ts';
import { maximumOf } from './pooling.ts';
import { type Parameters, parameter, type TensorFlow } from './tensorflow.ts';

/**
 * Filters over windows of words, each one's maximum over the text: word vectors (steps · batch) × embedding → batch × features.
 * A window begins at each of the text's words, and sees zeros past the end: in PyTorch's terms
 * `relu(Conv1d(F.pad(x, (0, width − 1)))).max(time)`, so that the shortest text fits the widest filter.
 */
export function convolutionalFeatures(
  tf: TensorFlow,
  { widths, filters, embedding }: ConvolutionalSpec,
  parameters: Parameters,
  words: Tensor2D,
  layout: Layout,
): Tensor2D {
  const { steps, batch, padding } = layout;
  const size = steps * batch;
  const inside = tf.tensor2d(
    padding.map((isPadding) => 1 - isPadding),
    [size, 1],
  );
  const beyond = Math.max(...widths) - 1;
  const rows = tf.concat([tf.mul(words, inside) as Tensor2D, tf.zeros([beyond * batch, embedding]) as Tensor2D], 0);
  const features = widths.map((width, index) => {
    const shifted = Array.from({ length: width }, (_, offset) =>
      tf.slice(rows, [offset * batch, 0], [size, embedding]),
    );
    const weight = parameter<Tensor3D>(parameters, `convs.${index}.weight`);
    const byWindow = tf.reshape(tf.transpose(weight, [2, 1, 0]), [width * embedding, filters]) as Tensor2D;
    const bias = parameter<Tensor1D>(parameters, `convs.${index}.bias`);
    const products = tf.add(tf.matMul(width === 1 ? (shifted[0] as Tensor2D) : tf.concat(shifted, 1), byWindow), bias);
    const byStep = tf.reshape(products, [1, steps, batch, filters]) as Tensor4D;
    return tf.reshape(maximumOf(tf, byStep, layout), [batch, filters]) as Tensor2D;
  });
  // The maximum of rectified numbers is the rectified maximum.
  return tf.relu(features.length === 1 ? (features[0] as Tensor2D) : tf.concat(features, 1));
}
