import type { DeepSpec } from '../../network-spec.ts';
import { HASH_FACTOR, HASH_MODULUS } from '../../ngrams.ts';
import type { Tensors } from '../../safetensors.ts';
import type { Builder } from './builder.ts';
import { parameter } from './parameters.ts';
import type { Steps } from './steps.ts';

/** A slice without an end. */
const TO_THE_END = 2 ** 31 - 1;

/** The wide branch's logits, batch × outputs, from the ids (time × batch). The graph hashes the n-grams itself. */
export function addWide(
  graph: Builder,
  outputs: number,
  wide: NonNullable<DeepSpec['wide']>,
  weights: Tensors,
  idsByTime: string,
  { column, lengths }: Steps,
): string {
  const { words: longest, buckets } = wide;
  graph.floats('wide', [buckets, outputs], parameter(weights, 'wide.weight'));
  const ids = graph.add('Cast', [idsByTime], 'ids_wide', { to: 7 });
  const padded = graph.add('Pad', [ids, graph.integers(0, 0, longest - 1, 0)], 'ids_padded');
  /** The ids so many steps later. */
  const later = Array.from({ length: longest }, (_, offset) => {
    const end = offset === longest - 1 ? TO_THE_END : offset + 1 - longest;
    const bounds = [graph.integers(offset), graph.integers(end), graph.integers(0)];
    return graph.add('Slice', [padded, ...bounds], `ids_later_${offset}`);
  });
  const sums = Array.from({ length: longest }, (_, index) => {
    const words = index + 1;
    let hash = graph.integer(words);
    for (const [place, laterIds] of later.slice(0, words).entries()) {
      const product = graph.add('Mul', [hash, graph.integer(HASH_FACTOR)], `product_${words}_${place}`);
      const sum = graph.add('Add', [product, laterIds], `hash_sum_${words}_${place}`);
      hash = graph.add('Mod', [sum, graph.integer(HASH_MODULUS)], `hash_${words}_${place}`);
    }
    const bucket = graph.add('Mod', [hash, graph.integer(buckets)], `bucket_${words}`);
    const gathered = graph.add('Gather', ['wide', bucket], `ngrams_${words}`, { axis: 0 });
    const lastBegin = graph.add('Sub', [lengths, graph.integer(words)], `last_begin_${words}`);
    const isInside = graph.add('LessOrEqual', [column, lastBegin], `begins_inside_${words}`);
    const mask = graph.add('Unsqueeze', [isInside, graph.integers(2)], `ngram_mask_${words}`);
    const kept = graph.add('Where', [mask, gathered, graph.float(0)], `ngrams_or_zero_${words}`);
    return graph.add('ReduceSum', [kept, graph.integers(0)], `ngram_sum_${words}`, { keepdims: 0 });
  });
  if (wide.scale === undefined) return graph.add('Sum', sums, 'wide_logits');
  const sum = graph.add('Sum', sums, 'wide_sum');
  const counts = Array.from({ length: longest }, (_, index) => {
    const left = graph.add('Sub', [lengths, graph.integer(index)], `ngrams_left_${index}`);
    const count = graph.add('Max', [left, graph.integer(0)], `ngram_count_${index}`);
    return graph.add('Cast', [count], `ngram_count_float_${index}`, { to: 1 });
  });
  const root = graph.add('Sqrt', [graph.add('Sum', counts, 'ngram_count')], 'ngram_root');
  const divisor = graph.add('Unsqueeze', [root, graph.integers(-1)], 'ngram_divisor');
  return graph.add('Div', [sum, divisor], 'wide_logits');
}
