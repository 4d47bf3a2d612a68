import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { evaluateModel } from '../../src/model/evaluation/evaluate.ts';
import { createPool } from '../../src/model/pool.ts';
import { linearRecipeSchema } from '../../src/model/training/linear/linear-recipe.ts';
import { trainLinear } from '../../src/model/training/linear/train-linear.ts';
import { readRecipe } from '../../src/model/training/recipe.ts';
import { packageRoot } from '../../src/package.ts';
import { describeShared, sharedPath } from '../support/shared.ts';
import { silentProgress } from '../support/silent.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-baselines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeShared('the linear baselines on film reviews', () => {
  it.each([
    ['imdb-logistic', 0.905],
    ['imdb-naive-bayes', 0.912],
  ])('%s is right on at least %d of the test reviews', { timeout: 900_000 }, async (name, least) => {
    const signal = new AbortController().signal;
    const recipe = linearRecipeSchema.parse(await readRecipe(join(packageRoot, 'recipes', `${name}.yaml`)));
    const data = [sharedPath('data', 'imdb', 'train.csv.gz')];
    const { model } = await trainLinear({ data, recipe, out: join(folder, name), signal, progress: silentProgress });
    const pool = createPool({ model, workers: availableParallelism(), engine: 'onnx' });
    try {
      const { accuracy, rows } = await evaluateModel({
        data: sharedPath('data', 'imdb', 'test.csv.gz'),
        ...{ model, pool, signal, progress: silentProgress },
        bootstrap: { resamples: 0, seed: 1 },
      });
      expect(rows).toBe(25_000);
      expect(accuracy).toBeGreaterThanOrEqual(least);
    } finally {
      await pool.close();
    }
  });
});
