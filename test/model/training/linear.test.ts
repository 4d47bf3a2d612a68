import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/model/artifact.ts';
import { createOnnxEngine } from '../../../src/model/engines/onnx/engine.ts';
import { createTfjsEngine } from '../../../src/model/engines/tfjs/engine.ts';
import { exportOnnx } from '../../../src/model/export.ts';
import type { LinearSpec } from '../../../src/model/network-spec.ts';
import { scorerOf } from '../../../src/model/scorer.ts';
import { tokenizerOf } from '../../../src/model/tokenizer.ts';
import { ngramsOf } from '../../../src/model/tokenizers/ngrams.ts';
import { linearRecipeSchema } from '../../../src/model/training/linear/linear-recipe.ts';
import { minimise } from '../../../src/model/training/linear/minimise.ts';
import { type LinearLoss, objectiveOf } from '../../../src/model/training/linear/objective.ts';
import { temperatureOf } from '../../../src/model/training/linear/temperature.ts';
import { trainLinear } from '../../../src/model/training/linear/train-linear.ts';
import { factorsOf, scalesOf, squaresOf } from '../../../src/model/training/linear/weighting.ts';
import { readRecipe } from '../../../src/model/training/recipe.ts';
import { javascript, silent, temporaryFolder, writeTinyData } from './support.ts';

const recipeOf = (changes: Record<string, unknown> = {}) =>
  linearRecipeSchema.parse({
    name: 'linear',
    title: 'Linear',
    classes: 3,
    tokenizer: {
      name: 'ngrams',
      version: 1,
      of: 'words',
      reads: 'cleaned',
      max_tokens: 50,
      words: 2,
      characters: [2, 4],
    },
    vocabulary: { size: 5_000 },
    linear: { l2: 1e-3 },
    ...changes,
  });

const train = (folder: string, name: string, recipe = recipeOf(), signal = new AbortController().signal) =>
  trainLinear({ data: [join(folder, 'tiny.csv')], recipe, out: join(folder, name), signal, progress: silent });

describe('ngramsOf', () => {
  it('gives each run of words and of characters once', () => {
    expect([...ngramsOf(['so', 'good', 'so', 'good'], { words: 2, characters: null })]).toEqual([
      'so',
      'so good',
      'good',
      'good so',
    ]);
    expect([...ngramsOf(['no'], { words: 0, characters: [2, 3] })]).toEqual(['\t n', '\t no', '\tno', '\tno ', '\to ']);
    expect([...ngramsOf(['😀'], { words: 1, characters: [3, 9] })]).toEqual(['😀', '\t 😀 ']);
    expect([...ngramsOf([], { words: 3, characters: [1, 5] })]).toEqual([]);
  });
});

describe('minimise', () => {
  it('finds the lowest point of a valley', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 6 }),
        async (goal) => {
          const { point } = await minimise(
            (at, gradient) => {
              let value = 0;
              for (const [place, wanted] of goal.entries()) {
                const off = (at[place] ?? 0) - wanted;
                value += (place + 1) * off ** 2 + off ** 4;
                gradient[place] = 2 * (place + 1) * off + 4 * off ** 3;
              }
              return value;
            },
            goal.length,
            { iterations: 200, tolerance: 1e-9, onStep: async () => undefined },
          );
          for (const [place, wanted] of goal.entries())
            expect(Math.abs((point[place] ?? 0) - wanted)).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('objectiveOf', () => {
  const rows = {
    sequences: [[2, 3], [4], [2, 4, 5], [1]].map((ids) => Int32Array.from(ids)),
    labels: Int32Array.of(0, 1, 2, 1),
  };
  it.each<[LinearLoss, 1 | 3, LinearSpec['scale'], boolean]>([
    ['logistic', 1, 'none', false],
    ['logistic', 3, 'unit', true],
    ['squared_hinge', 1, 'unit', true],
    ['squared_hinge', 3, 'none', false],
    ['logistic', 3, 'idf', false],
  ])('has the slopes of its value: %s, %i outputs, scale %s', (loss, outputs, scale, weighted) => {
    const network: LinearSpec = { kind: 'linear', scale, vocabulary: 6, outputs };
    const two = { ...rows, labels: rows.labels.map((label) => Math.min(label, outputs === 1 ? 1 : 2)) };
    const squares = squaresOf(network, two.sequences);
    const scales = scalesOf(network, two.sequences, squares);
    const factors = factorsOf(network, two, squares, weighted ? 'naive_bayes' : 'none');
    const objective = objectiveOf(network, { ...two, scales }, loss, 0.1, factors);
    const point = Float64Array.from({ length: 7 * outputs }, (_, place) => Math.sin(place * place));
    const gradient = new Float64Array(point.length);
    objective(point, gradient);
    for (const place of point.keys()) {
      const at = (change: number) =>
        objective(
          point.map((number, index) => (index === place ? number + change : number)),
          new Float64Array(point.length),
        );
      expect(Math.abs((at(1e-6) - at(-1e-6)) / 2e-6 - (gradient[place] ?? 0))).toBeLessThan(1e-7);
    }
  });

  it('weighs a feature by how much likelier it is in a class', () => {
    const network: LinearSpec = { kind: 'linear', scale: 'none', vocabulary: 6, outputs: 1 };
    const squares = squaresOf(network, rows.sequences);
    const ratios = factorsOf(network, { ...rows, labels: Int32Array.of(0, 1, 1, 1) }, squares, 'naive_bayes') ?? [];
    // Positive: 1 + (0, 1, 1, 0, 2, 1), together 11; negative: 1 + (0, 0, 1, 1, 0, 0), together 8.
    expect(ratios[4]).toBeCloseTo(Math.log(3 / 11 / (1 / 8)), 12);
    expect(ratios[3]).toBeCloseTo(Math.log(1 / 11 / (2 / 8)), 12);
  });
});

it('finds the temperature that logits were multiplied by', () => {
  const logits = Float64Array.from({ length: 4_000 }, (_, row) => 4 * Math.sin(row));
  const labels = Int32Array.from(logits, (logit, row) => ((row * 0.618034) % 1 < 1 / (1 + Math.exp(-logit)) ? 1 : 0));
  const hot = temperatureOf(
    logits.map((logit) => 3 * logit),
    labels,
    1,
  );
  expect(hot / temperatureOf(logits, labels, 1)).toBeCloseTo(3, 4);
  expect(hot).toBeGreaterThan(2.5);
  expect(hot).toBeLessThan(3.5);
});

describe('trainLinear', () => {
  it.each<[string, Record<string, unknown>]>([
    ['logistic regression, three classes', {}],
    ['logistic regression of unit length, two classes', { classes: 2, linear: { l2: 1e-4, scale: 'unit' } }],
    ['logistic regression by rarity', { linear: { l2: 1e-4, scale: 'idf' } }],
    ['a linear SVM', { linear: { l2: 1e-3, loss: 'squared_hinge' } }],
    ['naive Bayes weighting', { classes: 2, linear: { l2: 1e-2, weighting: 'naive_bayes' } }],
  ])('learns, and scores the same by both engines and outside: %s', async (name, changes) => {
    const recipe = recipeOf(changes);
    const folder = temporaryFolder();
    writeTinyData(folder, 200, recipe.classes);
    const { validation } = await train(folder, 'model', recipe);
    expect(validation?.macro_recall, name).toBeGreaterThan(0.9);
    const model = await loadModel(join(folder, 'model'));
    const texts = ['', 'a great ticket', 'unheard-of', 'bad bad awful train', 'I love this'];
    const { tf } = await javascript();
    const scores = await Promise.all(
      [await createOnnxEngine(model), createTfjsEngine(tf, model)].map((engine) => scorerOf(model, engine)(texts)),
    );
    const file = join(folder, 'model.onnx');
    await exportOnnx(model, file);
    const session = await InferenceSession.create(file);
    const tokenize = tokenizerOf(model.spec, model.vocabulary);
    for (const [row, text] of texts.entries()) {
      const ids = tokenize(text);
      const { probabilities } = await session.run({
        ids: new Tensor('int32', ids, [1, ids.length]),
        lengths: new Tensor('int32', Int32Array.of(ids.length), [1]),
      });
      const own = [...((probabilities as Tensor).data as Float32Array)];
      for (const score of scores) {
        expect(Math.abs((score[2 * row] ?? Number.NaN) - (own[0] ?? 0))).toBeLessThan(1e-5);
        expect(Math.abs((score[2 * row + 1] ?? Number.NaN) - (own.at(-1) ?? 0))).toBeLessThan(1e-5);
      }
    }
    await session.release();
  });

  it('gives the same weights again, keeps what exists, and stops on the signal', async () => {
    const folder = temporaryFolder();
    writeTinyData(folder, 60);
    const [one, other] = [await train(folder, 'one'), await train(folder, 'other')];
    expect(other.model.networkSha256).toBe(one.model.networkSha256);
    await expect(train(folder, 'one')).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(train(folder, 'x', recipeOf(), AbortSignal.abort())).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    const none = await train(folder, 'none', recipeOf({ split: { validation: 0 } }));
    expect(none.validation).toBeNull();
  });

  it('is told by its recipe, whose mistakes are named', async () => {
    const file = join(temporaryFolder(), 'recipe.yaml');
    writeFileSync(file, JSON.stringify(recipeOf()));
    expect(await readRecipe(file)).toEqual(recipeOf());
    for (const [changes, message] of [
      [{ linear: { l2: 0 } }, /linear\.l2/],
      [{ tokenizer: { ...recipeOf().tokenizer, words: 0, characters: null } }, /neither/],
      [{ tokenizer: { ...recipeOf().tokenizer, characters: [4, 2] } }, /ends before/],
      [{ tokenizer: { ...recipeOf().tokenizer, of: 'social', reads: 'original' } }, /cleaned/],
    ] as const) {
      writeFileSync(file, JSON.stringify({ ...recipeOf(), ...changes }));
      await expect(readRecipe(file)).rejects.toMatchObject({
        code: 'E_CONFIG',
        message: expect.stringMatching(message) as string,
      });
    }
  });
});
