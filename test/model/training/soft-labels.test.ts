import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rowLosses } from '../../../src/model/training/loss.ts';
import { prepare } from '../../../src/model/training/prepare.ts';
import { javascript, silent, temporaryFolder, tinyRecipe } from './support.ts';

const never = new AbortController().signal;

describe('a teacher’s probabilities', () => {
  it('are mixed into the labels by the recipe’s share; rows without them keep to the label', async () => {
    const file = join(temporaryFolder(), 'soft.csv');
    const rows = ['negative', 'neutral', 'positive'].flatMap((label) => [
      `first ${label},${label},0.2,0.3,0.5`,
      `second ${label},${label},,,`,
      `third ${label},${label},0.9,0.9,0.9`,
    ]);
    writeFileSync(file, `text,label,p_negative,p_neutral,p_positive\n${rows.join('\n')}\n`);
    const recipe = tinyRecipe({ soft_labels: 0.5, split: { validation: 0 }, vectors: null, early_stopping: null });
    const { training } = await prepare({ data: [file], recipe, vectors: undefined }, silent, never);
    const targets = [...(training.targets ?? [])].map((value) => Number(value.toFixed(3)));
    expect(targets.slice(0, 9)).toEqual([0.6, 0.15, 0.25, 1, 0, 0, 1, 0, 0]);
    const none = await prepare(
      { data: [file], recipe: { ...recipe, soft_labels: 0 }, vectors: undefined },
      silent,
      never,
    );
    expect(none.training.targets).toBeUndefined();
  });

  it('are met by the loss: the cross-entropy to them', async () => {
    const { tf } = await javascript();
    const losses = await rowLosses(
      tf,
      tf.tensor2d([[0, 0, 0]]),
      Int32Array.of(0),
      Float32Array.of(0.2, 0.3, 0.5),
    ).data();
    expect(losses[0]).toBeCloseTo(Math.log(3), 5);
    const sure = await rowLosses(
      tf,
      tf.tensor2d([[0, 0, Math.log(2)]]),
      Int32Array.of(0),
      Float32Array.of(0, 0, 1),
    ).data();
    expect(sure[0]).toBeCloseTo(Math.log(2), 5);
  });

  it('need three classes', () => {
    expect(() => tinyRecipe({ classes: 2, soft_labels: 0.5 })).toThrow(/needs three classes/);
  });
});
