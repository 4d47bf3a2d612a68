import type { GradSaveFunc, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Cell, CellWeights } from './cell.ts';
import type { TensorFlow } from './tensorflow.ts';

/** A layer's input: directions × (steps · batch) × (inputs + 2), the last two being 1 and whether the step is padding. */
export interface LayerInput {
  readonly rows: Tensor3D;
  readonly steps: number;
  readonly batch: number;
  /** Whether only the last step's states are wanted. */
  readonly onlyLast: boolean;
}

/**
 * The states of one recurrent layer, directions × steps × batch × units, each direction in the order in which it reads; one
 * step when only the last is wanted. Large products over all steps stand outside the loop. Memory is freed on the way.
 */
export function states(tf: TensorFlow, cell: Cell, input: LayerInput, weights: CellWeights): Tensor4D {
  return tf.tidy(() => {
    let state = initialState(tf, input, weights);
    const wanted: Tensor3D[] = [];
    for (const inputs of inputsByStep(tf, input, weights)) {
      const next = tf.tidy(() => cell.step(tf, inputs, state, weights).state);
      tf.dispose(input.onlyLast ? [...inputs, state] : inputs);
      state = next;
      if (!input.onlyLast) wanted.push(state);
    }
    return tf.stack(input.onlyLast ? [state] : wanted, 1) as Tensor4D;
  });
}

/**
 * The same, to be differentiated. The derivative is written out: it keeps a few tensors a step instead of every intermediate
 * one, and the gradients of the weights are one product over all steps each.
 */
export function differentiableStates(tf: TensorFlow, cell: Cell, input: LayerInput, weights: CellWeights): Tensor4D {
  const { steps, batch } = input;
  const groups = weights.input.length;
  const biased = weights.bias.flatMap((bias, group) => (bias === undefined ? [] : [group]));
  const layer = tf.customGrad((...args) => {
    const save = args.at(-1) as GradSaveFunc;
    const { rows, own } = unpack(args as Tensor3D[], groups, biased);
    let state = initialState(tf, { ...input, rows }, own);
    const all: Tensor3D[] = [];
    const kept: Tensor3D[] = [];
    for (const inputs of inputsByStep(tf, { ...input, rows }, own)) {
      const result = tf.tidy(() => cell.step(tf, inputs, state, own));
      tf.dispose(inputs);
      state = result.state;
      all.push(state);
      kept.push(...result.kept);
    }
    save([...(args.slice(0, -1) as Tensor[]), ...all, ...kept]);
    return {
      value: tf.stack(input.onlyLast ? all.slice(-1) : all, 1) as Tensor,
      gradFunc: (gradient, saved) => backward(gradient as Tensor4D, saved),
    };
  });

  function backward(gradient: Tensor4D, saved: Tensor[]): Tensor[] {
    const inputs = 1 + 2 * groups + biased.length;
    const { rows, own } = unpack(saved as Tensor3D[], groups, biased);
    const first = initialState(tf, { ...input, rows }, own);
    const before = [first, ...(saved.slice(inputs, inputs + steps) as Tensor3D[])];
    const kept = saved.slice(inputs + steps);
    const ofOutputs = tf.unstack(gradient, 1) as Tensor3D[];
    const gates: Tensor3D[][] = [];
    let ofState = ofOutputs.pop() as Tensor3D;
    for (let step = steps - 1; step >= 0; step -= 1) {
      const result = tf.tidy(() => {
        const keptHere = kept.slice(step * cell.keeps, (step + 1) * cell.keeps);
        const back = cell.stepBack(tf, ofState, before[step] as Tensor3D, keptHere, own);
        const ofOutput = ofOutputs.pop();
        return { state: tf.addN(ofOutput ? [...back.state, ofOutput] : back.state), gates: back.gates };
      });
      ofState.dispose();
      ofState = result.state;
      gates.unshift(result.gates);
    }
    const overSteps = (parts: readonly Tensor3D[]) => {
      const [directions, , width] = (parts[0] as Tensor3D).shape;
      return tf.reshape(tf.stack([...parts], 1), [directions, steps * batch, width]) as Tensor3D;
    };
    const ofGates = (gates[0] ?? []).map((_, index) => overSteps(gates.map((step) => step[index] as Tensor3D)));
    tf.dispose(gates);
    const statesBefore = overSteps(before.slice(0, steps));
    const gate = (index: number | undefined) => ofGates[index ?? -1] as Tensor3D;
    return [
      tf.addN(own.input.map((weight, group) => tf.matMul(gate(cell.inputGates[group]), weight, false, true))),
      ...cell.inputGates.map((index) => tf.matMul(rows, gate(index), true, false)),
      ...cell.recurrentGates.map((index) => tf.matMul(statesBefore, gate(index), true, false)),
      ...biased.map((group) => tf.sum(gate(cell.recurrentGates[group]), 1, true)),
    ];
  }

  const biases = weights.bias.filter((bias) => bias !== undefined);
  return layer(input.rows, ...weights.input, ...weights.recurrent, ...biases) as Tensor4D;
}

/** The tensors of a differentiated call, which takes them in one list, as the layer's input and weights. */
function unpack(
  list: readonly Tensor3D[],
  groups: number,
  biased: readonly number[],
): { rows: Tensor3D; own: CellWeights } {
  const [rows, ...weights] = list as [Tensor3D, ...Tensor3D[]];
  const bias: (Tensor3D | undefined)[] = new Array(groups).fill(undefined);
  for (const [index, group] of biased.entries()) bias[group] = weights[2 * groups + index];
  return { rows, own: { input: weights.slice(0, groups), recurrent: weights.slice(groups, 2 * groups), bias } };
}

function initialState(tf: TensorFlow, { rows, batch }: LayerInput, { recurrent }: CellWeights): Tensor3D {
  return tf.zeros([rows.shape[0], batch, recurrent[0]?.shape[1] ?? 0]);
}

/** Each step's input products, a tensor a group: one product over all steps, then cut by step. */
function inputsByStep(tf: TensorFlow, { rows, steps, batch }: LayerInput, { input }: CellWeights): Tensor3D[][] {
  const byGroup = input.map((weight) =>
    tf.tidy(() => {
      const [directions, , width] = weight.shape;
      return tf.unstack(tf.reshape(tf.matMul(rows, weight), [directions, steps, batch, width]), 1) as Tensor3D[];
    }),
  );
  return Array.from({ length: steps }, (_, step) => byGroup.flatMap((group) => group[step] ?? []));
}
