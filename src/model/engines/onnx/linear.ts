import type { LinearSpec } from '../../network-spec.ts';
import type { Tensors } from '../../safetensors.ts';
import type { Builder } from './builder.ts';
import { parameter } from './parameters.ts';
import { addInside, type Steps } from './steps.ts';

/** A linear model's logits from the ids (time × batch): the sum of its features' weights, scaled, and the bias. */
export function addLinear(
  graph: Builder,
  { vocabulary, outputs, scale }: LinearSpec,
  weights: Tensors,
  ids: string,
  { mask, lengths }: Steps,
  output: string,
): void {
  graph.floats('linear', [vocabulary, outputs], parameter(weights, 'linear.weight'));
  graph.floats('linear_bias', [outputs], parameter(weights, 'linear.bias'));
  const gathered = graph.add('Gather', ['linear', ids], 'feature_weights', { axis: 0 });
  const kept = addInside(graph, mask, gathered, 0, 'feature_weights_or_zero');
  let sums = graph.add('ReduceSum', [kept, graph.integers(0)], 'feature_sum', { keepdims: 0 });
  if (scale === 'unit') {
    const roots = graph.add('Sqrt', [graph.add('Cast', [lengths], 'counts', { to: 1 })], 'counts_root');
    const column = graph.add('Unsqueeze', [roots, graph.integers(1)], 'counts_column');
    sums = graph.add('Div', [sums, column], 'feature_sum_scaled');
  }
  graph.add('Add', [sums, 'linear_bias'], output);
}
