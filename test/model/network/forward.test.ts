import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import type { Dropout } from '../../../src/model/network/dropout.ts';
import { forward } from '../../../src/model/network/forward.ts';
import { parametersOf, type TensorFlow } from '../../../src/model/network/tensorflow.ts';
import type { DeepSpec } from '../../../src/model/network-spec.ts';
import { describeTensorFlow } from '../engines/kinds.ts';
import { plainLogits } from './plain.ts';
import { batchOfTexts, smallConvolution, smallNetwork, weightsOf, ZOO } from './support.ts';

const TEXTS = [[2, 5, 7, 5, 3], [4], [11, 2, 9, 3, 3, 3, 8]];
const DROPOUT: Dropout = { word: 0, embedding: 0, state: 0, seed: 3, step: 17 };

describeTensorFlow('the network', (load) => {
  let tf: TensorFlow;
  beforeAll(async () => {
    tf = await load();
  });

  function run(network: DeepSpec, texts: readonly number[][], width: number, dropout?: Dropout): number[] {
    const parameters = parametersOf(tf, weightsOf(network));
    const spec = { network, padding: { masked: true } };
    const logits = tf.tidy(() => [...forward(tf, spec, parameters, batchOfTexts(texts, width), dropout).dataSync()]);
    tf.dispose([...parameters.values()]);
    return logits;
  }

  const difference = (a: readonly number[], b: readonly number[]) =>
    Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN))));

  it.each(ZOO)('gives what its equations say, and reads no padding: %s', (_name, network) => {
    const plain = TEXTS.flatMap((ids) => {
      const parameters = parametersOf(tf, weightsOf(network));
      const logits = tf.tidy(() => [...plainLogits(tf, network, parameters, ids).dataSync<'float32'>()]);
      tf.dispose([...parameters.values()]);
      return logits;
    });
    expect(difference(run(network, TEXTS, 7), plain)).toBeLessThan(2e-6);
    expect(difference(run(network, TEXTS, 20), plain)).toBeLessThan(2e-6);
  });

  it.each(ZOO)('computes the same in training when nothing is left out: %s', (_name, network) => {
    expect(difference(run(network, TEXTS, 9, DROPOUT), run(network, TEXTS, 9))).toBeLessThan(1e-7);
  });

  it.each(['word', 'embedding', 'state'] as const)('leaves out the same at the same step, by %s', (kind) => {
    const network = smallNetwork();
    const some = { ...DROPOUT, [kind]: 0.5 };
    const once = run(network, TEXTS, 9, some);
    expect(run(network, TEXTS, 9, some)).toEqual(once);
    expect(run(network, TEXTS, 9, { ...some, step: 18 })).not.toEqual(once);
    expect(run(network, TEXTS, 9, { ...some, seed: 4 })).not.toEqual(once);
  });

  it('reads every word as unknown when all are left out', () => {
    const network = smallNetwork();
    const unknown = TEXTS.map((ids) => ids.map(() => 1));
    expect(run(network, TEXTS, 9, { ...DROPOUT, word: 1 })).toEqual(run(network, unknown, 9));
  });

  it.each<[string, DeepSpec, string]>([
    ['gru', smallNetwork({ layers: 2, pooling: 'mean_max_attention' }), 'gru.weight_hh_l0'],
    ['rnn', smallNetwork({ kind: 'rnn', pooling: 'last_output' }), 'rnn.weight_hh_l0'],
    ['lstm', smallNetwork({ kind: 'lstm', layers: 2, wide: { words: 2, buckets: 9 } }), 'lstm.weight_hh_l0'],
    ['cnn', smallConvolution(), 'convs.1.weight'],
  ])('leaves no tensor behind, differentiated or not: %s', (_name, network, name) => {
    const batch = batchOfTexts(TEXTS, 9);
    const spec = { network, padding: { masked: true } };
    const parameters = parametersOf(tf, weightsOf(network));
    const before = tf.memory().numTensors;
    tf.tidy(() => forward(tf, spec, parameters, batch).dataSync());
    expect(tf.memory().numTensors).toBe(before);
    const weight = parameters.get(name) as Tensor;
    const gradient = tf.grad((changed) =>
      tf.sum(forward(tf, spec, new Map(parameters).set(name, changed), batch, { ...DROPOUT, state: 0.4 })),
    );
    gradient(weight).dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...parameters.values()]);
  });
});
