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
  /** By text, the sum of what a table says of each feature: batch × columns. */
  const sumOf = (table: string) => {
    const gathered = graph.add('Gather', [table, ids], `${table}_gathered`, { axis: 0 });
    const kept = addInside(graph, mask, gathered, 0, `${table}_or_zero`);
    return graph.add('ReduceSum', [kept, graph.integers(0)], `${table}_sum`, { keepdims: 0 });
  };
  let sums = sumOf('linear');
  if (scale !== 'none') {
    let squares: string;
    if (scale === 'idf') {
      graph.floats('squares', [vocabulary, 1], parameter(weights, 'linear.squares'));
      squares = sumOf('squares');
    } else {
      const counts = graph.add('Cast', [lengths], 'counts', { to: 1 });
      squares = graph.add('Unsqueeze', [counts, graph.integers(1)], 'counts_column');
    }
    sums = graph.add('Div', [sums, graph.add('Sqrt', [squares], 'text_length')], 'scaled');
  }
  graph.add('Add', [sums, 'linear_bias'], output);
}
