import type { GradSaveFunc, Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Pooling } from '../spec.ts';
import type { Layout } from './layout.ts';
import type { TensorFlow } from './tensorflow.ts';

/**
 * The top layer's states (directions × steps × batch × units) as one vector a text: batch × features. Pooling by the last
 * state needs no other step.
 */
export function pooled(tf: TensorFlow, pooling: Pooling, states: Tensor4D, layout: Layout): Tensor2D {
  const byText = (vectors: Tensor3D) => {
    const [directions, batch, units] = vectors.shape;
    return tf.reshape(tf.transpose(vectors, [1, 0, 2]), [batch, directions * units]) as Tensor2D;
  };
  switch (pooling) {
    case 'last':
      return byText(lastOf(tf, states));
    case 'mean':
      return byText(meanOf(tf, states, layout));
    case 'max':
      return byText(maximumOf(tf, states, layout));
    case 'mean_max':
      return tf.concat([byText(meanOf(tf, states, layout)), byText(maximumOf(tf, states, layout))], 1);
  }
}

/** The state at the last step. A text that ended earlier kept its own. */
function lastOf(tf: TensorFlow, states: Tensor4D): Tensor3D {
  const [directions, steps, batch, units] = states.shape;
  return tf.reshape(tf.slice(states, [0, steps - 1, 0, 0], [directions, 1, batch, units]), [directions, batch, units]);
}

function meanOf(tf: TensorFlow, states: Tensor4D, { steps, batch, padding, lengths }: Layout): Tensor3D {
  const shares = padding.map((isPadding, row) => (1 - isPadding) / (lengths[row % batch] ?? 1));
  return tf.sum(tf.mul(states, tf.tensor4d(shares, [1, steps, batch, 1])), 1);
}

/** The maximum over a text's steps. Of equal ones each gets the same part of the gradient. */
function maximumOf(tf: TensorFlow, states: Tensor4D, { steps, batch, padding }: Layout): Tensor3D {
  const lowest = tf.tensor4d(
    padding.map((isPadding) => (isPadding === 0 ? 0 : Number.NEGATIVE_INFINITY)),
    [1, steps, batch, 1],
  );
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
