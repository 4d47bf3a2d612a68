import type { ConvolutionalSpec } from '../../network-spec.ts';
import type { Tensors } from '../../safetensors.ts';
import type { Builder } from './builder.ts';
import { parameter } from './parameters.ts';
import { addInside, type Steps } from './steps.ts';

/** Filters over windows of words, each one's maximum over the text: time × batch × embedding → batch × features. */
export function addConvolutions(
  graph: Builder,
  { widths, filters, embedding }: ConvolutionalSpec,
  weights: Tensors,
  embedded: string,
  { mask }: Steps,
): string {
  const words = addInside(graph, mask, embedded, 0, 'embedded_or_zero');
  const byText = graph.add('Transpose', [words], 'embedded_by_text', { perm: [1, 2, 0] });
  const maskByText =
    mask === undefined ? undefined : graph.add('Transpose', [mask], 'mask_by_text', { perm: [1, 2, 0] });
  const maxima = widths.map((width, index) => {
    const weight = parameter(weights, `convs.${index}.weight`);
    graph.floats(`filters_${index}`, [filters, embedding, width], weight);
    graph.floats(`filters_bias_${index}`, [filters], parameter(weights, `convs.${index}.bias`));
    const seen = graph.add('Conv', [byText, `filters_${index}`, `filters_bias_${index}`], `seen_${index}`, {
      kernel_shape: [width],
      pads: [0, width - 1],
    });
    const inside = addInside(graph, maskByText, seen, Number.NEGATIVE_INFINITY, `seen_inside_${index}`);
    return graph.add('ReduceMax', [inside, graph.integers(2)], `largest_${index}`, { keepdims: 0 });
  });
  const all = maxima.length === 1 ? (maxima[0] ?? '') : graph.add('Concat', maxima, 'largest', { axis: 1 });
  return graph.add('Relu', [all], 'pooled');
}
