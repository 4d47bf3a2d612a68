import type { TokenBatch } from './engines/engine.ts';

/** Rows that are run together, by their position in the input, and the width they are padded to. */
export interface BatchPlan {
  readonly rows: readonly number[];
  readonly width: number;
}

/** Widths grow by about an eighth, so that an engine meets few shapes and little of a batch is padding. */
const WIDTHS_PER_DOUBLING = 8;

/** The smallest fixed width that holds a length: every length up to 16, then eight steps a doubling. */
export function bucketOf(length: number): number {
  if (length <= 16) return Math.max(1, length);
  const step = 2 ** Math.ceil(Math.log2(length)) / 2 / WIDTHS_PER_DOUBLING;
  return Math.ceil(length / step) * step;
}

/**
 * Cuts rows into batches of similar length: shortest first, each of at most `budget` tokens with their padding (a single row
 * may be longer). With `fixedWidth` every batch has that width. The result depends on the lengths and nothing else.
 */
export function planBatches(lengths: readonly number[], budget: number, fixedWidth?: number): BatchPlan[] {
  const order = lengths.map((length, row) => ({ length, row })).sort((a, b) => a.length - b.length || a.row - b.row);
  const plans: BatchPlan[] = [];
  let rows: number[] = [];
  let width = 0;
  for (const { length, row } of order) {
    const wider = fixedWidth ?? bucketOf(length);
    if (rows.length > 0 && (rows.length + 1) * wider > budget) {
      plans.push({ rows, width });
      rows = [];
    }
    rows.push(row);
    width = wider;
  }
  if (rows.length > 0) plans.push({ rows, width });
  return plans;
}

/** The planned rows of the token sequences, padded at the right with 0. */
export function batchOf(plan: BatchPlan, sequences: readonly Int32Array[]): TokenBatch {
  const ids = new Int32Array(plan.rows.length * plan.width);
  const lengths = new Int32Array(plan.rows.length);
  for (const [index, row] of plan.rows.entries()) {
    const sequence = sequences[row] ?? new Int32Array();
    ids.set(sequence, index * plan.width);
    lengths[index] = sequence.length;
  }
  return { ids, lengths, width: plan.width };
}
