import type { RecurrentKind } from '../../network-spec.ts';
import type { Tensors } from '../../safetensors.ts';

/**
 * Where PyTorch has the gates that ONNX wants, in ONNX's order. LSTM: PyTorch input, forget, new, output; ONNX input, output,
 * forget, new. GRU: PyTorch reset, update, new; ONNX update, reset, new.
 */
const PYTORCH_GATES: Readonly<Record<RecurrentKind, readonly number[]>> = {
  rnn: [0],
  lstm: [0, 3, 1, 2],
  gru: [1, 0, 2],
};

/** A tensor's numbers. The model was checked when it was loaded, so a missing one is a defect of the program. */
export function parameter(weights: Tensors, name: string): Float32Array {
  const tensor = weights.get(name);
  if (!tensor) throw new Error(`no tensor ${name}`);
  return tensor.data;
}

/** One layer's parameters in ONNX's order, directions after each other: w and r (gates · hidden × input), b (w's, then r's). */
export function layerParameters(
  weights: Tensors,
  kind: RecurrentKind,
  directions: readonly string[],
): { w: Float32Array; r: Float32Array; b: Float32Array } {
  const gates = PYTORCH_GATES[kind];
  const reordered = (name: string) =>
    directions.map((suffix) => reorder(parameter(weights, `${kind}.${name}${suffix}`), gates));
  const inputBias = reordered('bias_ih');
  const recurrentBias = reordered('bias_hh');
  return {
    w: joined(reordered('weight_ih')),
    r: joined(reordered('weight_hh')),
    b: joined(directions.flatMap((_, index) => [inputBias[index] ?? [], recurrentBias[index] ?? []])),
  };
}

function reorder(stacked: Float32Array, gates: readonly number[]): Float32Array {
  const size = stacked.length / gates.length;
  return joined(gates.map((gate) => stacked.subarray(gate * size, (gate + 1) * size)));
}

function joined(parts: readonly ArrayLike<number>[]): Float32Array {
  const all = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let position = 0;
  for (const part of parts) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}
