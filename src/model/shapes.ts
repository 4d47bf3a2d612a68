import {
  type ConvolutionalSpec,
  type OwnNetworkSpec,
  POOLING_PARTS,
  type Pooling,
  type RecurrentKind,
  type RecurrentSpec,
} from './network-spec.ts';
import type { Tensors } from './safetensors.ts';

/** Gates of a cell, stacked in each weight matrix in PyTorch's order: LSTM input, forget, new, output; GRU reset, update, new. */
export const GATES: Readonly<Record<RecurrentKind, number>> = { rnn: 1, lstm: 4, gru: 3 };

/** The suffixes of PyTorch's parameter names of one layer: `_l0`, and `_l0_reverse` when there are two directions. */
export function directionsOf(network: Pick<RecurrentSpec, 'bidirectional'>, layer: number): string[] {
  return network.bidirectional ? [`_l${layer}`, `_l${layer}_reverse`] : [`_l${layer}`];
}

/** Length of a recurrent layer's output at one step: its directions side by side. */
export function statesOf(network: Pick<RecurrentSpec, 'bidirectional' | 'hidden'>): number {
  return network.hidden * (network.bidirectional ? 2 : 1);
}

/** Length of the vector that goes into the last linear layer. */
export function featuresOf(
  network: Pick<RecurrentSpec, 'kind' | 'bidirectional' | 'hidden' | 'pooling'> | ConvolutionalSpec,
): number {
  if (network.kind === 'cnn') return network.filters * network.widths.length;
  return statesOf(network) * POOLING_PARTS[network.pooling].length;
}

/** Whether a pooling weighs the steps, and so has a parameter of its own. */
export function attends(pooling: Pooling): boolean {
  return POOLING_PARTS[pooling].some((part) => part === 'attention');
}

/** Every tensor that the architecture has, under PyTorch's names, with its shape. */
export function expectedShapes(network: OwnNetworkSpec): Map<string, number[]> {
  const { vocabulary, outputs } = network;
  if (network.kind === 'linear')
    return new Map<string, number[]>([
      ['linear.weight', [vocabulary, outputs]],
      ['linear.bias', [outputs]],
      // The square of each feature's part, by whose sum a text is scaled.
      ...(network.scale === 'idf' ? [['linear.squares', [vocabulary, 1]] as [string, number[]]] : []),
    ]);
  const { embedding, wide } = network;
  return new Map<string, number[]>([
    ['embedding.weight', [vocabulary, embedding]],
    ...(network.kind === 'cnn' ? convolutionShapes(network) : recurrentShapes(network)),
    ['fc.weight', [outputs, featuresOf(network)]],
    ['fc.bias', [outputs]],
    ...(wide ? [['wide.weight', [wide.buckets, outputs]] as [string, number[]]] : []),
  ]);
}

function convolutionShapes({ widths, filters, embedding }: ConvolutionalSpec): [string, number[]][] {
  return widths.flatMap((width, index): [string, number[]][] => [
    [`convs.${index}.weight`, [filters, embedding, width]],
    [`convs.${index}.bias`, [filters]],
  ]);
}

function recurrentShapes(network: RecurrentSpec): [string, number[]][] {
  const { kind, layers, embedding, hidden, pooling } = network;
  const rows = GATES[kind] * hidden;
  const shapes: [string, number[]][] = [];
  for (let layer = 0; layer < layers; layer += 1)
    for (const suffix of directionsOf(network, layer))
      shapes.push(
        [`${kind}.weight_ih${suffix}`, [rows, layer === 0 ? embedding : statesOf(network)]],
        [`${kind}.weight_hh${suffix}`, [rows, hidden]],
        [`${kind}.bias_ih${suffix}`, [rows]],
        [`${kind}.bias_hh${suffix}`, [rows]],
      );
  if (attends(pooling)) shapes.push(['attention.weight', [1, statesOf(network)]]);
  return shapes;
}

/** What keeps the tensors from being this network's, in words; an empty list when they fit. */
export function misfits(tensors: Tensors, network: OwnNetworkSpec): string[] {
  const expected = expectedShapes(network);
  const problems: string[] = [];
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name);
    if (!tensor) problems.push(`${name} is missing`);
    else if (tensor.shape.join() !== shape.join()) problems.push(`${name} has shape [${tensor.shape}], not [${shape}]`);
    else if (!allFinite(tensor.data)) problems.push(`${name} has numbers that are not finite`);
  }
  for (const name of tensors.keys()) if (!expected.has(name)) problems.push(`${name} is not a part of such a network`);
  return problems;
}

/** A plain loop: `every` with a function takes fifty times as long, for millions of numbers whenever a worker starts. */
function allFinite(numbers: Float32Array): boolean {
  for (let index = 0; index < numbers.length; index += 1) if (!Number.isFinite(numbers[index])) return false;
  return true;
}
