import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type Cell, stackedParameters } from './cell.ts';
import type { TensorFlow } from './tensorflow.ts';

/**
 * Long short-term memory with PyTorch's equations (torch.nn.LSTM):
 *   i, f, o = σ(W_i x + b_i + W_h h + b_h), each with its own weights    g = tanh(of the same form)
 *   c' = f ⊙ c + i ⊙ g    h' = o ⊙ tanh(c')
 * The state is h and c. There is one group, its gates in the order i, f, o, g, so that three take one sigmoid.
 */
export const lstm: Cell = {
  states: 2,
  keeps: 3,
  inputGates: [0],
  recurrentGates: [0],

  weights(tf, parameters, suffixes) {
    const { inputs, recurrent, inputBias, recurrentBias } = stackedParameters(tf, parameters, 'lstm', suffixes);
    return {
      input: [sigmoidsFirst(tf, tf.concat([inputs, tf.add<Tensor3D>(inputBias, recurrentBias)], 1))],
      recurrent: [sigmoidsFirst(tf, recurrent)],
      bias: [undefined],
    };
  },

  step(tf, [input], [state, memory], { recurrent: [weight] }) {
    const sums = tf.add(input as Tensor3D, tf.matMul(state, weight as Tensor3D)) as Tensor3D;
    const units = state.shape[2];
    const [ofGates, ofNew] = tf.split(sums, [3 * units, units], 2) as [Tensor3D, Tensor3D];
    const gates = tf.sigmoid(ofGates);
    const [i, f, o] = tf.split(gates, 3, 2) as [Tensor3D, Tensor3D, Tensor3D];
    const g = tf.tanh(ofNew);
    const next = tf.add(tf.mul(f, memory as Tensor3D), tf.mul(i, g)) as Tensor3D;
    const squashed = tf.tanh(next);
    return { state: [tf.mul(o, squashed), next], kept: [gates, g, squashed] };
  },

  stepBack(tf, [gradient, ofMemory], [, memory], kept, { recurrent: [weight] }) {
    const [gates, g, squashed] = kept as [Tensor3D, Tensor3D, Tensor3D];
    const [i, f, o] = tf.split(gates, 3, 2) as [Tensor3D, Tensor3D, Tensor3D];
    const throughOutput = tf.mul(gradient, o);
    const ofNext = tf.add(
      ofMemory as Tensor3D,
      tf.sub(throughOutput, tf.mul(throughOutput, tf.square(squashed))),
    ) as Tensor3D;
    const ofSigmoids = tf.concat(
      [tf.mul(ofNext, g), tf.mul(ofNext, memory as Tensor3D), tf.mul(gradient, squashed)] as Tensor3D[],
      2,
    );
    const ofNew = tf.mul(ofNext, i);
    const sums = tf.concat(
      [tf.mul(ofSigmoids, tf.sub(gates, tf.square(gates))), tf.sub(ofNew, tf.mul(ofNew, tf.square(g)))] as Tensor3D[],
      2,
    );
    return { state: [[tf.matMul(sums, weight as Tensor3D, false, true)], [tf.mul(ofNext, f)]], gates: [sums] };
  },
};

/** PyTorch's stacked gates i, f, g, o, on the last axis, as i, f, o, g. */
function sigmoidsFirst(tf: TensorFlow, stacked: Tensor3D): Tensor3D {
  const units = stacked.shape[2] / 4;
  const [inputForget, fresh, output] = tf.split(stacked, [2 * units, units, units], 2) as [
    Tensor3D,
    Tensor3D,
    Tensor3D,
  ];
  return tf.concat([inputForget, output, fresh], 2);
}
