import type { TokenBatch } from '../engines/engine.ts';

/** A batch in the order in which the network reads it: step by step, all texts of a step together. */
export interface Layout {
  readonly steps: number;
  readonly batch: number;
  /** steps · batch word ids. */
  readonly ids: Int32Array;
  /** The row that stands at each row's place when every text is read from its end; padding stays where it is. Its own inverse. */
  readonly reversed: Int32Array;
  /** steps · batch: 1 where a step is padding that the network must not read, otherwise 0. */
  readonly padding: Float32Array;
  /** Steps that each text has, padding included where it is read. */
  readonly lengths: Int32Array;
}

/** A batch by steps. Where padding is not masked it is read like words. */
export function layoutOf({ ids, lengths, width }: TokenBatch, masked: boolean): Layout {
  const batch = lengths.length;
  const size = width * batch;
  const layout = {
    steps: width,
    batch,
    ids: new Int32Array(size),
    reversed: new Int32Array(size),
    padding: new Float32Array(size),
    lengths: masked ? lengths : new Int32Array(batch).fill(width),
  };
  for (let text = 0; text < batch; text += 1) {
    const length = layout.lengths[text] ?? 0;
    for (let step = 0; step < width; step += 1) {
      const row = step * batch + text;
      const isInside = step < length;
      layout.ids[row] = ids[text * width + step] ?? 0;
      layout.reversed[row] = isInside ? (length - 1 - step) * batch + text : row;
      layout.padding[row] = isInside ? 0 : 1;
    }
  }
  return layout;
}
