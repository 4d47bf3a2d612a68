import type { Tensors } from './safetensors.ts';
import type { NetworkSpec } from './spec.ts';

/** Gates of a GRU cell, stacked in each weight matrix: reset, update, new (PyTorch's order). */
export const GRU_GATES = 3;

/** The suffixes of PyTorch's parameter names of one layer: `_l0`, and `_l0_reverse` when there are two directions. */
export function directionsOf(network: Pick<NetworkSpec, 'bidirectional'>, layer: number): string[] {
  return network.bidirectional ? [`_l${layer}`, `_l${layer}_reverse`] : [`_l${layer}`];
}

/** Length of the vector that goes into the last linear layer. */
export function featuresOf(network: Pick<NetworkSpec, 'bidirectional' | 'hidden' | 'pooling'>): number {
  return network.hidden * (network.bidirectional ? 2 : 1) * (network.pooling === 'mean_max' ? 2 : 1);
}

/** Every tensor that the architecture has, under PyTorch's names, with its shape. */
export function expectedShapes(network: NetworkSpec): Map<string, number[]> {
  const { layers, vocabulary, embedding, hidden, outputs } = network;
  const gates = GRU_GATES * hidden;
  const shapes = new Map([['embedding.weight', [vocabulary, embedding]]]);
  for (let layer = 0; layer < layers; layer += 1) {
    const input = layer === 0 ? embedding : hidden * (network.bidirectional ? 2 : 1);
    for (const suffix of directionsOf(network, layer)) {
      shapes.set(`gru.weight_ih${suffix}`, [gates, input]);
      shapes.set(`gru.weight_hh${suffix}`, [gates, hidden]);
      shapes.set(`gru.bias_ih${suffix}`, [gates]);
      shapes.set(`gru.bias_hh${suffix}`, [gates]);
    }
  }
  shapes.set('fc.weight', [outputs, featuresOf(network)]);
  shapes.set('fc.bias', [outputs]);
  return shapes;
}

/** What keeps the tensors from being this network's, in words; an empty list when they fit. */
export function misfits(tensors: Tensors, network: NetworkSpec): string[] {
  const expected = expectedShapes(network);
  const problems: string[] = [];
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name);
    if (!tensor) problems.push(`${name} is missing`);
    else if (tensor.shape.join() !== shape.join()) problems.push(`${name} has shape [${tensor.shape}], not [${shape}]`);
    else if (!tensor.data.every(Number.isFinite)) problems.push(`${name} has numbers that are not finite`);
  }
  for (const name of tensors.keys()) if (!expected.has(name)) problems.push(`${name} is not a part of such a network`);
  return problems;
}
