import type { Tensor } from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../../../src/model/engines/engine.ts';
import { type Parameters, parameter, type TensorFlow } from '../../../src/model/network/tensorflow.ts';
import type { Tensors } from '../../../src/model/safetensors.ts';
import { directionsOf, featuresOf } from '../../../src/model/shapes.ts';
import type { NetworkSpec } from '../../../src/model/spec.ts';

export function smallNetwork(changes: Partial<NetworkSpec> = {}): NetworkSpec {
  const small: NetworkSpec = {
    kind: 'gru',
    layers: 1,
    bidirectional: true,
    vocabulary: 12,
    embedding: 4,
    hidden: 3,
    pooling: 'last',
    outputs: 3,
  };
  return { ...small, ...changes };
}

/** Weights of a network, the same at every call. */
export function weightsOf(network: NetworkSpec, scale = 0.8): Tensors {
  let phase = 0;
  const tensor = (...shape: number[]) => ({
    type: 'F32' as const,
    shape,
    data: Float32Array.from({ length: shape.reduce((size, length) => size * length, 1) }, () => {
      phase += 1;
      return scale * Math.sin(phase * phase * 0.37);
    }),
  });
  const weights = new Map([['embedding.weight', tensor(network.vocabulary, network.embedding)]]);
  for (let layer = 0; layer < network.layers; layer += 1)
    for (const suffix of directionsOf(network, layer)) {
      const inputs = layer === 0 ? network.embedding : network.hidden * (network.bidirectional ? 2 : 1);
      weights.set(`gru.weight_ih${suffix}`, tensor(3 * network.hidden, inputs));
      weights.set(`gru.weight_hh${suffix}`, tensor(3 * network.hidden, network.hidden));
      weights.set(`gru.bias_ih${suffix}`, tensor(3 * network.hidden));
      weights.set(`gru.bias_hh${suffix}`, tensor(3 * network.hidden));
    }
  return weights.set('fc.weight', tensor(network.outputs, featuresOf(network))).set('fc.bias', tensor(network.outputs));
}

export function batchOfTexts(texts: readonly (readonly number[])[], width: number): TokenBatch {
  const ids = new Int32Array(texts.length * width);
  for (const [row, text] of texts.entries()) ids.set(text, row * width);
  return { ids, lengths: Int32Array.from(texts, (text) => text.length), width };
}

/**
 * The network as its equations are written: one text, one step and one direction after the other, no padding, no masks, no
 * batches. Its derivatives come from TensorFlow.js's own, an operation at a time.
 */
export function plainLogits(
  tf: TensorFlow,
  network: NetworkSpec,
  parameters: Parameters,
  ids: readonly number[],
): Tensor {
  const one = (name: string) => parameter(parameters, name);
  const { hidden } = network;
  const gate = (product: Tensor, index: number) => tf.slice(product, [0, index * hidden], [1, hidden]);
  const linear = (x: Tensor, weight: string, bias: string) =>
    tf.add(tf.matMul(x as never, one(weight) as never, false, true), one(bias));

  let inputs: Tensor[] = ids.map((id) => tf.slice(one('embedding.weight'), [id, 0], [1, network.embedding]));
  for (let layer = 0; layer < network.layers; layer += 1) {
    const byDirection = directionsOf(network, layer).map((suffix, direction) => {
      let state: Tensor = tf.zeros([1, hidden]);
      const read = direction === 0 ? inputs : inputs.toReversed();
      const states = read.map((x) => {
        const ofInput = linear(x, `gru.weight_ih${suffix}`, `gru.bias_ih${suffix}`);
        const ofState = linear(state, `gru.weight_hh${suffix}`, `gru.bias_hh${suffix}`);
        const r = tf.sigmoid(tf.add(gate(ofInput, 0), gate(ofState, 0)));
        const z = tf.sigmoid(tf.add(gate(ofInput, 1), gate(ofState, 1)));
        const n = tf.tanh(tf.add(gate(ofInput, 2), tf.mul(r, gate(ofState, 2))));
        state = tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, state));
        return state;
      });
      return direction === 0 ? states : states.toReversed();
    });
    inputs = ids.map((_, step) =>
      tf.concat(
        byDirection.flatMap((states) => states[step] ?? []),
        1,
      ),
    );
  }
  const all = tf.stack(inputs);
  const pooled = {
    last: () =>
      tf.concat(
        [inputs.at(-1), inputs[0]]
          .slice(0, network.bidirectional ? 2 : 1)
          .map((state, direction) => tf.slice(state as Tensor, [0, direction * hidden], [1, hidden])),
        1,
      ),
    mean: () => tf.mean(all, 0),
    max: () => tf.max(all, 0),
    mean_max: () => tf.concat([tf.mean(all, 0), tf.max(all, 0)], 1),
  }[network.pooling]();
  return linear(pooled, 'fc.weight', 'fc.bias');
}
