import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import type { Dropout } from '../../../src/model/network/dropout.ts';
import { forward } from '../../../src/model/network/forward.ts';
import { parametersOf, type TensorFlow } from '../../../src/model/network/tensorflow.ts';
import type { NetworkSpec } from '../../../src/model/spec.ts';
import { describeTensorFlow } from '../engines/kinds.ts';
import { batchOfTexts, smallNetwork, weightsOf } from './support.ts';

const TEXTS = [[2, 5, 7, 5, 3], [4], [11, 2, 9, 3, 3, 3, 8]];
const DROPOUT: Dropout = { word: 0, embedding: 0, state: 0, seed: 3, step: 17 };
const POOLINGS = ['last', 'mean', 'max', 'mean_max'] as const;

describeTensorFlow('the network', (load) => {
  let tf: TensorFlow;
  beforeAll(async () => {
    tf = await load();
  });

  function run(network: NetworkSpec, texts: readonly number[][], width: number, dropout?: Dropout): number[] {
    const parameters = parametersOf(tf, weightsOf(network));
    const spec = { network, padding: { masked: true } };
    const logits = tf.tidy(() => [...forward(tf, spec, parameters, batchOfTexts(texts, width), dropout).dataSync()]);
    tf.dispose([...parameters.values()]);
    return logits;
  }

  const difference = (a: readonly number[], b: readonly number[]) =>
    Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN))));

  it.each(POOLINGS)('reads no padding, pooled by %s', (pooling) => {
    const network = smallNetwork({ layers: 2, pooling });
    const alone = TEXTS.flatMap((ids) => run(network, [ids], ids.length));
    expect(difference(run(network, TEXTS, 7), alone)).toBeLessThan(2e-6);
    expect(difference(run(network, TEXTS, 70), alone)).toBeLessThan(2e-6);
  });

  it('computes the same in training when nothing is left out', () => {
    const network = smallNetwork({ layers: 2, pooling: 'mean_max' });
    expect(run(network, TEXTS, 9, DROPOUT)).toEqual(run(network, TEXTS, 9));
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

  it('leaves no tensor behind, differentiated or not', () => {
    const network = smallNetwork({ layers: 2, pooling: 'mean_max' });
    const batch = batchOfTexts(TEXTS, 9);
    const spec = { network, padding: { masked: true } };
    const parameters = parametersOf(tf, weightsOf(network));
    const before = tf.memory().numTensors;
    tf.tidy(() => forward(tf, spec, parameters, batch).dataSync());
    expect(tf.memory().numTensors).toBe(before);
    const weight = parameters.get('gru.weight_hh_l0') as Tensor;
    const gradient = tf.grad((changed) =>
      tf.sum(
        forward(tf, spec, new Map(parameters).set('gru.weight_hh_l0', changed), batch, { ...DROPOUT, state: 0.4 }),
      ),
    );
    gradient(weight).dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...parameters.values()]);
  });
});
