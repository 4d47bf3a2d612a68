import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDataset } from '../../../src/model/training/dataset.ts';
import { initialWeights } from '../../../src/model/training/initial-weights.ts';
import { networkOf } from '../../../src/model/training/model-files.ts';
import { prepare } from '../../../src/model/training/prepare.ts';
import { recipeHash } from '../../../src/model/training/recipe.ts';
import { patternOf } from '../../../src/model/training/sources.ts';
import { type Rows, trainerOf } from '../../../src/model/training/trainer.ts';
import { javascript, silent, temporaryFolder, tinyRecipe } from './support.ts';

const never = new AbortController().signal;
const folder = temporaryFolder();

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const LABELS = ['negative', 'neutral', 'positive'];
/** Three rows of each of these sources, the last without a source of its own. */
const data = file('plain.v1.csv', [
  'id,text,label,source',
  ...['semeval-1', 'semeval-2', 'other', ''].flatMap((source) =>
    [0, 1, 2, 3, 4, 5].map((row) => `${source}${row},text ${row} of ${source},${LABELS[row % 3]},${source}`),
  ),
]);
const recipeOf = (changes: Record<string, unknown>) =>
  tinyRecipe({ vectors: null, early_stopping: null, split: { validation: 0 }, ...changes });
const prepared = (changes: Record<string, unknown>, teachers: string[] = [], files = [data]) =>
  prepare({ data: files, recipe: recipeOf(changes), vectors: undefined, teachers }, silent, never);

describe('sources', () => {
  it('fall under their own name, or the longest beginning', () => {
    const patterns = ['*', 'semeval-*', 'semeval-2013*', 'semeval-2013test'];
    expect(['x', 'semeval-2016', 'semeval-2013train', 'semeval-2013test'].map((of) => patternOf(patterns, of))).toEqual(
      patterns,
    );
    expect(patternOf(['a*'], 'b')).toBeUndefined();
    expect(() => recipeOf({ sources: { 'a*b': {} } })).toThrow(/star/);
    expect(() => recipeOf({ classes: 2, sources: { a: { soft_labels: 0.5 } } })).toThrow(/three classes/);
  });

  it('give rows their weight; those of weight 0 are left out; a name that no row has is told', async () => {
    const sources = { 'semeval-*': { weight: 2 }, other: { weight: 0 }, 'plain.v1': { weight: 0.5 }, nowhere: {} };
    const { training, data: read } = await prepared({ sources });
    // 2 and 0.5, with a mean of 1.5, made to have a mean of 1.
    const weights = [...new Array(12).fill(4 / 3), ...new Array(6).fill(1 / 3)];
    expect([...(training.weights ?? [])]).toEqual(weights.map((weight) => Math.fround(weight)));
    expect(read.files).toEqual([{ file: 'plain.v1.csv', rows: 18, skipped: { 'source other': 6 } }]);
    expect(read.notes).toEqual([expect.stringContaining('nowhere')]);
  });

  it('decide which rows are held out: the others are all learnt from', async () => {
    const split = { validation: 0.5, seed: 3, from: 'semeval-*' };
    const { data: read, split: drawn } = await prepared({ split });
    expect(drawn.validation).toHaveLength(6);
    expect(drawn.validation.every((row) => /semeval/.test(read.examples[row]?.text ?? ''))).toBe(true);
    expect((await prepared({ split })).split).toEqual(drawn);
    expect((await prepared({ split: { ...split, seed: 4 } })).split).not.toEqual(drawn);
    await expect(prepared({ split: { ...split, from: 'semevil-*' } })).rejects.toMatchObject({ code: 'E_INPUT' });
  });

  it('change nothing about recipes that don’t speak of them', async () => {
    expect(recipeHash(recipeOf({}))).not.toBe(recipeHash(recipeOf({ sources: {} })));
    expect(Object.keys(recipeOf({}))).not.toContain('sources');
    const bare = file('bare.csv', ['text,label', ...LABELS.flatMap((label) => [`a,${label}`, `b,${label}`])]);
    const named = file('named.csv', ['source,text,label', ...LABELS.flatMap((l) => [`x,a,${l}`, `y,b,${l}`])]);
    const [one, other] = [
      await readDataset([bare], recipeOf({}), never),
      await readDataset([named], recipeOf({}), never),
    ];
    expect(other.examples).toEqual(one.examples);
    expect(other.sha256).toBe(one.sha256);
  });
});

describe('a row of weight 2', () => {
  it('moves the network as the same row twice', async () => {
    const { tf } = await javascript();
    const recipe = recipeOf({ dropout: {}, class_weights: 'none' });
    const words = ['<pad>', '<unk>', 'a', 'b', 'c'];
    const network = networkOf(recipe, words.length);
    const sequences = [[2, 3], [4, 2, 3], [3]].map((ids) => Int32Array.from(ids));
    const [one, two, three] = sequences as [Int32Array, Int32Array, Int32Array];
    const moved = async (rows: Rows) => {
      const start = { tensors: initialWeights(network, words, undefined, 1), steps: {} };
      const trainer = trainerOf(tf, { network, padding: recipe.padding }, recipe, [1, 1, 1], start);
      const plan = { rows: rows.sequences.map((_, row) => row), width: 3 };
      const loss = trainer.step(plan, rows, { step: 0, learningRate: 0.01, frozen: false });
      const weights = await trainer.weights();
      trainer.dispose();
      return [loss, ...[...weights.values()].flatMap(({ data }) => [...data])];
    };
    const weighed = await moved({
      sequences,
      labels: Int32Array.of(0, 1, 2),
      weights: Float32Array.of(0.75, 1.5, 0.75),
    });
    const twice = await moved({ sequences: [one, two, two, three], labels: Int32Array.of(0, 1, 1, 2) });
    const plain = await moved({ sequences, labels: Int32Array.of(0, 1, 2) });
    for (const [place, value] of weighed.entries()) expect(value).toBeCloseTo(twice[place] ?? Number.NaN, 5);
    expect(Math.abs((plain[0] ?? 0) - (twice[0] ?? 0))).toBeGreaterThan(1e-4);
    // Also in a batch of its own source alone.
    const labels = Int32Array.of(0, 1, 2);
    const half = await moved({ sequences, labels, weights: Float32Array.of(0.5, 0.5, 0.5) });
    expect(half[0]).toBeCloseTo((plain[0] ?? 0) / 2, 5);
  });
});

describe('a teacher’s file', () => {
  const teacher = file('teacher.csv', [
    'id,negative,neutral,positive',
    'other0,0.2,0.3,0.5',
    'other1,0.6,0.3,0.1',
    'unheard-of,1,0,0',
    'other2,0.9,0.9,0.9',
    ',1,0,0',
  ]);
  const second = file('second.csv', ['p_positive,id,p_negative,p_neutral', '0.1,other0,0.6,0.3']);

  it('is joined by id; of several the mean counts; what has no partner is told', async () => {
    const { data: read, training } = await prepared({ soft_labels: 0.5 }, [teacher, second]);
    expect(read.examples[12]?.probabilities?.map((value) => Number(value.toFixed(6)))).toEqual([0.4, 0.3, 0.3]);
    expect([...(training.targets?.slice(36, 39) ?? [])].map((value) => Number(value.toFixed(6)))).toEqual([
      0.7, 0.15, 0.15,
    ]);
    expect(read.teachers).toEqual({
      files: [
        { file: 'teacher.csv', rows: 5, unusable: 2 },
        { file: 'second.csv', rows: 1, unusable: 0 },
      ],
      unknown_ids: 1,
      rows_without: 22,
    });
    expect(read.notes).toHaveLength(3);
    await expect(prepared({}, [teacher])).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(prepared({ soft_labels: 0.5 }, [data])).rejects.toMatchObject({ code: 'E_INPUT' });
  });

  it('alone says what rows are of a source with soft_labels 1, which are never held out and need no label', async () => {
    const unlabelled = file('unlabelled.csv', ['id,text', 'u1,first', 'u2,second', 'u3,third', 'u4,']);
    const says = file('says.csv', ['id,negative,neutral,positive', 'u1,0.1,0.2,0.7', 'u2,0.5,0.3,0.2', 'u4,1,0,0']);
    const sources = { unlabelled: { soft_labels: 1 }, other: { soft_labels: 1 } };
    const changes = { sources, soft_labels: 0.5, split: { validation: 0.3, seed: 1 } };
    const { data: read, training, split } = await prepared(changes, [says, teacher], [data, unlabelled]);
    expect(read.files).toMatchObject([
      { rows: 20, skipped: { 'no teacher’s probabilities': 4 } },
      { rows: 2, skipped: { 'no teacher’s probabilities': 1, 'no text': 1 } },
    ]);
    // other0 is labelled negative, which nobody looks at.
    expect(read.examples.slice(12, 14).map(({ label }) => label)).toEqual([2, 0]);
    expect(read.examples.slice(-2).map(({ label }) => label)).toEqual([2, 0]);
    expect(split.validation.every((row) => row < 12 || (row >= 14 && row < 20))).toBe(true);
    const targets = [...(training.targets?.slice(-6) ?? [])].map((value) => Number(value.toFixed(6)));
    expect(targets).toEqual([0.1, 0.2, 0.7, 0.5, 0.3, 0.2]);
  });
});
