import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/model/artifact.ts';
import type { TrainResult } from '../../../src/model/training/train.ts';
import { curveOf } from '../../../src/model/training/training-log.ts';
import { silent, temporaryFolder, tinyRecipe, trainTiny, writeTinyData, writeTinyVectors } from './support.ts';

let folder: string;
let undisturbed: TrainResult;

beforeAll(async () => {
  folder = temporaryFolder();
  writeTinyData(folder, 240);
  writeTinyVectors(folder);
  undisturbed = await trainTiny(folder, join(folder, 'undisturbed'));
});

const weightsOf = (name: string) => readFileSync(join(folder, name, 'weights.safetensors'));

describe('trainModel', () => {
  it('learns, and leaves a model directory that loads, with its log and its card', async () => {
    const { log, model } = undisturbed;
    expect(log).toHaveLength(3);
    expect(log[2]?.validation?.macro_recall).toBeGreaterThan(0.9);
    expect(log[2]?.training_loss).toBeLessThan(log[0]?.training_loss ?? 0);
    expect(readdirSync(model.directory).sort()).toEqual([
      'CARD.md',
      'model.json',
      'training-log.jsonl',
      'vocab.json',
      'weights.safetensors',
    ]);
    expect(existsSync(`${model.directory}.training`)).toBe(false);
    const { spec, weights, vocabulary } = await loadModel(model.directory);
    expect(spec).toMatchObject({
      name: 'tiny',
      labels: ['negative', 'neutral', 'positive'],
      tokenizer: { name: 'social' },
    });
    expect(spec.about).toMatchObject({ recipe: { seed: 11 } });
    // Measured as saved, so rounded: near to what the log says of the epoch, and not the same.
    const { loss } = (spec.about['metrics'] as { validation: { loss: number } }).validation;
    const logged = log.findLast(({ best }) => best)?.validation?.loss ?? Number.NaN;
    expect(loss).toBeCloseTo(logged, 2);
    expect(loss).not.toBe(logged);
    expect([...weights.values()].every(({ type }) => type === 'F16')).toBe(true);
    expect(vocabulary.slice(0, 2)).toEqual(['<pad>', '<unk>']);
    expect(readFileSync(join(model.directory, 'training-log.jsonl'), 'utf8').trim().split('\n')).toHaveLength(3);
    expect(curveOf(log)).toMatchObject({ epochs: [1, 2, 3], best_epoch: log.findLast(({ best }) => best)?.epoch });
  });

  it('gives the same weights again, and others with another seed', async () => {
    const again = await trainTiny(folder, join(folder, 'again'));
    expect(again.log).toEqual(undisturbed.log);
    expect(weightsOf('again').equals(weightsOf('undisturbed'))).toBe(true);
    const other = await trainTiny(folder, join(folder, 'other'), { recipe: tinyRecipe({ seed: 12, epochs: 1 }) });
    expect(other.log[0]?.training_loss).not.toBe(undisturbed.log[0]?.training_loss);
  });

  it('killed several times, goes on and ends with the very same weights', async () => {
    const out = join(folder, 'killed');
    // Of sixteen batches an epoch: within the first epoch, within the second, at a border.
    for (const batches of [5, 15, 12]) await killAfter(batches, out);
    expect(existsSync(`${out}.training/checkpoint.json`)).toBe(true);
    let from: number | undefined;
    const { log } = await trainTiny(folder, out, { onResume: ({ step }) => (from = step) });
    expect(from).toBeGreaterThan(20);
    // Losses in double precision: a difference too small for the weights' half precision would show here.
    expect(log).toEqual(undisturbed.log);
    expect(weightsOf('killed').equals(weightsOf('undisturbed'))).toBe(true);
  });

  it('stopped by the signal, finishes the batch, saves, and goes on later', async () => {
    const out = join(folder, 'stopped');
    const controller = new AbortController();
    let batches = 0;
    const advance = () => {
      batches += 1;
      if (batches === 20) controller.abort();
    };
    const stopping = trainTiny(folder, out, { signal: controller.signal, progress: { ...silent, advance } });
    await expect(stopping).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(existsSync(out)).toBe(false);
    await expect(trainTiny(folder, out, { recipe: tinyRecipe({ seed: 12 }) })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
    const { log } = await trainTiny(folder, out);
    expect(log).toEqual(undisturbed.log);
    expect(weightsOf('stopped').equals(weightsOf('undisturbed'))).toBe(true);
  });

  it('trains two classes with padding that is read, and keeps <pad> at zero', async () => {
    const own = temporaryFolder();
    writeTinyData(own, 90, 2);
    const recipe = tinyRecipe({
      classes: 2,
      vectors: null,
      split: { validation: 0 },
      early_stopping: null,
      average_weights: null,
      epochs: 4,
      tokenizer: { name: 'words', version: 1, reads: 'original', max_tokens: 8 },
      padding: { to: 8, masked: false },
      schedule: { kind: 'constant' },
      dropout: { state: 0.1 },
      network: { kind: 'gru', embedding: 6, hidden: 6, pooling: 'last' },
      batch: { tokens: 80 },
    });
    const { model, log } = await trainTiny(own, join(own, 'two'), { recipe });
    expect(log.at(-1)?.validation).toBeNull();
    expect(log.at(-1)?.training_loss).toBeLessThan(0.45);
    expect(model.spec.labels).toEqual(['negative', 'positive']);
    expect([...(model.weights.get('embedding.weight')?.data.subarray(0, 6) ?? [])]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('ends early when nothing gets better, and keeps the best epoch', async () => {
    const recipe = tinyRecipe({
      optimiser: { learning_rate: 3 },
      clip: null,
      epochs: 9,
      early_stopping: { metric: 'accuracy', patience: 1 },
    });
    const { log } = await trainTiny(folder, join(folder, 'early'), { recipe });
    expect(log.length).toBeLessThan(9);
    expect(log.at(-1)?.best).toBe(false);
  });

  it('fits what is applied to the probabilities in the end, if the recipe says so', async () => {
    const own = temporaryFolder();
    writeTinyData(own, 400);
    const calibration = { method: 'vector', decision: 'macro_recall' };
    const recipe = tinyRecipe({ calibration, split: { validation: 0.3, seed: 5 }, epochs: 1, vectors: null });
    const { model } = await trainTiny(own, join(own, 'calibrated'), { recipe });
    expect(model.spec.calibration).toMatchObject({ method: 'vector' });
    expect(model.spec.decision_weights).toHaveLength(3);
    expect(model.spec.rates?.counts.reduce((sum, count) => sum + count, 0)).toBe(120);
    const few = tinyRecipe({ calibration, split: { validation: 0.05, seed: 5 }, vectors: null });
    await expect(trainTiny(own, join(own, 'few'), { recipe: few })).rejects.toThrow(/held out to calibrate/);
  });

  it('refuses a folder that exists, a recipe without its vectors, and data of one class', async () => {
    await expect(trainTiny(folder, join(folder, 'undisturbed'))).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(trainTiny(folder, join(folder, 'x'), { vectors: join(folder, 'none.txt') })).rejects.toMatchObject({
      code: 'E_INPUT',
    });
    const recipe = tinyRecipe({ labels: { positive: 'positive' } });
    await expect(trainTiny(folder, join(folder, 'x'), { recipe })).rejects.toMatchObject({ code: 'E_INPUT' });
  });
});

/** Starts a training, and kills it as soon as it tells so many batches: wherever it then is. */
async function killAfter(batches: number, out: string): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'train-process.ts'), folder, out], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = 0;
  child.stdout.setEncoding('utf8').on('data', (lines: string) => {
    told += lines.split('\n').length - 1;
    if (told >= batches) child.kill('SIGKILL');
  });
  const [, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (code, by) => resolve([code, by])),
  );
  expect(signal).toBe('SIGKILL');
}
