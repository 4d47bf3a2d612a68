import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchOf, bucketOf, planBatches } from '../../src/model/batches.ts';

const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 400 });
const budget = fc.integer({ min: 1, max: 5_000 });

describe('planBatches', () => {
  it('has every row once, keeps the budget, and makes each batch wide enough', () => {
    fc.assert(
      fc.property(lengths, budget, (all, tokens) => {
        const plans = planBatches(all, tokens);
        expect(plans.flatMap((plan) => plan.rows).sort((a, b) => a - b)).toEqual(all.map((_, row) => row));
        for (const { rows, width } of plans) {
          expect(rows.length === 1 || rows.length * width <= tokens).toBe(true);
          expect(width).toBe(bucketOf(Math.max(...rows.map((row) => all[row] ?? 0))));
        }
      }),
    );
  });

  it('gives every batch the fixed width', () => {
    const plans = planBatches([3, 0, 200, 7, 9], 400, 200);
    expect(plans).toEqual([
      { rows: [1, 0], width: 200 },
      { rows: [3, 4], width: 200 },
      { rows: [2], width: 200 },
    ]);
  });
});

describe('bucketOf', () => {
  it('is never less than the length, little more, and one of few', () => {
    const widths = new Set<number>();
    for (let length = 1; length <= 4_096; length += 1) {
      expect(bucketOf(length)).toBeGreaterThanOrEqual(length);
      expect(bucketOf(length)).toBeLessThanOrEqual(length * 1.125);
      widths.add(bucketOf(length));
    }
    expect(widths.size).toBeLessThanOrEqual(80);
  });
});

describe('batchOf', () => {
  it('pads the planned rows at the right', () => {
    const sequences = [Int32Array.of(5), Int32Array.of(), Int32Array.of(7, 8)];
    expect(batchOf({ rows: [1, 0, 2], width: 3 }, sequences)).toEqual({
      ids: Int32Array.of(0, 0, 0, 5, 0, 0, 7, 8, 0),
      lengths: Int32Array.of(0, 1, 2),
      width: 3,
    });
  });
});
