import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import type { Parameters, TensorFlow } from './tensorflow.ts';

/**
 * The weights of one recurrent layer, both directions stacked on the first axis, in the groups of gates that a cell computes
 * together. With I inputs, H units and G gates in a group:
 * `input` is directions × (I + 2) × (G · H), the last two rows being the bias and what is added on padding;
 * `recurrent` is directions × H × (G · H); `bias`, directions × 1 × (G · H), is added to the recurrent product where a cell needs it there.
 */
export interface CellWeights {
  readonly input: readonly Tensor3D[];
  readonly recurrent: readonly Tensor3D[];
  readonly bias: readonly (Tensor3D | undefined)[];
}

/**
 * One step of a recurrent network and its derivative, for all texts and both directions at once. States are directions ×
 * batch × units. Another kind of network is another cell; the layer around it stays as it is.
 */
export interface Cell {
  /** Parameters of one layer, brought into the cell's groups by operations that can be differentiated. */
  weights(tf: TensorFlow, parameters: Parameters, suffixes: readonly string[]): CellWeights;
  /** The next state from the groups' input products and the state; `kept` is what `stepBack` needs. */
  step(
    tf: TensorFlow,
    inputs: readonly Tensor3D[],
    state: Tensor3D,
    weights: CellWeights,
  ): { state: Tensor3D; kept: Tensor3D[] };
  /** From the gradient of the next state: that of the state, by parts to be added up, and those of the groups' products. */
  stepBack(
    tf: TensorFlow,
    gradient: Tensor3D,
    state: Tensor3D,
    kept: readonly Tensor[],
    weights: CellWeights,
  ): { state: Tensor3D[]; gates: Tensor3D[] };
  /** How many tensors `step` keeps. */
  readonly keeps: number;
  /** Which of `stepBack`'s gates belong to each group's input product, and to each group's recurrent product. */
  readonly inputGates: readonly number[];
  readonly recurrentGates: readonly number[];
}
