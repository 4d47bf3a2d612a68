import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { RecurrentKind, RecurrentSpec } from '../network-spec.ts';
import { directionsOf } from '../shapes.ts';
import type { Cell } from './cell.ts';
import { gru } from './gru.ts';
import type { Layout } from './layout.ts';
import { lstm } from './lstm.ts';
import { pooled } from './pooling.ts';
import { differentiableStates, states } from './recurrent.ts';
import { rnn } from './rnn.ts';
import type { Parameters, TensorFlow } from './tensorflow.ts';

const CELLS: Readonly<Record<RecurrentKind, Cell>> = { rnn, lstm, gru };

/** Recurrent layers over one another and the top one's states pooled: word vectors (steps · batch) × embedding → batch × features. */
export function recurrentFeatures(
  tf: TensorFlow,
  network: RecurrentSpec,
  parameters: Parameters,
  words: Tensor2D,
  layout: Layout,
  training: boolean,
): Tensor2D {
  const reversed = tf.tensor1d(layout.reversed, 'int32');
  const ones = tf.ones([layout.padding.length, 1]) as Tensor2D;
  const run = training ? differentiableStates : states;
  const cell = CELLS[network.kind];
  let rows = words;
  for (let layer = 0; ; layer += 1) {
    const suffixes = directionsOf(network, layer);
    const forwards = tf.concat([rows, ones], 1);
    const read = suffixes.map((_, direction) => (direction === 0 ? forwards : reordered(tf, forwards, reversed)));
    const isTop = layer === network.layers - 1;
    const onlyLast = isTop && network.pooling === 'last';
    const input = { rows: tf.stack(read) as Tensor3D, layout, onlyLast };
    const all = run(tf, cell, input, cell.weights(tf, parameters, suffixes));
    const inOrder = () => sideBySide(tf, all, reversed);
    if (isTop) return pooled(tf, network.pooling, { all, rows: inOrder }, layout, parameters);
    rows = inOrder();
  }
}

/** A layer's states as rows: the directions side by side, both in the text's own order. */
function sideBySide(tf: TensorFlow, all: Tensor4D, reversed: Tensor1D): Tensor2D {
  const [count, steps, batch, units] = all.shape;
  // TensorFlow.js can't differentiate taking a single part off.
  const parts = count === 1 ? [all] : tf.unstack(all);
  const directions = parts.map((part) => tf.reshape(part, [steps * batch, units]) as Tensor2D);
  return tf.concat(
    directions.map((rows, direction) => (direction === 0 ? rows : reordered(tf, rows, reversed))),
    1,
  );
}

/** Rows in another order that is its own inverse, so that the gradient is the same operation again. */
function reordered(tf: TensorFlow, rows: Tensor2D, order: Tensor1D): Tensor2D {
  const reorder = tf.customGrad((...args) => {
    const [of, save] = args as [Tensor2D, GradSaveFunc];
    save([order]);
    return {
      value: tf.gather(of, order) as Tensor,
      gradFunc: (gradient, [saved]) => tf.gather(gradient, saved as Tensor1D),
    };
  });
  return reorder(rows) as Tensor2D;
}
