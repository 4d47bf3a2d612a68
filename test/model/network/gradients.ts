import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { forward } from '../../../src/model/network/forward.ts';
import type { Parameters, TensorFlow } from '../../../src/model/network/tensorflow.ts';
import type { DeepSpec } from '../../../src/model/network-spec.ts';
import type { Tensors } from '../../../src/model/safetensors.ts';
import { plainLogits } from './plain.ts';
import { batchOfTexts, smallConvolution, smallNetwork, weightsOf, ZOO } from './support.ts';

const NO_DROPOUT = { word: 0, embedding: 0, state: 0, seed: 1, step: 0 };
const TEXTS = [[2, 5, 7, 5], [4], [0, 1, 10, 10]];
const WIDTH = 6;
/** For networks whose layers the others pin already: a tape of single operations is slow. */
const SHORT_TEXTS = [[2, 5, 7], [4], [11, 2]];
const POOLINGS = ['last', 'mean', 'max', 'mean_max'] as const;

/** What the derivatives of every network must be, by TensorFlow.js of one kind. */
export function gradientsAreRight(load: () => Promise<TensorFlow>): void {
  let tf: TensorFlow;
  beforeAll(async () => {
    tf = await load();
  });

  /** A loss in which every logit of every text counts differently. */
  const lossOf = (logits: Tensor, first = 0) =>
    tf.sum(
      tf.mul(tf.square(logits), tf.reshape(tf.cos(tf.range(first + 1, first + 1 + logits.size)), logits.shape)),
    ) as Scalar;

  const batchedLoss = (network: DeepSpec, parameters: Parameters, masked = true, texts = TEXTS) =>
    lossOf(forward(tf, { network, padding: { masked } }, parameters, batchOfTexts(texts, WIDTH), NO_DROPOUT));

  const plainLoss = (network: DeepSpec, parameters: Parameters, texts: readonly number[][]) =>
    tf.addN(
      texts.map((ids, row) => lossOf(plainLogits(tf, network, parameters, ids), row * network.outputs)),
    ) as Scalar;

  function gradientsOf(weights: Tensors, loss: (parameters: Parameters) => Scalar): Map<string, Float32Array> {
    const variables = new Map<string, Variable>();
    for (const [name, { data, shape }] of weights) {
      const start = tf.tensor(data, [...shape]);
      variables.set(name, tf.variable(start));
      start.dispose();
    }
    const { value, grads } = tf.variableGrads(() => loss(variables), [...variables.values()]);
    const found = new Map(
      [...variables].map(([name, { name: id }]) => [
        name,
        grads[id]?.dataSync<'float32'>().slice() ?? new Float32Array(),
      ]),
    );
    tf.dispose([value, grads, [...variables.values()]]);
    return found;
  }

  function expectSame(actual: Map<string, Float32Array>, expected: Map<string, Float32Array>, tolerance: number) {
    for (const [name, numbers] of expected) {
      const scale = Math.max(1, ...numbers.map(Math.abs));
      const worst = Math.max(
        ...numbers.map((number, index) => Math.abs(number - (actual.get(name)?.[index] ?? Number.NaN))),
      );
      expect(worst / scale, name).toBeLessThan(tolerance);
    }
  }

  it.each(ZOO)('are those of the plain composition: %s', (_name, network) => {
    const weights = weightsOf(network);
    expectSame(
      gradientsOf(weights, (parameters) => batchedLoss(network, parameters, true, SHORT_TEXTS)),
      gradientsOf(weights, (parameters) => plainLoss(network, parameters, SHORT_TEXTS)),
      2e-5,
    );
  });

  describe.each([
    { layers: 1, bidirectional: false, poolings: POOLINGS },
    { layers: 1, bidirectional: true, poolings: ['mean_max'] as const },
    { layers: 2, bidirectional: true, poolings: POOLINGS },
    { layers: 3, bidirectional: false, poolings: ['mean_max'] as const },
  ])('of $layers layers, bidirectional: $bidirectional', ({ poolings, ...shape }) => {
    // Pooling sees the last layer alone: each kind with one and with two directions is enough.
    it.each(poolings)('are those of the plain composition, pooled by %s', (pooling) => {
      const network = smallNetwork({ ...shape, pooling });
      const weights = weightsOf(network);
      expectSame(
        gradientsOf(weights, (parameters) => batchedLoss(network, parameters)),
        gradientsOf(weights, (parameters) => plainLoss(network, parameters, TEXTS)),
        2e-5,
      );
    });

    it('are those of the plain composition where padding is read', () => {
      const network = smallNetwork({ ...shape, pooling: 'mean_max' });
      const weights = weightsOf(network);
      const padded = TEXTS.map((ids) => [...ids, ...new Array<number>(WIDTH - ids.length).fill(0)]);
      // Repeated padding lets states become equal, where a maximum has no derivative: pool by the mean and the last.
      for (const pooling of ['last', 'mean'] as const)
        expectSame(
          gradientsOf(weights, (parameters) =>
            batchedLoss({ ...network, pooling }, narrowed(parameters, network), false),
          ),
          gradientsOf(weights, (parameters) =>
            plainLoss({ ...network, pooling }, narrowed(parameters, network), padded),
          ),
          2e-5,
        );
    });
  });

  /** Parameters whose last layer takes half as many features. */
  function narrowed(parameters: Parameters, { outputs }: DeepSpec): Parameters {
    const weight = parameters.get('fc.weight') as Tensor;
    return new Map(parameters).set('fc.weight', tf.slice(weight, [0, 0], [outputs, (weight.shape[1] ?? 0) / 2]));
  }

  it.each<[string, DeepSpec]>([
    ['gru', smallNetwork({ layers: 2 })],
    ['gru, mean and maximum', smallNetwork({ layers: 2, pooling: 'mean_max' })],
    ['rnn, attention', smallNetwork({ kind: 'rnn', bidirectional: false, pooling: 'attention' })],
    ['lstm', smallNetwork({ kind: 'lstm', pooling: 'last_output' })],
    ['cnn, wide branch', smallConvolution({ widths: [2], wide: { words: 2, buckets: 9 } })],
  ])('are the slopes of the loss: %s', (_name, network) => {
    const weights = weightsOf(network);
    const gradients = gradientsOf(weights, (parameters) => batchedLoss(network, parameters));
    const lossWith = (name: string, index: number, change: number) => {
      const changed = new Map(weights);
      const tensor = weights.get(name);
      if (!tensor) throw new Error(name);
      const data = tensor.data.slice();
      data[index] = (data[index] ?? 0) + change;
      changed.set(name, { ...tensor, data });
      return tf.tidy(() => {
        const parameters = new Map(
          [...changed].map(([key, { data: numbers, shape }]) => [key, tf.tensor(numbers, [...shape])]),
        );
        return batchedLoss(network, parameters).dataSync()[0] ?? Number.NaN;
      });
    };
    // Wide enough for single precision; the error of a central difference falls with its square.
    const step = 4e-3;
    for (const [name, { data }] of weights)
      for (let index = 0; index < data.length; index += Math.ceil(data.length / 3)) {
        const slope = (lossWith(name, index, step) - lossWith(name, index, -step)) / (2 * step);
        const gradient = gradients.get(name)?.[index] ?? Number.NaN;
        expect(Math.abs(slope - gradient) / Math.max(1, Math.abs(gradient)), `${name}[${index}]`).toBeLessThan(5e-3);
      }
  });
}
