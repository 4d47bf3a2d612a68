import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { findModel, loadModel } from '../../src/model/artifact.ts';
import { evaluateModel } from '../../src/model/evaluation/evaluate.ts';
import { createPool } from '../../src/model/pool.ts';
import { describeShared, sharedPath } from '../support/shared.ts';
import { silentProgress } from '../support/silent.ts';

describeShared('the model that ships', () => {
  it('reaches the macro recall that its card states, on tweets that took no part in its making', {
    timeout: 120_000,
  }, async () => {
    const model = await loadModel(findModel('social'));
    const pool = createPool({ model, workers: availableParallelism(), engine: 'onnx' });
    try {
      const evaluation = await evaluateModel({
        data: sharedPath('data', 'tweets', 'dev.csv.gz'),
        model,
        pool,
        signal: new AbortController().signal,
        progress: silentProgress,
        bootstrap: { resamples: 0, seed: 1 },
      });
      expect(evaluation.rows).toBe(7_721);
      expect(evaluation.macro_recall).toBeCloseTo(0.716, 3);
    } finally {
      await pool.close();
    }
  });
});
