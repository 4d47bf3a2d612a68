import type { DeepSpec, Outputs, OwnNetworkSpec } from '../../network-spec.ts';
import type { Tensors } from '../../safetensors.ts';
import { featuresOf } from '../../shapes.ts';
import type { ModelSpec } from '../../spec.ts';
import { Builder } from './builder.ts';
import { addConvolutions } from './convolution.ts';
import { isFolded, tableInputs } from './folded.ts';
import { addLinear } from './linear.ts';
import { onnxFile, valueInfo } from './onnx-format.ts';
import { parameter } from './parameters.ts';
import { addRecurrent } from './recurrent.ts';
import { addSteps, type Steps } from './steps.ts';
import { addWide } from './wide.ts';

export const INPUT_IDS = 'ids';
export const INPUT_LENGTHS = 'lengths';
export const OUTPUT_LOGITS = 'logits';
export const OUTPUT_PROBABILITIES = 'probabilities';

/**
 * What leaves the graph: raw logits for our own engine, where `folded` a GRU reads its first layer's input products from tables
 * that are inputs of the graph; or for others every class's probability and what the file is.
 */
export type GraphOutput = 'logits' | 'folded logits' | { readonly metadata: Readonly<Record<string, string>> };

/**
 * The network as an ONNX file: ids (int32, batch × width) and, where padding is masked, lengths (int32, batch) go in; logits
 * (float, batch × outputs) come out, or probabilities (float, batch × classes, in the order of the labels).
 * Time is the first axis inside, because ONNX's recurrent operations want it so.
 */
export function onnxGraph(
  network: OwnNetworkSpec,
  padding: Pick<ModelSpec['padding'], 'masked'>,
  weights: Tensors,
  output: GraphOutput = 'logits',
): Uint8Array {
  const graph = new Builder();
  const { outputs } = network;
  const ids = graph.add('Transpose', [INPUT_IDS], 'ids_by_time', { perm: [1, 0] });
  const lengths = padding.masked ? INPUT_LENGTHS : '';
  const folded = output === 'folded logits' && isFolded(network);
  if (network.kind === 'linear') addLinear(graph, network, weights, ids, addSteps(graph, ids, lengths), OUTPUT_LOGITS);
  else addDeep(graph, network, weights, ids, lengths, folded);
  const metadata = typeof output === 'string' ? undefined : output.metadata;
  const classes = metadata ? addProbabilities(graph, outputs) : outputs;

  return onnxFile({
    nodes: graph.nodes,
    initializers: graph.initializers,
    inputs: [
      valueInfo(INPUT_IDS, 'int32', ['batch', 'width']),
      ...(padding.masked ? [valueInfo(INPUT_LENGTHS, 'int32', ['batch'])] : []),
      ...(folded ? tableInputs(network) : []),
    ],
    outputs: [valueInfo(metadata ? OUTPUT_PROBABILITIES : OUTPUT_LOGITS, 'float', ['batch', classes])],
    metadata: metadata ?? {},
  });
}

/** The logits of a network that reads words in their order, from the ids (time × batch). */
function addDeep(
  graph: Builder,
  network: DeepSpec,
  weights: Tensors,
  ids: string,
  lengths: string,
  folded: boolean,
): void {
  const { vocabulary, embedding, outputs, wide } = network;
  const embed = () => {
    graph.floats('embedding', [vocabulary, embedding], parameter(weights, 'embedding.weight'));
    return graph.add('Gather', ['embedding', ids], 'embedded', { axis: 0 });
  };
  // Made by the first that needs them: pooling by the last state does not.
  let made: Steps | undefined;
  const steps = () => {
    made ??= addSteps(graph, ids, lengths);
    return made;
  };
  const features =
    network.kind === 'cnn'
      ? addConvolutions(graph, network, weights, embed(), steps())
      : addRecurrent(graph, network, weights, folded ? { ids } : { embedded: embed() }, lengths, steps);
  graph.floats('fc_weight', [outputs, featuresOf(network)], parameter(weights, 'fc.weight'));
  graph.floats('fc_bias', [outputs], parameter(weights, 'fc.bias'));
  const deep = wide ? 'deep_logits' : OUTPUT_LOGITS;
  graph.add('Gemm', [features, 'fc_weight', 'fc_bias'], deep, { transB: 1 });
  if (wide) graph.add('Add', [deep, addWide(graph, outputs, wide, weights, ids, steps())], OUTPUT_LOGITS);
}

/** Every class's probability, and how many there are. One logit is the positive class's; negative is the rest. */
function addProbabilities(graph: Builder, outputs: Outputs): number {
  if (outputs > 1) {
    graph.add('Softmax', [OUTPUT_LOGITS], OUTPUT_PROBABILITIES, { axis: 1 });
    return outputs;
  }
  const positive = graph.add('Sigmoid', [OUTPUT_LOGITS], 'positive');
  // Not 1 − p, which loses the digits of small probabilities.
  const negative = graph.add('Sigmoid', [graph.add('Neg', [OUTPUT_LOGITS], 'negative_logit')], 'negative');
  graph.add('Concat', [negative, positive], OUTPUT_PROBABILITIES, { axis: 1 });
  return 2;
}
