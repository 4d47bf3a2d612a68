import type { Tensors } from '../../safetensors.ts';
import { directionsOf } from '../../shapes.ts';
import type { ModelSpec, NetworkSpec } from '../../spec.ts';
import { initializer, node, onnxFile, valueInfo } from './onnx-format.ts';
import { gruParameters, parameter } from './parameters.ts';
import type { Message } from './protobuf.ts';

export const INPUT_IDS = 'ids';
export const INPUT_LENGTHS = 'lengths';
export const OUTPUT_LOGITS = 'logits';

/** The graph while it is put together: nodes in the order they run, and their constants. */
class Builder {
  readonly nodes: Message[] = [];
  readonly initializers: Message[] = [];

  /** Adds an operation with one output, and returns that output's name. */
  add(type: string, inputs: readonly string[], output: string, attributes = {}): string {
    this.nodes.push(node(type, inputs, [output], attributes));
    return output;
  }

  floats(name: string, dims: readonly number[], data: Float32Array): string {
    this.initializers.push(initializer(name, dims, data));
    return name;
  }

  integers(name: string, dims: readonly number[], ...values: number[]): string {
    this.initializers.push(initializer(name, dims, BigInt64Array.from(values, BigInt)));
    return name;
  }
}

/**
 * The network as an ONNX file: ids (int32, batch × width) and, where padding is masked, lengths (int32, batch) go in,
 * logits (float, batch × outputs) come out. Time is the first axis inside, because ONNX's GRU wants it so.
 */
export function onnxGraph(network: NetworkSpec, padding: ModelSpec['padding'], weights: Tensors): Uint8Array {
  const graph = new Builder();
  const lengths = padding.masked ? INPUT_LENGTHS : '';
  const embedding = graph.floats(
    'embedding',
    [network.vocabulary, network.embedding],
    parameter(weights, 'embedding.weight'),
  );
  const ids = graph.add('Transpose', [INPUT_IDS], 'ids_by_time', { perm: [1, 0] });
  let states = graph.add('Gather', [embedding, ids], 'embedded', { axis: 0 });
  for (let layer = 0; layer < network.layers; layer += 1)
    states = addLayer(graph, network, weights, layer, states, lengths);
  const pooled = addPooling(graph, network, states, `final_${network.layers - 1}`, lengths);

  const fcWeight = parameter(weights, 'fc.weight');
  graph.floats('fc_weight', [network.outputs, fcWeight.length / network.outputs], fcWeight);
  graph.floats('fc_bias', [network.outputs], parameter(weights, 'fc.bias'));
  graph.add('Gemm', [pooled, 'fc_weight', 'fc_bias'], OUTPUT_LOGITS, { transB: 1 });

  return onnxFile({
    nodes: graph.nodes,
    initializers: graph.initializers,
    inputs: [
      valueInfo(INPUT_IDS, 'int32', ['batch', 'width']),
      ...(padding.masked ? [valueInfo(INPUT_LENGTHS, 'int32', ['batch'])] : []),
    ],
    outputs: [valueInfo(OUTPUT_LOGITS, 'float', ['batch', network.outputs])],
  });
}

/** One recurrent layer: time × batch × input → time × batch × (directions · hidden); its final states are `final_LAYER`. */
function addLayer(
  graph: Builder,
  network: NetworkSpec,
  weights: Tensors,
  layer: number,
  input: string,
  lengths: string,
) {
  const { hidden } = network;
  const directions = directionsOf(network, layer);
  const { w, r, b, inputSize } = gruParameters(weights, directions, hidden);
  graph.floats(`w_${layer}`, [directions.length, 3 * hidden, inputSize], w);
  graph.floats(`r_${layer}`, [directions.length, 3 * hidden, hidden], r);
  graph.floats(`b_${layer}`, [directions.length, 6 * hidden], b);
  graph.nodes.push(
    node(
      'GRU',
      [input, `w_${layer}`, `r_${layer}`, `b_${layer}`, lengths],
      [`by_direction_${layer}`, `final_${layer}`],
      // linear_before_reset=1 is the variant of PyTorch and cuDNN: the reset gate applies after the recurrent product.
      { hidden_size: hidden, linear_before_reset: 1, direction: network.bidirectional ? 'bidirectional' : 'forward' },
    ),
  );
  const interleaved = graph.add('Transpose', [`by_direction_${layer}`], `interleaved_${layer}`, { perm: [0, 2, 1, 3] });
  const shape = graph.integers(`shape_${layer}`, [3], 0, 0, directions.length * hidden);
  return graph.add('Reshape', [interleaved, shape], `states_${layer}`);
}

/** The top layer's states as one vector a text: batch × features. */
function addPooling(graph: Builder, network: NetworkSpec, states: string, final: string, lengths: string): string {
  const timeAxis = () => graph.integers('time_axis', [1], 0);
  switch (network.pooling) {
    case 'last': {
      const byText = graph.add('Transpose', [final], 'final_by_text', { perm: [1, 0, 2] });
      return graph.add('Flatten', [byText], 'pooled', { axis: 1 });
    }
    case 'mean':
      return addMean(graph, states, timeAxis(), addMask(graph, states, lengths), lengths);
    case 'max':
      return addMaximum(graph, states, timeAxis(), addMask(graph, states, lengths));
    case 'mean_max': {
      const axis = timeAxis();
      const mask = addMask(graph, states, lengths);
      const parts = [addMean(graph, states, axis, mask, lengths), addMaximum(graph, states, axis, mask)];
      return graph.add('Concat', parts, 'pooled', { axis: 1 });
    }
  }
}

/** Which steps are inside their text: boolean, time × batch × 1. Undefined where padding counts as text. */
function addMask(graph: Builder, states: string, lengths: string): string | undefined {
  if (lengths === '') return undefined;
  graph.add('Shape', [states], 'states_shape', { start: 0, end: 1 });
  const width = graph.add('Squeeze', ['states_shape'], 'states_width');
  const steps = graph.add('Range', [graph.integers('zero', [], 0), width, graph.integers('one', [], 1)], 'steps');
  const column = graph.add('Unsqueeze', [steps, graph.integers('last_axis', [1], 1)], 'steps_column');
  const wide = graph.add('Cast', [lengths], 'lengths_wide', { to: 7 });
  const inside = graph.add('Less', [column, wide], 'inside');
  return graph.add('Unsqueeze', [inside, graph.integers('state_axis', [1], 2)], 'mask');
}

function addMean(graph: Builder, states: string, axis: string, mask: string | undefined, lengths: string): string {
  if (mask === undefined) return graph.add('ReduceMean', [states, axis], 'mean', { keepdims: 0 });
  const nothing = graph.floats('nothing', [], Float32Array.of(0));
  const kept = graph.add('Where', [mask, states, nothing], 'states_or_zero');
  const sum = graph.add('ReduceSum', [kept, axis], 'sum', { keepdims: 0 });
  const counts = graph.add('Cast', [lengths], 'counts', { to: 1 });
  const column = graph.add('Unsqueeze', [counts, graph.integers('count_axis', [1], 1)], 'counts_column');
  return graph.add('Div', [sum, column], 'mean');
}

function addMaximum(graph: Builder, states: string, axis: string, mask: string | undefined): string {
  if (mask === undefined) return graph.add('ReduceMax', [states, axis], 'maximum', { keepdims: 0 });
  const lowest = graph.floats('lowest', [], Float32Array.of(Number.NEGATIVE_INFINITY));
  const kept = graph.add('Where', [mask, states, lowest], 'states_or_lowest');
  return graph.add('ReduceMax', [kept, axis], 'maximum', { keepdims: 0 });
}
