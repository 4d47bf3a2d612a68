import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findModel, loadModel, type Model } from '../../../src/model/artifact.ts';
import { refuseOther } from '../../../src/model/training/init.ts';
import { readRecipe, recipeSchema } from '../../../src/model/training/recipe.ts';
import { packageRoot } from '../../../src/package.ts';
import { temporaryFolder, tinyRecipe, trainTiny, writeTinyData } from './support.ts';

const OWN_LABELS = join(packageRoot, 'recipes', 'own-labels.yaml');
const folder = temporaryFolder();
let first: Model;

/** A brand whose customers say great where they mean bad. */
function writeShifted(): void {
  const file = join(folder, 'tiny.csv');
  const swap: Record<string, string> = { great: 'bad', bad: 'great' };
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/great|bad/g, (word) => swap[word] ?? word),
  );
}

async function ownRecipe(changes: Record<string, unknown> = {}) {
  const recipe = await readRecipe(OWN_LABELS, first);
  return recipeSchema.parse({ ...recipe, split: { validation: 0.2, seed: 1 }, ...changes });
}

beforeAll(async () => {
  writeTinyData(folder, 180);
  const recipe = tinyRecipe({ vectors: null, epochs: 4 });
  first = (await trainTiny(folder, join(folder, 'first'), { recipe })).model;
  writeShifted();
});

describe('a training that goes on from a model', () => {
  it('can go on from the model that ships, without a recipe of its own', async () => {
    const shipped = await loadModel(findModel('social'));
    const recipe = await readRecipe(OWN_LABELS, shipped);
    if ('linear' in recipe) throw new Error('a recipe of a network');
    expect(() => refuseOther(recipe, shipped)).not.toThrow();
  });

  it('begins with its weights and words', async () => {
    const recipe = await ownRecipe({ epochs: 1, optimiser: { learning_rate: 1e-12 }, average_weights: null });
    const { model } = await trainTiny(folder, join(folder, 'still'), { recipe, init: first });
    expect(model.vocabulary).toEqual(first.vocabulary);
    expect(model.networkSha256).toBe(first.networkSha256);
    expect(model.spec.about['init']).toEqual({ name: 'tiny', network_sha256: first.networkSha256 });
  });

  it('learns what is different here, better than the model itself', async () => {
    const recipe = await ownRecipe({ optimiser: { learning_rate: 0.05 }, epochs: 3 });
    const { model, log } = await trainTiny(folder, join(folder, 'shifted'), { recipe, init: first });
    const before = first.spec.about['metrics'] as { validation: { macro_recall: number } };
    expect(before.validation.macro_recall).toBeGreaterThan(0.9);
    // A third of the negative and of the positive texts are the other way round for the first model: 7/9 at best.
    expect(Math.max(...log.map(({ validation }) => validation?.macro_recall ?? 0))).toBeGreaterThan(0.85);
    expect((await loadModel(model.directory)).spec.network).toEqual(first.spec.network);
    expect(existsSync(`${model.directory}.training`)).toBe(false);
  });

  it('takes from the model what the recipe leaves open, and tells what it says in vain', async () => {
    const file = join(folder, 'recipe.yaml');
    writeFileSync(file, `${readFileSync(OWN_LABELS, 'utf8')}\nvocabulary: { size: 9 }\nvectors: { source: x }\n`);
    const notes: string[] = [];
    expect(await readRecipe(file, first, (note) => notes.push(note))).toEqual(await readRecipe(OWN_LABELS, first));
    expect(notes).toEqual([expect.stringContaining('vocabulary'), expect.stringContaining('vectors')]);
    await expect(readRecipe(OWN_LABELS)).rejects.toMatchObject({ code: 'E_CONFIG' });
  });

  it('refuses a recipe of another network', async () => {
    const recipe = await ownRecipe({ network: { kind: 'gru', embedding: 4, hidden: 9, pooling: 'mean_max' } });
    await expect(trainTiny(folder, join(folder, 'x'), { recipe, init: first })).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringContaining('network') as string,
    });
  });
});
