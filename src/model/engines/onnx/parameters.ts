import type { Tensors } from '../../safetensors.ts';
import { GRU_GATES } from '../../shapes.ts';

/** Where PyTorch's gates (reset, update, new) are in ONNX's order (update, reset, hidden). */
const PYTORCH_GATE = [1, 0, 2] as const;

/** A tensor's numbers. The model was checked when it was loaded, so a missing one is a defect of the program. */
export function parameter(weights: Tensors, name: string): Float32Array {
  const tensor = weights.get(name);
  if (!tensor) throw new Error(`no tensor ${name}`);
  return tensor.data;
}

/** One layer's parameters in ONNX's order, directions after each other: w and r (gates · hidden × input), b (w's, then r's). */
export function gruParameters(
  weights: Tensors,
  directions: readonly string[],
  hidden: number,
): { w: Float32Array; r: Float32Array; b: Float32Array; inputSize: number } {
  const reordered = (name: string) =>
    directions.map((suffix) => reorderGates(parameter(weights, `gru.${name}${suffix}`)));
  const w = reordered('weight_ih');
  const inputBias = reordered('bias_ih');
  const recurrentBias = reordered('bias_hh');
  return {
    w: joined(w),
    r: joined(reordered('weight_hh')),
    b: joined(directions.flatMap((_, index) => [inputBias[index] ?? [], recurrentBias[index] ?? []])),
    inputSize: (w[0]?.length ?? 0) / (GRU_GATES * hidden),
  };
}

function reorderGates(stacked: Float32Array): Float32Array {
  const size = stacked.length / GRU_GATES;
  return joined(PYTORCH_GATE.map((gate) => stacked.subarray(gate * size, (gate + 1) * size)));
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
