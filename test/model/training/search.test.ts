import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { searchModels, type Trial } from '../../../src/model/training/search.ts';
import { drawSettings, readSpace } from '../../../src/model/training/search-space.ts';
import { javascript, silent, temporaryFolder, tinyRecipe, writeTinyData } from './support.ts';

const folder = temporaryFolder();
writeTinyData(folder, 90);
const spaceFile = join(folder, 'space.yaml');
writeFileSync(
  spaceFile,
  'optimiser.learning_rate: { from: 0.00001, to: 0.1, scale: log }\nnetwork.hidden: { from: 2, to: 5, whole: true }\nnetwork.pooling: [mean, last]\n',
);

async function search(changes: Partial<Parameters<typeof searchModels>[0]> = {}) {
  const told: Trial[] = [];
  const result = await searchModels({
    data: [join(folder, 'tiny.csv')],
    recipe: tinyRecipe({ vectors: null, average_weights: null, epochs: 3 }),
    space: await readSpace(spaceFile),
    trials: 5,
    seed: 2,
    out: join(folder, 'search'),
    tensorFlow: await javascript(),
    clock: () => 0,
    signal: new AbortController().signal,
    progress: silent,
    onTrial: (trial) => told.push(trial),
    ...changes,
  });
  return { result, told };
}

describe('searchModels', () => {
  it('shows the best first, gives up what is behind, and goes on where it was stopped', async () => {
    const controller = new AbortController();
    const stopped = search({
      signal: controller.signal,
      onTrial: ({ trial }) => (trial === 4 ? controller.abort() : undefined),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    // A kill just before the results were written.
    rmSync(join(folder, 'search', 'results.json'));
    const { result } = await search();
    const losses = result.trials.map(({ validation }) => validation.loss);
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
    expect(result.trials.map(({ trial }) => trial).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(JSON.parse(readFileSync(join(folder, 'search', 'results.json'), 'utf8'))).toEqual(result);
    for (const { epochs, given_up } of result.trials) expect(epochs < 3).toBe(given_up);
    expect(result.trials.some(({ given_up }) => given_up)).toBe(true);
    await expect(search({ seed: 3 })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(search({ space: { 'optimiser.learning_rat': [1] } })).rejects.toMatchObject({ code: 'E_CONFIG' });
  });

  it('compares trials that read the data in different ways, or for fewer epochs than the recipe says', async () => {
    const { result } = await search({
      out: join(folder, 'reading'),
      space: { epochs: [1], sources: [{ tiny: { weight: 1 } }, { '*': { weight: 2, soft_labels: 0.5 } }, undefined] },
    });
    expect(result.trials.map(({ epochs, given_up }) => [epochs, given_up])).toEqual(Array(5).fill([1, false]));
  });

  it('draws within the space, by seed and number alone', async () => {
    const space = await readSpace(spaceFile);
    const drawn = Array.from({ length: 200 }, (_, trial) => drawSettings(space, 1, trial));
    const rates = drawn.map((settings) => Number(settings['optimiser.learning_rate']));
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.00001);
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.1);
    const small = rates.filter((rate) => rate < 0.001).length;
    expect(Math.abs(small - 100)).toBeLessThan(30);
    expect(new Set(drawn.map((settings) => settings['network.hidden']))).toEqual(new Set([2, 3, 4, 5]));
    expect(drawSettings(space, 1, 7)).toEqual(drawn[7]);
    writeFileSync(join(folder, 'broken.yaml'), 'epochs: { from: 3, to: 1 }');
    await expect(readSpace(join(folder, 'broken.yaml'))).rejects.toMatchObject({ code: 'E_CONFIG' });
  });
});
