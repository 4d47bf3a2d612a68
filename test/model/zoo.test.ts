import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel, type Model } from '../../src/model/artifact.ts';
import { batchOf } from '../../src/model/batches.ts';
import { createOnnxEngine } from '../../src/model/engines/onnx/engine.ts';
import { createTfjsEngine } from '../../src/model/engines/tfjs/engine.ts';
import { exportOnnx } from '../../src/model/export.ts';
import { scorerOf } from '../../src/model/scorer.ts';
import { writeSynthetic } from '../../src/model/synthetic/write.ts';
import { tokenizerOf } from '../../src/model/tokenizer.ts';
import type { Recipe } from '../../src/model/training/recipe.ts';
import { javascript, temporaryFolder, tinyRecipe, trainTiny } from './training/support.ts';

const sizes = { embedding: 4, hidden: 4 };
const last = { ...sizes, pooling: 'last' };

/** Every architecture, as recipes name them. */
const ARCHITECTURES: readonly (readonly [string, Record<string, unknown>])[] = [
  ...['rnn', 'lstm', 'gru'].flatMap((kind): [string, Record<string, unknown>][] => [
    [`${kind}, one direction`, { network: { ...last, kind, bidirectional: false } }],
    [`${kind}, two directions, two layers`, { network: { ...last, kind, layers: 2 } }],
  ]),
  ...['last_output', 'mean', 'max', 'mean_max', 'attention', 'mean_max_attention'].map(
    (pooling): [string, Record<string, unknown>] => [
      `gru, ${pooling}`,
      { network: { ...sizes, kind: 'gru', pooling } },
    ],
  ),
  ['cnn', { network: { kind: 'cnn', embedding: 4, widths: [2, 3], filters: 4 } }],
  ['gru with a wide branch', { network: { ...last, kind: 'gru', wide: { words: 2, buckets: 64 } } }],
  ['lstm, two classes, softmax', { classes: 2, head: 'softmax', network: { ...last, kind: 'lstm' } }],
  ['rnn, two classes, sigmoid', { classes: 2, network: { ...last, kind: 'rnn' } }],
  [
    'rnn over its padding',
    { padding: { to: 10, masked: false }, network: { ...sizes, kind: 'rnn', pooling: 'last_output' } },
  ],
];

const TEXTS = ['', 'bad app', 'I love the great staff at Pellimo', 'xyzzy', 'great bad great the a is at from was'];

const folders = new Map<number, string>();
beforeAll(async () => {
  for (const classes of [2, 3] as const) {
    const folder = temporaryFolder();
    await writeSynthetic({ rows: 40, classes, seed: 3, out: join(folder, 'tiny.csv'), test: 0 });
    folders.set(classes, folder);
  }
});

const quick = (changes: Record<string, unknown>): Recipe =>
  tinyRecipe({
    epochs: 2,
    batch: { rows: 16 },
    optimiser: { learning_rate: 0.02 },
    dropout: {},
    vectors: null,
    average_weights: null,
    ...changes,
  });

/** Every class's probability for each text, by ONNX Runtime on the exported file alone. */
async function outside(file: string, model: Model): Promise<number[]> {
  const tokenize = tokenizerOf(model.spec, model.vocabulary);
  const sequences = TEXTS.map((text) => tokenize(text));
  const width = model.spec.padding.to ?? Math.max(...sequences.map(({ length }) => length));
  const { ids, lengths } = batchOf({ rows: [...TEXTS.keys()], width }, sequences);
  const session = await InferenceSession.create(file);
  const inputs: Record<string, Tensor> = {
    ids: new Tensor('int32', ids, [TEXTS.length, width]),
    lengths: new Tensor('int32', lengths, [TEXTS.length]),
  };
  expect(session.inputNames).toEqual(model.spec.padding.masked ? ['ids', 'lengths'] : ['ids']);
  expect(session.outputNames).toEqual(['probabilities']);
  const { probabilities } = await session.run(
    Object.fromEntries(session.inputNames.map((name) => [name, inputs[name] as Tensor])),
  );
  await session.release();
  expect(probabilities?.dims).toEqual([TEXTS.length, model.spec.labels.length]);
  return Array.from((probabilities as Tensor).data as Float32Array);
}

describe.each(ARCHITECTURES)('%s', (name, changes) => {
  it('is trained, saved, loaded, exported, and scores the same everywhere', async () => {
    const recipe = quick(changes);
    const folder = folders.get(recipe.classes) ?? '';
    const out = join(folder, name.replaceAll(/[^a-z0-9]+/g, '-'));
    const { log } = await trainTiny(folder, out, { recipe });
    expect(log.at(-1)?.training_loss).toBeLessThan(log[0]?.training_loss ?? 0);

    const model = await loadModel(out);
    const { tf } = await javascript();
    const scores: Float64Array[] = [];
    for (const engine of [await createOnnxEngine(model), createTfjsEngine(tf, model)]) {
      scores.push(await scorerOf(model, engine)(TEXTS));
      await engine.close();
    }
    const [onnx = new Float64Array(), tfjs = new Float64Array()] = scores;
    const file = join(folder, `${model.networkSha256}.onnx`);
    const { metadata, bytes } = await exportOnnx(model, file);
    const probabilities = await outside(file, model);
    const classes = model.spec.labels.length;
    for (const text of TEXTS.keys()) {
      const own = probabilities.slice(classes * text, classes * (text + 1));
      expect(own.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
      for (const [place, probability] of [own[0], own.at(-1)].entries()) {
        expect(Math.abs((onnx[2 * text + place] ?? Number.NaN) - (probability ?? 0))).toBeLessThan(1e-5);
        expect(Math.abs((tfjs[2 * text + place] ?? Number.NaN) - (probability ?? 0))).toBeLessThan(1e-5);
      }
    }
    const written = await readFile(file);
    expect(written.length).toBe(bytes);
    expect(metadata).toMatchObject({
      labels: model.spec.labels.join(','),
      vocabulary_sha256: model.spec.vocabulary_sha256,
    });
    for (const [key, value] of Object.entries(metadata)) {
      expect(written.includes(key)).toBe(true);
      expect(written.includes(value)).toBe(true);
    }
  });
});

it('keeps the hash of the network that ships, so that its stored scores stay good', async () => {
  const model = await loadModel(join(import.meta.dirname, '../../models/social'));
  expect(model.networkSha256).toBe('5f067812b055666ebc4c8e4890876ebd388b1c5e79e22ffbbddadd940eb91274');
});
