import type { BatchPlan } from '../batches.ts';
import { type Random, shuffled } from './random.ts';
import type { Recipe } from './recipe.ts';

/** Rows that are sorted by length together. A batch is drawn from that many, so that it is similar in length alone. */
const ROWS_PER_POOL = 8_192;

/**
 * One epoch's batches: rows shuffled, sorted by length within large pools, cut into batches of so many rows or so many tokens
 * with their padding, and these shuffled. Each row is in one batch. With `fixedWidth` every batch has that width.
 */
export function planEpoch(
  lengths: readonly number[],
  batch: Recipe['batch'],
  random: Random,
  fixedWidth?: number,
): BatchPlan[] {
  const rows = shuffled(
    lengths.map((_, row) => row),
    random,
  );
  const plans: BatchPlan[] = [];
  const lengthOf = (row: number) => lengths[row] ?? 0;
  for (let start = 0; start < rows.length; start += ROWS_PER_POOL) {
    const pool = rows.slice(start, start + ROWS_PER_POOL).sort((a, b) => lengthOf(a) - lengthOf(b));
    let current: number[] = [];
    for (const row of pool) {
      const width = fixedWidth ?? Math.max(1, lengthOf(row));
      const full = 'rows' in batch ? current.length >= batch.rows : (current.length + 1) * width > batch.tokens;
      if (full && current.length > 0) {
        plans.push(planOf(current));
        current = [];
      }
      current.push(row);
    }
    if (current.length > 0) plans.push(planOf(current));
  }
  return shuffled(plans, random);

  function planOf(rowsOfBatch: readonly number[]): BatchPlan {
    // Sorted, so the last one is the longest.
    return { rows: rowsOfBatch, width: fixedWidth ?? Math.max(1, lengthOf(rowsOfBatch.at(-1) ?? -1)) };
  }
}
