import type { GradSaveFunc, Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { POOLING_PARTS, type Pooling, type PoolingPart } from '../network-spec.ts';
import type { Layout } from './layout.ts';
import { type Parameters, parameter, type TensorFlow } from './tensorflow.ts';

/** The top layer's states: as the layer gives them, and as rows in the text's own order (made when asked for). */
export interface TopStates {
  /** directions × steps × batch × units, each direction in the order in which it reads. */
  readonly all: Tensor4D;
  /** (steps · batch) × (directions · units). */
  readonly rows: () => Tensor2D;
}

/** The top layer's states as one vector a text: batch × features. Pooling by the last state needs no other step. */
export function pooled(
  tf: TensorFlow,
  pooling: Pooling,
  states: TopStates,
  layout: Layout,
  parameters: Parameters,
): Tensor2D {
  const parts = POOLING_PARTS[pooling].map((part) => partOf(tf, part, states, layout, parameters));
  return parts.length === 1 ? (parts[0] as Tensor2D) : tf.concat(parts, 1);
}

function partOf(
  tf: TensorFlow,
  part: PoolingPart,
  states: TopStates,
  layout: Layout,
  parameters: Parameters,
): Tensor2D {
  const byText = (vectors: Tensor3D) => {
    const [directions, batch, units] = vectors.shape;
    return tf.reshape(tf.transpose(vectors, [1, 0, 2]), [batch, directions * units]) as Tensor2D;
  };
  switch (part) {
    case 'last':
      return byText(lastOf(tf, states.all));
    case 'last_output':
      return byText(lastOutputOf(tf, states.all));
    case 'mean':
      return byText(meanOf(tf, states.all, layout));
    case 'max':
      return byText(maximumOf(tf, states.all, layout));
    case 'attention':
      return attended(tf, states.rows(), layout, parameter<Tensor2D>(parameters, 'attention.weight'));
  }
}

/** The state at the last step. A text that ended earlier kept its own. */
function lastOf(tf: TensorFlow, states: Tensor4D): Tensor3D {
  return stepOf(tf, states, states.shape[1] - 1);
}

/** Both directions at the text's last word: the forward one's last state, the backward one's first. */
function lastOutputOf(tf: TensorFlow, states: Tensor4D): Tensor3D {
  const [directions, , batch, units] = states.shape;
  const last = stepOf(tf, states, states.shape[1] - 1);
  if (directions === 1) return last;
  const direction = (vectors: Tensor3D, index: number) => tf.slice(vectors, [index, 0, 0], [1, batch, units]);
  return tf.concat([direction(last, 0), direction(stepOf(tf, states, 0), 1)], 0);
}

function stepOf(tf: TensorFlow, states: Tensor4D, step: number): Tensor3D {
  const [directions, , batch, units] = states.shape;
  return tf.reshape(tf.slice(states, [0, step, 0, 0], [directions, 1, batch, units]), [directions, batch, units]);
}

function meanOf(tf: TensorFlow, states: Tensor4D, { steps, batch, padding, lengths }: Layout): Tensor3D {
  const shares = padding.map((isPadding, row) => (1 - isPadding) / (lengths[row % batch] ?? 1));
  return tf.sum(tf.mul(states, tf.tensor4d(shares, [1, steps, batch, 1])), 1);
}

/** The maximum over a text's steps (second axis of four). Of equal ones each gets the same part of the gradient. */
export function maximumOf(
  tf: TensorFlow,
  states: Tensor4D,
  { steps, batch, padding }: Pick<Layout, 'steps' | 'batch' | 'padding'>,
): Tensor3D {
  const lowest = tf.tensor4d(lowestOnPadding(padding), [1, steps, batch, 1]);
  const maximum = tf.customGrad((...args) => {
    const [all, save] = args as [Tensor4D, GradSaveFunc];
    const inside = tf.add(all, lowest);
    const value = tf.max(inside, 1, true);
    save([inside, value]);
    return {
      value: value as Tensor,
      gradFunc: (gradient, [of, largest]) => {
        const isLargest = tf.cast(tf.equal(of as Tensor, largest as Tensor), 'float32');
        return tf.mul(isLargest, tf.div(gradient, tf.sum(isLargest, 1, true)));
      },
    };
  });
  return tf.squeeze(maximum(states), [1]);
}

/** The mean weighed by how much each step matters: softmax over the text of one learnt product a step. */
function attended(tf: TensorFlow, rows: Tensor2D, { steps, batch, padding }: Layout, weight: Tensor2D): Tensor2D {
  const scores = tf.reshape(tf.matMul(rows, weight, false, true), [steps, batch]) as Tensor2D;
  const inside = tf.add(scores, tf.tensor2d(lowestOnPadding(padding), [steps, batch]));
  // TensorFlow.js has a softmax over the last axis only.
  const shares = tf.transpose(tf.softmax(tf.transpose(inside as Tensor2D)));
  const weighed = tf.mul(tf.reshape(rows, [steps, batch, rows.shape[1]]), tf.reshape(shares, [steps, batch, 1]));
  return tf.sum(weighed, 0);
}

function lowestOnPadding(padding: Float32Array): Float32Array {
  return padding.map((isPadding) => (isPadding === 0 ? 0 : Number.NEGATIVE_INFINITY));
}
