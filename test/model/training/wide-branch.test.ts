import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../src/model/safetensors.ts';
import { recipeSchema } from '../../../src/model/training/recipe.ts';
import { temporaryFolder, tinyRecipe, trainTiny, writeTinyData, writeTinyVectors } from './support.ts';

const folder = temporaryFolder();
writeTinyData(folder, 180);
writeTinyVectors(folder);

/** A network that learns next to nothing, so that the wide branch has to. */
const lazy = {
  network: {
    kind: 'gru',
    embedding: 4,
    hidden: 2,
    pooling: 'mean_max',
    wide: { words: 2, buckets: 4096, scale: 'unit' },
  },
  wide_branch: { weighting: 'naive_bayes', l2: 0.0001 },
  optimiser: { kind: 'adam', learning_rate: 1e-6 },
  epochs: 1,
  early_stopping: null,
};

describe('a wide branch fitted by itself', () => {
  it('carries what the network beside it has not learnt', async () => {
    const { model, log } = await trainTiny(folder, join(folder, 'fused'), { recipe: tinyRecipe(lazy) });
    const { validation } = model.spec.about['metrics'] as { validation: { macro_recall: number; loss: number } };
    expect(log.at(-1)?.validation?.macro_recall).toBeLessThan(0.6);
    expect(validation.macro_recall).toBeGreaterThan(0.95);
    expect(validation.loss).toBeLessThan(log.at(-1)?.validation?.loss ?? 0);
    const file = join(model.directory, 'weights.safetensors');
    expect(readSafetensors(readFileSync(file), file).get('wide.weight')?.shape).toEqual([4096, 3]);
  });

  it('leaves a network that knows all its word', async () => {
    const strong = { network: lazy.network, wide_branch: { l2: 1000 }, epochs: 6 };
    const { model, log } = await trainTiny(folder, join(folder, 'strong'), { recipe: tinyRecipe(strong) });
    const { validation } = model.spec.about['metrics'] as { validation: { macro_recall: number } };
    const best = Math.max(...log.map((entry) => entry.validation?.macro_recall ?? 0));
    expect(validation.macro_recall).toBeGreaterThan(best - 0.1);
  });

  it('needs a wide branch and rows held out', () => {
    const refused = (changes: object) => () => recipeSchema.parse({ ...tinyRecipe(), ...changes });
    expect(refused({ wide_branch: { l2: 1 } })).toThrow(/network\.wide/);
    expect(refused({ ...lazy, split: { validation: 0 } })).toThrow(/split\.validation/);
  });
});
