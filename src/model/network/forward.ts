import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../engines/engine.ts';
import { directionsOf } from '../shapes.ts';
import type { ModelSpec } from '../spec.ts';
import { UNKNOWN_ID } from '../vocabulary.ts';
import { type Dropout, dropoutMask, dropWords } from './dropout.ts';
import { gru } from './gru.ts';
import { type Layout, layoutOf } from './layout.ts';
import { pooled } from './pooling.ts';
import { differentiableStates, states } from './recurrent.ts';
import { type Parameters, parameter, type TensorFlow } from './tensorflow.ts';

/** What of a model.json the network's computation depends on. */
export interface ForwardSpec {
  readonly network: ModelSpec['network'];
  readonly padding: Pick<ModelSpec['padding'], 'masked'>;
}

/**
 * The network's logits, batch × outputs: embedding, recurrent layers, pooling, one linear layer. Given dropout (its rates may
 * be 0) this is a step of training and can be differentiated by the parameters; without it nothing is kept for that.
 * Call it inside `tf.tidy` or a gradient function, which free what it leaves.
 */
export function forward(
  tf: TensorFlow,
  { network, padding }: ForwardSpec,
  parameters: Parameters,
  batch: TokenBatch,
  dropout?: Dropout,
): Tensor2D {
  const layout = layoutOf(batch, padding.masked);
  const reversed = tf.tensor1d(layout.reversed, 'int32');
  const notes = notesOf(tf, layout);
  const run = dropout ? differentiableStates : states;

  let rows = embedded(tf, parameters, layout, dropout);
  for (let layer = 0; ; layer += 1) {
    const suffixes = directionsOf(network, layer);
    const forwards = tf.concat([rows, notes], 1);
    const read = suffixes.map((_, direction) => (direction === 0 ? forwards : reordered(tf, forwards, reversed)));
    const isTop = layer === network.layers - 1;
    const onlyLast = isTop && network.pooling === 'last';
    const input = { rows: tf.stack(read) as Tensor3D, steps: layout.steps, batch: layout.batch, onlyLast };
    const all = run(tf, gru, input, gru.weights(tf, parameters, suffixes));
    if (isTop) {
      const vectors = withoutSome(tf, pooled(tf, network.pooling, all, layout), dropout);
      const products = tf.matMul(vectors, parameter<Tensor2D>(parameters, 'fc.weight'), false, true);
      return tf.add(products, parameter(parameters, 'fc.bias'));
    }
    rows = sideBySide(tf, all, reversed);
  }
}

/** The words' vectors, (steps · batch) × embedding. */
function embedded(tf: TensorFlow, parameters: Parameters, layout: Layout, dropout: Dropout | undefined): Tensor2D {
  const { steps, batch } = layout;
  const ids = dropout ? dropWords(layout.ids, layout.padding, UNKNOWN_ID, dropout) : layout.ids;
  const vectors = tf.gather(parameter<Tensor2D>(parameters, 'embedding.weight'), tf.tensor1d(ids, 'int32'));
  const size = vectors.shape[1];
  const mask = dropout && dropoutMask('embedding', batch * size, dropout);
  if (!mask) return vectors;
  const bySteps = tf.reshape(vectors, [steps, batch, size]);
  return tf.reshape(tf.mul(bySteps, tf.tensor3d(mask, [1, batch, size])), [steps * batch, size]);
}

/** What every row of a layer's input ends with: 1, and whether it is padding. */
function notesOf(tf: TensorFlow, { padding }: Layout): Tensor2D {
  const notes = new Float32Array(2 * padding.length).fill(1);
  for (const [row, isPadding] of padding.entries()) notes[2 * row + 1] = isPadding;
  return tf.tensor2d(notes, [padding.length, 2]);
}

/** A layer's states as the next one's rows: the directions side by side, both in the text's own order. */
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

/** The pooled features, some of them left out in training. */
function withoutSome(tf: TensorFlow, vectors: Tensor2D, dropout: Dropout | undefined): Tensor2D {
  const mask = dropout && dropoutMask('state', vectors.size, dropout);
  return mask ? tf.mul(vectors, tf.tensor2d(mask, vectors.shape)) : vectors;
}
