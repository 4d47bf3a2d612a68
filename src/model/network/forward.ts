import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../engines/engine.ts';
import { ownNetwork } from '../network-spec.ts';
import type { ModelSpec } from '../spec.ts';
import { UNKNOWN_ID } from '../vocabulary.ts';
import { convolutionalFeatures } from './convolution.ts';
import { type Dropout, dropoutMask, dropWords } from './dropout.ts';
import { type Layout, layoutOf } from './layout.ts';
import { linearLogits } from './linear.ts';
import { recurrentFeatures } from './stack.ts';
import { type Parameters, parameter, type TensorFlow } from './tensorflow.ts';
import { wideLogits } from './wide.ts';

/** What of a model.json the network's computation depends on. */
export interface ForwardSpec {
  readonly network: ModelSpec['network'];
  readonly padding: Pick<ModelSpec['padding'], 'masked'>;
}

/**
 * The network's logits, batch × outputs: embedding, recurrent layers with their pooling or convolutions, one linear layer, and
 * the wide branch added. Given dropout (its rates may be 0) this is a step of training and can be differentiated by the
 * parameters; without it nothing is kept for that. Call it inside `tf.tidy` or a gradient function, which free what it leaves.
 */
export function forward(
  tf: TensorFlow,
  spec: ForwardSpec,
  parameters: Parameters,
  batch: TokenBatch,
  dropout?: Dropout,
): Tensor2D {
  const { padding } = spec;
  const network = ownNetwork(spec);
  if (network.kind === 'linear') return linearLogits(tf, network, parameters, batch);
  const layout = layoutOf(batch, padding.masked);
  const ids = dropout ? dropWords(layout.ids, layout.padding, UNKNOWN_ID, dropout) : layout.ids;
  const words = embedded(tf, parameters, ids, layout, dropout);
  const features =
    network.kind === 'cnn'
      ? convolutionalFeatures(tf, network, parameters, words, layout)
      : recurrentFeatures(tf, network, parameters, words, layout, dropout !== undefined);
  const weight = parameter<Tensor2D>(parameters, 'fc.weight');
  const products = tf.matMul(withoutSome(tf, features, dropout), weight, false, true);
  const deep = tf.add<Tensor2D>(products, parameter(parameters, 'fc.bias'));
  return network.wide ? tf.add(deep, wideLogits(tf, network.wide, parameters, ids, layout)) : deep;
}

/** The words' vectors, (steps · batch) × embedding. */
function embedded(
  tf: TensorFlow,
  parameters: Parameters,
  ids: Int32Array,
  { steps, batch }: Layout,
  dropout: Dropout | undefined,
): Tensor2D {
  const vectors = tf.gather(parameter<Tensor2D>(parameters, 'embedding.weight'), tf.tensor1d(ids, 'int32'));
  const size = vectors.shape[1];
  const mask = dropout && dropoutMask('embedding', batch * size, dropout);
  if (!mask) return vectors;
  const bySteps = tf.reshape(vectors, [steps, batch, size]);
  return tf.reshape(tf.mul(bySteps, tf.tensor3d(mask, [1, batch, size])), [steps * batch, size]);
}

/** The pooled features, some of them left out in training. */
function withoutSome(tf: TensorFlow, vectors: Tensor2D, dropout: Dropout | undefined): Tensor2D {
  const mask = dropout && dropoutMask('state', vectors.size, dropout);
  return mask ? tf.mul(vectors, tf.tensor2d(mask, vectors.shape)) : vectors;
}
