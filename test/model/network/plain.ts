import type { Tensor } from '@tensorflow/tfjs-core';
import { type Parameters, parameter, type TensorFlow } from '../../../src/model/network/tensorflow.ts';
import {
  type ConvolutionalSpec,
  type DeepSpec,
  POOLING_PARTS,
  type RecurrentSpec,
} from '../../../src/model/network-spec.ts';
import { bucketsOf } from '../../../src/model/ngrams.ts';
import { directionsOf } from '../../../src/model/shapes.ts';

/**
 * The network as its equations are written: one text, one step and one direction after the other, no padding, no masks, no
 * batches. Its derivatives come from TensorFlow.js's own, an operation at a time.
 */
export function plainLogits(tf: TensorFlow, network: DeepSpec, parameters: Parameters, ids: readonly number[]): Tensor {
  const vectors = ids.map((id) => tf.slice(parameter(parameters, 'embedding.weight'), [id, 0], [1, network.embedding]));
  const features =
    network.kind === 'cnn'
      ? plainConvolution(tf, network, parameters, vectors)
      : plainPooling(tf, network, parameters, plainStates(tf, network, parameters, vectors));
  const logits = linear(tf, parameters, features, 'fc.weight', 'fc.bias');
  const { wide } = network;
  if (!wide) return logits;
  const ngrams = Array.from({ length: wide.words }, (_, index) => [
    ...bucketsOf(Int32Array.from(ids), index + 1, wide.buckets),
  ]).flat();
  const rows = ngrams
    .filter((bucket) => bucket >= 0)
    .map((bucket) => tf.slice(parameter(parameters, 'wide.weight'), [bucket, 0], [1, network.outputs]));
  const divisor = wide.scale === 'unit' ? Math.sqrt(rows.length) : 1;
  return tf.addN([logits, ...rows.map((row) => tf.div(row, divisor))]);
}

function linear(tf: TensorFlow, parameters: Parameters, x: Tensor, weight: string, bias: string): Tensor {
  return tf.add(
    tf.matMul(x as never, parameter(parameters, weight) as never, false, true),
    parameter(parameters, bias),
  );
}

/** The top layer's outputs, each 1 × (directions · hidden). */
function plainStates(tf: TensorFlow, network: RecurrentSpec, parameters: Parameters, vectors: Tensor[]): Tensor[] {
  const { kind, hidden } = network;
  let inputs = vectors;
  for (let layer = 0; layer < network.layers; layer += 1) {
    const byDirection = directionsOf(network, layer).map((suffix, direction) => {
      let state: Tensor = tf.zeros([1, hidden]);
      let memory: Tensor = tf.zeros([1, hidden]);
      const read = direction === 0 ? inputs : inputs.toReversed();
      const states = read.map((x) => {
        const ofInput = linear(tf, parameters, x, `${kind}.weight_ih${suffix}`, `${kind}.bias_ih${suffix}`);
        const ofState = linear(tf, parameters, state, `${kind}.weight_hh${suffix}`, `${kind}.bias_hh${suffix}`);
        [state, memory] = plainStep(tf, network, ofInput, ofState, state, memory);
        return state;
      });
      return direction === 0 ? states : states.toReversed();
    });
    inputs = inputs.map((_, step) =>
      tf.concat(
        byDirection.flatMap((states) => states[step] ?? []),
        1,
      ),
    );
  }
  return inputs;
}

function plainStep(
  tf: TensorFlow,
  { kind, hidden }: RecurrentSpec,
  ofInput: Tensor,
  ofState: Tensor,
  state: Tensor,
  memory: Tensor,
): [Tensor, Tensor] {
  const gate = (product: Tensor, index: number) => tf.slice(product, [0, index * hidden], [1, hidden]);
  const sum = (index: number) => tf.add(gate(ofInput, index), gate(ofState, index));
  if (kind === 'rnn') return [tf.tanh(sum(0)), memory];
  if (kind === 'lstm') {
    const remembered = tf.mul(tf.sigmoid(sum(1)), memory);
    const next = tf.add(remembered, tf.mul(tf.sigmoid(sum(0)), tf.tanh(sum(2))));
    return [tf.mul(tf.sigmoid(sum(3)), tf.tanh(next)), next];
  }
  const z = tf.sigmoid(sum(1));
  const n = tf.tanh(tf.add(gate(ofInput, 2), tf.mul(tf.sigmoid(sum(0)), gate(ofState, 2))));
  return [tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, state)), memory];
}

function plainPooling(tf: TensorFlow, network: RecurrentSpec, parameters: Parameters, states: Tensor[]): Tensor {
  const { hidden, bidirectional } = network;
  const all = tf.stack(states);
  const half = (state: Tensor | undefined, direction: number) =>
    tf.slice(state as Tensor, [0, direction * hidden], [1, hidden]);
  const parts = {
    last: () => tf.concat([half(states.at(-1), 0), ...(bidirectional ? [half(states[0], 1)] : [])], 1),
    last_output: () => states.at(-1) as Tensor,
    mean: () => tf.mean(all, 0),
    max: () => tf.max(all, 0),
    attention: () => {
      const scores = states.map((state) => tf.exp(tf.sum(tf.mul(state, parameter(parameters, 'attention.weight')))));
      return tf.div(tf.addN(states.map((state, step) => tf.mul(state, scores[step] as Tensor))), tf.addN(scores));
    },
  };
  return tf.concat(
    POOLING_PARTS[network.pooling].map((part) => parts[part]()),
    1,
  );
}

function plainConvolution(
  tf: TensorFlow,
  network: ConvolutionalSpec,
  parameters: Parameters,
  vectors: Tensor[],
): Tensor {
  const { widths, filters, embedding } = network;
  const features = widths.map((width, index) => {
    const weight = parameter(parameters, `convs.${index}.weight`);
    const seen = vectors.map((_, begin) => {
      const products = Array.from({ length: width }, (_none, offset) => {
        const filter = tf.reshape(tf.slice(weight, [0, 0, offset], [filters, embedding, 1]), [filters, embedding]);
        return tf.matMul((vectors[begin + offset] ?? tf.zeros([1, embedding])) as never, filter as never, false, true);
      });
      return tf.relu(tf.add(tf.addN(products), parameter(parameters, `convs.${index}.bias`)));
    });
    return tf.max(tf.stack(seen), 0);
  });
  return tf.concat(features, 1);
}
