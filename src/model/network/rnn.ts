import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type Cell, stackedParameters } from './cell.ts';

/** Elman's network with PyTorch's equation (torch.nn.RNN, tanh): h' = tanh(W_i x + b_i + W_h h + b_h). */
export const rnn: Cell = {
  states: 1,
  keeps: 1,
  inputGates: [0],
  recurrentGates: [0],

  weights(tf, parameters, suffixes) {
    const { inputs, recurrent, inputBias, recurrentBias } = stackedParameters(tf, parameters, 'rnn', suffixes);
    return {
      input: [tf.concat([inputs, tf.add<Tensor3D>(inputBias, recurrentBias)], 1)],
      recurrent: [recurrent],
      bias: [undefined],
    };
  },

  step(tf, [input], [state], { recurrent: [weight] }) {
    const next = tf.tanh(tf.add(input as Tensor3D, tf.matMul(state, weight as Tensor3D))) as Tensor3D;
    return { state: [next], kept: [tf.clone(next)] };
  },

  stepBack(tf, [gradient], _state, kept, { recurrent: [weight] }) {
    const [next] = kept as [Tensor3D];
    const gate = tf.sub(gradient, tf.mul(gradient, tf.square(next))) as Tensor3D;
    return { state: [[tf.matMul(gate, weight as Tensor3D, false, true)]], gates: [gate] };
  },
};
