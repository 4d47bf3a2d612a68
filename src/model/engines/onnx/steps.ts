import type { Builder } from './builder.ts';

/** The steps of the batch that is run, as values of the graph. */
export interface Steps {
  /** How many there are: the width, one whole number. */
  readonly count: string;
  /** 0, 1, 2 … as a column: time × 1. */
  readonly column: string;
  /** Words of each text, 64 bits, batch; the width where padding is read like words. */
  readonly lengths: string;
  /** Which steps are inside their text: boolean, time × batch × 1. Undefined where padding counts as text. */
  readonly mask: string | undefined;
}

/** From the ids (time × batch) and, where padding is masked, the lengths. */
export function addSteps(graph: Builder, idsByTime: string, lengths: string): Steps {
  const shape = graph.add('Shape', [idsByTime], 'ids_shape', { start: 0, end: 1 });
  const count = graph.add('Squeeze', [shape], 'width');
  const range = graph.add('Range', [graph.integer(0), count, graph.integer(1)], 'steps');
  const column = graph.add('Unsqueeze', [range, graph.integers(1)], 'steps_column');
  if (lengths === '') return { count, column, lengths: count, mask: undefined };
  const wide = graph.add('Cast', [lengths], 'lengths_wide', { to: 7 });
  const inside = graph.add('Less', [column, wide], 'inside');
  const mask = graph.add('Unsqueeze', [inside, graph.integers(2)], 'mask');
  return { count, column, lengths: wide, mask };
}

/** The values inside the texts, and something else on padding. The name must be new. */
export function addInside(
  graph: Builder,
  mask: string | undefined,
  values: string,
  otherwise: number,
  name: string,
): string {
  return mask === undefined ? values : graph.add('Where', [mask, values, graph.float(otherwise)], name);
}
