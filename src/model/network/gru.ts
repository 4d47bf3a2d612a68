import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type Cell, stackedParameters } from './cell.ts';
import type { TensorFlow } from './tensorflow.ts';

/**
 * The gated recurrent unit with PyTorch's equations (torch.nn.GRU):
 *   r = σ(W_ir x + b_ir + W_hr h + b_hr)    z = σ(W_iz x + b_iz + W_hz h + b_hz)
 *   n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))    h' = (1 − z) ⊙ n + z ⊙ h
 * The groups are (r, z) and n.
 */
export const gru: Cell = {
  states: 1,
  keeps: 3,
  inputGates: [0, 2],
  recurrentGates: [0, 1],

  weights(tf, parameters, suffixes) {
    const stacked = stackedParameters(tf, parameters, 'gru', suffixes);
    const [inputRZ, inputN] = groups(tf, stacked.inputs);
    const [recurrentRZ, recurrentN] = groups(tf, stacked.recurrent);
    const [inputBiasRZ, inputBiasN] = groups(tf, stacked.inputBias);
    const [recurrentBiasRZ, recurrentBiasN] = groups(tf, stacked.recurrentBias);
    return {
      input: [
        tf.concat([inputRZ, tf.add<Tensor3D>(inputBiasRZ, recurrentBiasRZ)], 1),
        tf.concat([inputN, inputBiasN], 1),
      ],
      recurrent: [recurrentRZ, recurrentN],
      bias: [undefined, recurrentBiasN],
    };
  },

  step(tf, [inputRZ, inputN], [state], { recurrent: [weightRZ, weightN], bias: [, biasN] }) {
    const rz = tf.sigmoid(tf.add(inputRZ as Tensor3D, tf.matMul(state, weightRZ as Tensor3D))) as Tensor3D;
    const [r, z] = tf.split(rz, 2, 2) as [Tensor3D, Tensor3D];
    const recurrentN = tf.add(tf.matMul(state, weightN as Tensor3D), biasN as Tensor3D) as Tensor3D;
    const n = tf.tanh(tf.add(inputN as Tensor3D, tf.mul(r, recurrentN))) as Tensor3D;
    const next = tf.add(n, tf.mul(z, tf.sub(state, n))) as Tensor3D;
    return { state: [next], kept: [rz, recurrentN, n] };
  },

  stepBack(tf, [gradient], [state], kept, { recurrent: [weightRZ, weightN] }) {
    const [rz, recurrentN, n] = kept as [Tensor3D, Tensor3D, Tensor3D];
    const [r, z] = tf.split(rz, 2, 2) as [Tensor3D, Tensor3D];
    const throughState = tf.mul(gradient, z) as Tensor3D;
    const ofN = tf.sub(gradient, throughState);
    // Before tanh; then the recurrent product of n.
    const inputN = tf.sub(ofN, tf.mul(ofN, tf.square(n))) as Tensor3D;
    const ofRecurrentN = tf.mul(inputN, r) as Tensor3D;
    // A sigmoid's derivative is s − s²: here are the gradients of r and z times r and z, which 1 − s completes.
    const timesGate = tf.concat([tf.mul(ofRecurrentN, recurrentN), tf.mul(throughState, tf.sub(state, n))], 2);
    const ofRZ = tf.sub(timesGate, tf.mul(timesGate, rz)) as Tensor3D;
    return {
      state: [
        [
          throughState,
          tf.matMul(ofRZ, weightRZ as Tensor3D, false, true),
          tf.matMul(ofRecurrentN, weightN as Tensor3D, false, true),
        ],
      ],
      gates: [ofRZ, ofRecurrentN, inputN],
    };
  },
};

/** PyTorch's stacked gates (reset, update, new), on the last axis, as the cell's two groups. */
function groups(tf: TensorFlow, stacked: Tensor3D): [Tensor3D, Tensor3D] {
  const units = stacked.shape[2] / 3;
  return tf.split(stacked, [2 * units, units], 2) as [Tensor3D, Tensor3D];
}
