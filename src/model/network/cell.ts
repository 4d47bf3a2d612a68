import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { RecurrentKind } from '../network-spec.ts';
import { type Parameters, parameter, type TensorFlow } from './tensorflow.ts';

/**
 * The weights of one recurrent layer, both directions stacked on the first axis, in the groups of gates that a cell computes
 * together. With I inputs, H units and G gates in a group:
 * `input` is directions × (I + 1) × (G · H), the last row being the bias;
 * `recurrent` is directions × H × (G · H); `bias`, directions × 1 × (G · H), is added to the recurrent product where a cell needs it there.
 */
export interface CellWeights {
  readonly input: readonly Tensor3D[];
  readonly recurrent: readonly Tensor3D[];
  readonly bias: readonly (Tensor3D | undefined)[];
}

/** What passes from one step to the next, each directions × batch × units. The first is the step's output. */
export type State = readonly [Tensor3D, ...Tensor3D[]];

/**
 * One step of a recurrent network and its derivative, for all texts and both directions at once. Another kind of network is
 * another cell; the layer around it stays as it is, and sees to padding.
 */
export interface Cell {
  /** Parameters of one layer, brought into the cell's groups by operations that can be differentiated. */
  weights(tf: TensorFlow, parameters: Parameters, suffixes: readonly string[]): CellWeights;
  /** The next state from the groups' input products and the state; `kept` is what `stepBack` needs. */
  step(
    tf: TensorFlow,
    inputs: readonly Tensor3D[],
    state: State,
    weights: CellWeights,
  ): { state: State; kept: Tensor3D[] };
  /**
   * From the gradients of the next state: those of the state, each by parts to be added up (none where nothing depends on it),
   * and those of the groups' products.
   */
  stepBack(
    tf: TensorFlow,
    gradient: State,
    state: State,
    kept: readonly Tensor[],
    weights: CellWeights,
  ): { state: readonly Tensor3D[][]; gates: Tensor3D[] };
  /** How many tensors a state has. */
  readonly states: number;
  /** How many tensors `step` keeps. */
  readonly keeps: number;
  /** Which of `stepBack`'s gates belong to each group's input product, and to each group's recurrent product. */
  readonly inputGates: readonly number[];
  readonly recurrentGates: readonly number[];
}

/** One layer's parameters of both directions: matrices as directions × inputs × gates, biases as directions × 1 × gates. */
export function stackedParameters(
  tf: TensorFlow,
  parameters: Parameters,
  kind: RecurrentKind,
  suffixes: readonly string[],
): { inputs: Tensor3D; recurrent: Tensor3D; inputBias: Tensor3D; recurrentBias: Tensor3D } {
  const stacked = (name: string) =>
    tf.stack(suffixes.map((suffix) => parameter(parameters, `${kind}.${name}${suffix}`)));
  const matrix = (name: string) => tf.transpose(stacked(name) as Tensor3D, [0, 2, 1]);
  const bias = (name: string) => tf.expandDims<Tensor3D>(stacked(name) as Tensor2D, 1);
  return {
    inputs: matrix('weight_ih'),
    recurrent: matrix('weight_hh'),
    inputBias: bias('bias_ih'),
    recurrentBias: bias('bias_hh'),
  };
}
