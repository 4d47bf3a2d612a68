import type { GradSaveFunc, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Cell, CellWeights, State } from './cell.ts';
import type { Layout } from './layout.ts';
import type { TensorFlow } from './tensorflow.ts';

/** A layer's input: directions × (steps · batch) × (inputs + 1), the last one being 1 for the bias. */
export interface LayerInput {
  readonly rows: Tensor3D;
  readonly layout: Pick<Layout, 'steps' | 'batch' | 'padding'>;
  /** Whether only the last step's states are wanted. */
  readonly onlyLast: boolean;
}

/**
 * The states of one recurrent layer, directions × steps × batch × units, each direction in the order in which it reads; one
 * step when only the last is wanted. On padding a text keeps its state. Large products over all steps stand outside the loop.
 * Memory is freed on the way.
 */
export function states(tf: TensorFlow, cell: Cell, input: LayerInput, weights: CellWeights): Tensor4D {
  return tf.tidy(() => {
    let state = initialState(tf, cell, input, weights);
    const wanted: Tensor3D[] = [];
    for (const [step, inputs] of inputsByStep(tf, input, weights).entries()) {
      const next = tf.tidy(() => [...held(tf, input, step, state, cell.step(tf, inputs, state, weights).state)]);
      const [output, ...memory] = state;
      tf.dispose([inputs, memory, input.onlyLast ? output : []]);
      state = next as [Tensor3D];
      if (!input.onlyLast) wanted.push(state[0]);
    }
    return tf.stack(input.onlyLast ? [state[0]] : wanted, 1) as Tensor4D;
  });
}

/**
 * The same, to be differentiated. The derivative is written out: it keeps a few tensors a step instead of every intermediate
 * one, and the gradients of the weights are one product over all steps each.
 */
export function differentiableStates(tf: TensorFlow, cell: Cell, input: LayerInput, weights: CellWeights): Tensor4D {
  const { steps, batch } = input.layout;
  const groups = weights.input.length;
  const biased = weights.bias.flatMap((bias, group) => (bias === undefined ? [] : [group]));
  const layer = tf.customGrad((...args) => {
    const save = args.at(-1) as GradSaveFunc;
    const { rows, own } = unpack(args as Tensor3D[], groups, biased);
    let state = initialState(tf, cell, { ...input, rows }, own);
    const all: Tensor3D[][] = [];
    const kept: Tensor3D[] = [];
    for (const [step, inputs] of inputsByStep(tf, { ...input, rows }, own).entries()) {
      const result = tf.tidy(() => {
        const next = cell.step(tf, inputs, state, own);
        return { kept: next.kept, state: [...held(tf, input, step, state, next.state)] };
      });
      tf.dispose(inputs);
      state = result.state as [Tensor3D];
      all.push(result.state);
      kept.push(...result.kept);
    }
    save([...(args.slice(0, -1) as Tensor[]), ...all.flat(), ...kept]);
    const outputs = all.map(([output]) => output as Tensor3D);
    return {
      value: tf.stack(input.onlyLast ? outputs.slice(-1) : outputs, 1) as Tensor,
      gradFunc: (gradient, saved) => backward(gradient as Tensor4D, saved),
    };
  });

  function backward(gradient: Tensor4D, saved: Tensor[]): Tensor[] {
    const inputs = 1 + 2 * groups + biased.length;
    const { rows, own } = unpack(saved as Tensor3D[], groups, biased);
    const all = saved.slice(inputs, inputs + steps * cell.states) as Tensor3D[];
    const kept = saved.slice(inputs + steps * cell.states);
    const before = [
      initialState(tf, cell, { ...input, rows }, own),
      ...Array.from({ length: steps }, (_, step) => all.slice(step * cell.states, (step + 1) * cell.states)),
    ] as State[];
    const ofOutputs = tf.unstack(gradient, 1) as Tensor3D[];
    const gates: Tensor3D[][] = [];
    let ofState = [
      ofOutputs.pop(),
      ...(before[0] as State).slice(1).map((memory) => tf.zerosLike(memory)),
    ] as Tensor3D[];
    for (let step = steps - 1; step >= 0; step -= 1) {
      const result = tf.tidy(() => {
        const keptHere = kept.slice(step * cell.keeps, (step + 1) * cell.keeps);
        const [through, past] = parted(tf, input, step, ofState);
        const back = cell.stepBack(tf, through, before[step] as State, keptHere, own);
        const ofOutput = ofOutputs.pop();
        const summed = back.state.map((parts, index) =>
          tf.addN([...parts, ...(past[index] ?? []), ...(ofOutput && index === 0 ? [ofOutput] : [])]),
        );
        return { state: summed as Tensor3D[], gates: back.gates };
      });
      tf.dispose(ofState);
      ofState = result.state;
      gates.unshift(result.gates);
    }
    const overSteps = (parts: readonly Tensor3D[]) => {
      const [directions, , width] = (parts[0] as Tensor3D).shape;
      return tf.reshape(tf.stack([...parts], 1), [directions, steps * batch, width]) as Tensor3D;
    };
    const ofGates = (gates[0] ?? []).map((_, index) => overSteps(gates.map((step) => step[index] as Tensor3D)));
    tf.dispose(gates);
    const outputsBefore = overSteps(before.slice(0, steps).map(([output]) => output));
    const gate = (index: number | undefined) => ofGates[index ?? -1] as Tensor3D;
    return [
      tf.addN(own.input.map((weight, group) => tf.matMul(gate(cell.inputGates[group]), weight, false, true))),
      ...cell.inputGates.map((index) => tf.matMul(rows, gate(index), true, false)),
      ...cell.recurrentGates.map((index) => tf.matMul(outputsBefore, gate(index), true, false)),
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

function initialState(tf: TensorFlow, cell: Cell, { rows, layout }: LayerInput, { recurrent }: CellWeights): State {
  const shape: [number, number, number] = [rows.shape[0], layout.batch, recurrent[0]?.shape[1] ?? 0];
  return Array.from({ length: cell.states }, () => tf.zeros(shape)) as [Tensor3D];
}

/** Each step's input products, a tensor a group: one product over all steps, then cut by step. */
function inputsByStep(tf: TensorFlow, { rows, layout }: LayerInput, { input }: CellWeights): Tensor3D[][] {
  const { steps, batch } = layout;
  const byGroup = input.map((weight) =>
    tf.tidy(() => {
      const [directions, , width] = weight.shape;
      return tf.unstack(tf.reshape(tf.matMul(rows, weight), [directions, steps, batch, width]), 1) as Tensor3D[];
    }),
  );
  return Array.from({ length: steps }, (_, step) => byGroup.flatMap((group) => group[step] ?? []));
}

/** The next state, where a text has ended the one before. Both directions have their padding at the same steps. */
function held(tf: TensorFlow, input: LayerInput, step: number, before: State, next: State): State {
  const padding = paddingAt(tf, input, step);
  if (!padding) return next;
  const inside = tf.sub(1, padding);
  return next.map((tensor, index) =>
    tf.add(tf.mul(tensor, inside), tf.mul(before[index] as Tensor3D, padding)),
  ) as unknown as State;
}

/** The gradients of a step's states: what goes through the cell, and what goes past it where a text has ended. */
function parted(tf: TensorFlow, input: LayerInput, step: number, gradient: readonly Tensor3D[]): [State, Tensor3D[][]] {
  const padding = paddingAt(tf, input, step);
  if (!padding) return [gradient as unknown as State, []];
  const inside = tf.sub(1, padding);
  return [
    gradient.map((tensor) => tf.mul(tensor, inside)) as unknown as State,
    gradient.map((tensor) => [tf.mul(tensor, padding) as Tensor3D]),
  ];
}

/** 1 × batch × 1: 1 where a text has no word at this step. Undefined when all have one. */
function paddingAt(tf: TensorFlow, { layout }: LayerInput, step: number): Tensor3D | undefined {
  const padding = layout.padding.subarray(step * layout.batch, (step + 1) * layout.batch);
  return padding.includes(1) ? tf.tensor3d(padding, [1, layout.batch, 1]) : undefined;
}
