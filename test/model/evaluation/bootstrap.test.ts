import { describe, expect, it } from 'vitest';
import { intervalOf, resampled } from '../../../src/model/evaluation/bootstrap.ts';
import { measuresOf } from '../../../src/model/evaluation/measures.ts';
import { randomOf } from '../../../src/model/training/random.ts';
import { sampleFrom } from './sample-support.ts';

const signal = new AbortController().signal;
const shareOf = (hits: Uint8Array) => (weights: Uint16Array) =>
  Float64Array.of(weights.reduce((sum, weight, row) => sum + weight * (hits[row] ?? 0), 0) / hits.length);

describe('resampled', () => {
  it('draws as many rows each time, and the same ones from the same seed', async () => {
    const totals = (weights: Uint16Array) => Float64Array.of(weights.reduce((sum, weight) => sum + weight, 0));
    expect(await resampled(50, totals, { resamples: 3, seed: 1, signal })).toEqual([Float64Array.of(50, 50, 50)]);
    const first = (seed: number) =>
      resampled(50, (weights) => Float64Array.of(weights[0] ?? 0), { resamples: 40, seed, signal });
    expect(await first(1)).toEqual(await first(1));
    expect(await first(1)).not.toEqual(await first(2));
  });

  it('stops when it is asked to', async () => {
    const stopped = AbortSignal.abort();
    const run = resampled(5, () => new Float64Array(1), { resamples: 3, seed: 1, signal: stopped });
    await expect(run).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
  });

  it('covers the truth about 95 times in 100', async () => {
    const random = randomOf(7);
    let covered = 0;
    for (let world = 0; world < 100; world += 1) {
      const hits = Uint8Array.from({ length: 100 }, () => (random() < 0.7 ? 1 : 0));
      const [draws] = await resampled(100, shareOf(hits), { resamples: 200, seed: world, signal });
      const [low, high] = intervalOf(draws) ?? [1, 0];
      if (low <= 0.7 && 0.7 <= high) covered += 1;
    }
    expect(covered / 100).toBeGreaterThan(0.88);
    expect(covered / 100).toBeLessThan(0.99);
  });
});

describe('intervalOf', () => {
  it('is the middle 95 %, without values that have no meaning', () => {
    const values = Float64Array.from({ length: 42 }, (_, index) => (index === 41 ? Number.NaN : index));
    expect(intervalOf(values)).toEqual([1, 39]);
    expect(intervalOf(Float64Array.of(Number.NaN, 1))).toBeNull();
  });
});

describe('measuresOf', () => {
  const rows = Array.from({ length: 200 }, (_, row) => {
    const positive = 0.05 + (0.9 * ((row * 37) % 101)) / 101;
    return { actual: (row * 53) % 97 < 97 * positive ? 1 : 0, probabilities: [1 - positive, positive] };
  });

  it('has every figure within its interval, that of the calibration error too', async () => {
    const measures = await measuresOf(sampleFrom(rows), { resamples: 200, seed: 1, signal });
    for (const name of ['accuracy', 'macro_f1', 'roc_auc', 'average_precision', 'ece', 'brier', 'log_loss'] as const) {
      const [low, high] = measures.intervals[name] ?? [1, 0];
      expect(low, name).toBeLessThanOrEqual(measures[name] ?? -1);
      expect(high, name).toBeGreaterThanOrEqual(measures[name] ?? 2);
    }
  });

  it('gives no interval for a handful of rows, and no ROC-AUC for rows of one class', async () => {
    const few = rows.filter(({ actual }) => actual === 1).slice(0, 20);
    const { intervals, roc_auc, accuracy } = await measuresOf(sampleFrom(few), { resamples: 50, seed: 1, signal });
    expect(intervals.accuracy).toBeNull();
    expect(roc_auc).toBeNull();
    expect(accuracy).toBeGreaterThan(0);
  });
});
