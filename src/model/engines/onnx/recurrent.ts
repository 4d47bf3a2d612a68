import { POOLING_PARTS, type PoolingPart, type RecurrentKind, type RecurrentSpec } from '../../network-spec.ts';
import type { Tensors } from '../../safetensors.ts';
import { directionsOf, GATES, statesOf } from '../../shapes.ts';
import type { Builder } from './builder.ts';
import { addFoldedLayer } from './folded.ts';
import { layerParameters, parameter } from './parameters.ts';
import { addInside, type Steps } from './steps.ts';

/** ONNX's operations; linear_before_reset=1 is the GRU of PyTorch and cuDNN: the reset gate applies after the recurrent product. */
const OPERATIONS: Readonly<Record<RecurrentKind, readonly [string, Readonly<Record<string, number>>]>> = {
  rnn: ['RNN', {}],
  lstm: ['LSTM', {}],
  gru: ['GRU', { linear_before_reset: 1 }],
};

/**
 * Recurrent layers and pooling: from word vectors (time × batch × embedding), or from ids (time × batch) where the first layer
 * is folded, to batch × features. `lengths` is the graph's input of that name, or empty where padding is read.
 */
export function addRecurrent(
  graph: Builder,
  network: RecurrentSpec,
  weights: Tensors,
  input: { readonly embedded: string } | { readonly ids: string },
  lengths: string,
  steps: () => Steps,
): string {
  // ONNX Runtime computes everything that a graph says, read or not.
  const readsStates = (layer: number) => layer + 1 < network.layers || readsAllSteps(network);
  let states: string;
  let layer = 0;
  if ('ids' in input) {
    states = addFoldedLayer(graph, network, weights, input.ids, steps(), readsStates(0));
    layer = 1;
  } else states = input.embedded;
  for (; layer < network.layers; layer += 1)
    states = addLayer(graph, network, weights, layer, { input: states, lengths, readsStates: readsStates(layer) });
  const final = `final_${network.layers - 1}`;
  const parts = POOLING_PARTS[network.pooling].map((part) =>
    addPart(graph, part, { states, final, weights, network, steps }),
  );
  return parts.length === 1 ? (parts[0] ?? '') : graph.add('Concat', parts, 'pooled', { axis: 1 });
}

/** Whether the pooling reads more of the last layer than its final states. */
function readsAllSteps({ pooling }: RecurrentSpec): boolean {
  return POOLING_PARTS[pooling].some((part) => part !== 'last');
}

/**
 * One recurrent layer: time × batch × input → time × batch × (directions · hidden), or nothing where only the final states are
 * read; these are `final_LAYER`.
 */
function addLayer(
  graph: Builder,
  network: RecurrentSpec,
  weights: Tensors,
  layer: number,
  { input, lengths, readsStates }: { input: string; lengths: string; readsStates: boolean },
): string {
  const { kind, hidden, bidirectional } = network;
  const directions = directionsOf(network, layer);
  const { w, r, b } = layerParameters(weights, kind, directions);
  const rows = GATES[kind] * hidden;
  const inputs = layer === 0 ? network.embedding : statesOf(network);
  graph.floats(`w_${layer}`, [directions.length, rows, inputs], w);
  graph.floats(`r_${layer}`, [directions.length, rows, hidden], r);
  graph.floats(`b_${layer}`, [directions.length, 2 * rows], b);
  const [operation, attributes] = OPERATIONS[kind];
  graph.addMany(
    operation,
    [input, `w_${layer}`, `r_${layer}`, `b_${layer}`, lengths],
    [readsStates ? `by_direction_${layer}` : '', `final_${layer}`],
    { hidden_size: hidden, direction: bidirectional ? 'bidirectional' : 'forward', ...attributes },
  );
  if (!readsStates) return '';
  const interleaved = graph.add('Transpose', [`by_direction_${layer}`], `interleaved_${layer}`, { perm: [0, 2, 1, 3] });
  return graph.add('Reshape', [interleaved, graph.integers(0, 0, statesOf(network))], `states_${layer}`);
}

interface Top {
  readonly states: string;
  readonly final: string;
  readonly weights: Tensors;
  readonly network: RecurrentSpec;
  readonly steps: () => Steps;
}

/** One part of the pooled features: batch × (directions · hidden). */
function addPart(graph: Builder, part: PoolingPart, { states, final, weights, network, steps }: Top): string {
  switch (part) {
    case 'last': {
      const byText = graph.add('Transpose', [final], 'final_by_text', { perm: [1, 0, 2] });
      return graph.add('Flatten', [byText], 'last', { axis: 1 });
    }
    case 'last_output':
      return addLastOutput(graph, states, steps());
    case 'mean': {
      const { mask, lengths } = steps();
      const kept = addWeighed(graph, mask, states);
      const sum = graph.add('ReduceSum', [kept, graph.integers(0)], 'sum', { keepdims: 0 });
      const counts = graph.add('Cast', [lengths], 'counts', { to: 1 });
      if (mask === undefined) return graph.add('Div', [sum, counts], 'mean');
      return graph.add('Div', [sum, graph.add('Unsqueeze', [counts, graph.integers(1)], 'counts_column')], 'mean');
    }
    case 'max': {
      const kept = addLowered(graph, steps().mask, states);
      return graph.add('ReduceMax', [kept, graph.integers(0)], 'maximum', { keepdims: 0 });
    }
    case 'attention': {
      graph.floats('attention', [statesOf(network), 1], parameter(weights, 'attention.weight'));
      const scores = graph.add('MatMul', [states, 'attention'], 'scores');
      const inside = addInside(graph, steps().mask, scores, Number.NEGATIVE_INFINITY, 'scores_or_lowest');
      const shares = graph.add('Softmax', [inside], 'shares', { axis: 0 });
      const weighed = graph.add('Mul', [states, shares], 'weighed');
      return graph.add('ReduceSum', [weighed, graph.integers(0)], 'attended', { keepdims: 0 });
    }
  }
}

/** Both directions at the text's last word, which is the one row that the sum over time does not set to zero. */
function addLastOutput(graph: Builder, states: string, { column, lengths }: Steps): string {
  const last = graph.add('Sub', [lengths, graph.integer(1)], 'last_step');
  const isLast = graph.add('Equal', [column, last], 'is_last');
  const mask = graph.add('Unsqueeze', [isLast, graph.integers(2)], 'last_mask');
  const kept = addInside(graph, mask, states, 0, 'last_or_zero');
  return graph.add('ReduceSum', [kept, graph.integers(0)], 'last_output', { keepdims: 0 });
}

// By arithmetic: four operations Where took a seventh of the time of a network of 64 units.

/** The states, and zero on padding. */
function addWeighed(graph: Builder, mask: string | undefined, states: string): string {
  if (mask === undefined) return states;
  return graph.add('Mul', [states, graph.add('Cast', [mask], 'mask_as_factor', { to: 1 })], 'states_or_zero');
}

/** The states, and on padding less than any state: all of them are between -1 and 1. */
function addLowered(graph: Builder, mask: string | undefined, states: string): string {
  if (mask === undefined) return states;
  const below = graph.add('Where', [mask, graph.float(0), graph.float(-4)], 'below_all');
  return graph.add('Add', [states, below], 'states_or_lower');
}
