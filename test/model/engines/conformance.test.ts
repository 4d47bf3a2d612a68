import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../src/model/artifact.ts';
import { batchOf } from '../../../src/model/batches.ts';
import type { Engine } from '../../../src/model/engines/engine.ts';
import { createOnnxEngine } from '../../../src/model/engines/onnx/engine.ts';
import { loadTensorFlow } from '../../../src/model/engines/tensorflow/load.ts';
import { createTfjsEngine } from '../../../src/model/engines/tfjs/engine.ts';
import { parametersOf } from '../../../src/model/network/tensorflow.ts';
import type { NetworkSpec } from '../../../src/model/network-spec.ts';
import type { Tensors } from '../../../src/model/safetensors.ts';
import { scorerOf } from '../../../src/model/scorer.ts';
import { featuresOf } from '../../../src/model/shapes.ts';
import { plainLogits } from '../network/plain.ts';
import { weightsOf, ZOO } from '../network/support.ts';
import { REFERENCE_NAMES, reference, referenceNetwork, referenceWeights, smallModel, specOf } from '../support.ts';
import { enginesAgree } from './agreement.ts';
import { expectClose } from './close.ts';
import { describeTensorFlow } from './kinds.ts';

type Create = (model: Pick<Model, 'spec' | 'weights' | 'networkSha256'>) => Promise<Engine>;

const POOLINGS = ['last', 'mean', 'max', 'mean_max'] as const;

/** What every engine must do, also with a text of this many words, and with these poolings of each reference. */
function conforms(
  create: Create,
  manyWords = 10_000,
  poolingsOf: (name: string) => readonly (typeof POOLINGS)[number][] = () => POOLINGS,
) {
  const run = async (
    network: NetworkSpec,
    weights: Tensors,
    texts: readonly (readonly number[])[],
    width: number,
    padding?: Model['spec']['padding'],
  ) => {
    const engine = await create({ spec: specOf(network, padding), weights, networkSha256: 'n' });
    const sequences = texts.map((ids) => Int32Array.from(ids));
    const logits = await engine.logits(batchOf({ rows: [...texts.keys()], width }, sequences));
    await engine.close();
    return logits;
  };

  describe.each(REFERENCE_NAMES)('%s, against PyTorch', (name) => {
    const expected = reference(name);
    const weights = referenceWeights(name);
    const texts = expected.cases.map(({ ids }) => ids);
    const longest = Math.max(...texts.map((ids) => ids.length));

    it('has its logits, one text at a time and together', async () => {
      const network = referenceNetwork(name);
      for (const { ids, logits } of expected.cases) expectClose(await run(network, weights, [ids], ids.length), logits);
      const logits = expected.cases.flatMap((one) => one.logits);
      expectClose(await run(network, weights, texts, longest + 9), logits);
    });

    it.each(poolingsOf(name))('pools by %s', async (pooling) => {
      const network = { ...referenceNetwork(name, pooling), outputs: 3 } as const;
      const features = featuresOf(network);
      const pooled = expected.cases.map(({ last_hidden, mean_pool, max_pool }) => {
        return { last: last_hidden, mean: mean_pool, max: max_pool, mean_max: [...mean_pool, ...max_pool] }[pooling];
      });
      // A last layer of three weighted sums of all features.
      const data = Float32Array.from({ length: 3 * features }, (_, index) => Math.cos(index));
      const summing = new Map(weights)
        .set('fc.weight', { type: 'F32', shape: [3, features], data })
        .set('fc.bias', { type: 'F32', shape: [3], data: new Float32Array(3) });
      const sums = pooled.flatMap((vector) =>
        [0, 1, 2].map((row) => vector.reduce((sum, value, index) => sum + value * Math.cos(row * features + index), 0)),
      );
      expectClose(await run(network, summing, texts, longest + 9), sums);
    });
  });

  describe.each(ZOO)('%s', (_name, network) => {
    const weights = weightsOf(network);
    const texts = [[2, 5, 7, 3], [4], [11, 2]];

    it('gives what its equations say', async () => {
      const { tf } = await loadTensorFlow({ kind: 'javascript' });
      const parameters = parametersOf(tf, weights);
      const expected = tf.tidy(() => texts.flatMap((ids) => [...plainLogits(tf, network, parameters, ids).dataSync()]));
      tf.dispose([...parameters.values()]);
      expectClose(await run(network, weights, texts, 4), expected);
      expectClose(await run(network, weights, texts, 11), expected);
    });

    it('reads padding as words where it is not masked', async () => {
      const spelledOut = texts.map((ids) => [...ids, ...new Array<number>(6 - ids.length).fill(0)]);
      const expected = await run(network, weights, spelledOut, 6);
      expectClose(await run(network, weights, [...texts], 6, { to: 6, masked: false }), expected);
    });
  });

  describe.each([
    ['masked padding', { padTo: null, masked: true, maxTokens: 10_000 }],
    ['unmasked padding', { padTo: 30, masked: false, maxTokens: 30 }],
  ])('texts, with %s', (_name, options) => {
    let model: Model;
    let engine: Engine;
    beforeAll(async () => {
      model = await smallModel('gru_1layer_bi_3out', options);
      engine = await create(model);
    });
    afterAll(() => engine.close());
    const score = async (texts: readonly string[], budget?: number) => scorerOf(model, engine, budget)(texts);
    const expectProbabilities = (scores: Float64Array) =>
      expect([...scores].every((probability) => probability > 0 && probability < 1)).toBe(true);

    it('scores an empty text, one word and only unknown words', async () => {
      const scores = await score(['', 'w5', 'never seen before', '…', 'nothing of this']);
      expectProbabilities(scores);
      expect(scores.subarray(0, 2)).toEqual(scores.subarray(6, 8));
      expectClose(scores.subarray(4, 6), scores.subarray(8, 10));
    });

    it(`scores ${manyWords.toLocaleString('en')} words`, { timeout: 300_000 }, async () => {
      const words = Array.from({ length: manyWords }, (_, index) => `w${2 + ((index * 7) % 38)}`).join(' ');
      const scores = await score([words, 'w3']);
      expectProbabilities(scores);
      expectClose(scores.subarray(2), await score(['w3']));
    });

    it('gives results in the order of the texts, the same in any batch', async () => {
      const texts = Array.from({ length: 12 }, (_, row) =>
        Array.from({ length: (row * 7) % 11 }, (_, step) => `w${2 + ((row * step) % 38)}`).join(' '),
      );
      const alone: number[] = [];
      for (const text of texts) alone.push(...(await score([text], 1)));
      for (const budget of [64, undefined]) expectClose(await score(texts, budget), alone);
      expectClose((await score(texts.toReversed())).subarray(-2), alone.slice(0, 2));
    });
  });
}

describe('the onnx engine', () => conforms(createOnnxEngine));
// Each step of TensorFlow.js costs a call: test/full/engines.test.ts has its 10,000 words.
describeTensorFlow('the tfjs engine', (load) =>
  conforms(
    async (model) => createTfjsEngine(await load(), model),
    500,
    // Its pooling reads states, whichever cell they are from; ONNX has a graph for each.
    (name) => (name.startsWith('gru') ? POOLINGS : ['mean_max']),
  ),
);

// 2,000 of each are in test/full/engines.test.ts. Unmasked ones run over 200 words each.
enginesAgree([
  ['unmasked padding', 100],
  ['masked padding', 500],
  ['masked padding and mean+max pooling', 500],
]);
