import { beforeAll, expect, it } from 'vitest';
import { createTfjsEngine } from '../../../../src/model/engines/tfjs/engine.ts';
import { forward } from '../../../../src/model/network/forward.ts';
import type { TensorFlow } from '../../../../src/model/network/tensorflow.ts';
import { batchOfTexts, smallNetwork, weightsOf } from '../../network/support.ts';
import { specOf } from '../../support.ts';
import { describeTensorFlow } from '../kinds.ts';

const network = smallNetwork({ hidden: 2, embedding: 2, pooling: 'mean_max' });
const model = { spec: specOf(network), weights: weightsOf(network), networkSha256: 'n' };
const TEXTS = Array.from({ length: 13 }, (_, row) =>
  Array.from({ length: 1 + (row % 4) }, (_, step) => 2 + ((row + step) % 9)),
);
const BATCH = batchOfTexts(TEXTS, 4);

describeTensorFlow('the tfjs engine', (load) => {
  let tf: TensorFlow;
  beforeAll(async () => {
    tf = await load();
  });

  it('holds as many tensors after 200 batches as after the first, and none after its end', async () => {
    const before = tf.memory().numTensors;
    const engine = createTfjsEngine(tf, model);
    const first = await engine.logits(BATCH);
    const held = tf.memory().numTensors;
    expect(held).toBe(before + model.weights.size);
    for (let index = 0; index < 199; index += 1) await engine.logits(BATCH);
    expect(tf.memory().numTensors).toBe(held);
    expect(await engine.logits(BATCH)).toEqual(first);
    await engine.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('halves a batch that does not fit the memory, and later ones as large before they fail', async () => {
    const expected = await createTfjsEngine(tf, model).logits(BATCH);
    const before = tf.memory().numTensors;
    const tried: number[] = [];
    const engine = createTfjsEngine(tf, model, (...args) => {
      const logits = forward(...args);
      tried.push(args[3].lengths.length);
      if (args[3].lengths.length > 4) throw new Error('Invalid TF_Status: 8\nMessage: OOM when allocating tensor');
      return logits;
    });
    const close = (actual: Float32Array) => {
      expect(actual.length).toBe(expected.length);
      expect(Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] ?? 9))))).toBeLessThan(1e-6);
    };
    close(await engine.logits(BATCH));
    expect(tried).toEqual([13, 7, 4, 3, 3, 3]);
    tried.length = 0;
    close(await engine.logits(BATCH));
    expect(tried).toEqual([4, 3, 3, 3]);
    await engine.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('passes on other errors, and a single text that does not fit', async () => {
    const failing = (message: string) =>
      createTfjsEngine(tf, model, () => {
        throw new Error(message);
      });
    await expect(failing('no such kernel').logits(BATCH)).rejects.toThrow('no such kernel');
    await expect(failing('OOM when allocating tensor').logits(BATCH)).rejects.toThrow('OOM');
  });
});
