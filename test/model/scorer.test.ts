import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model/artifact.ts';
import type { Engine, TokenBatch } from '../../src/model/engines/engine.ts';
import { createOnnxEngine } from '../../src/model/engines/onnx/engine.ts';
import { scorerOf } from '../../src/model/scorer.ts';
import { smallModel, WORDS } from './support.ts';

const text = fc
  .array(fc.constantFrom(...WORDS.slice(2), 'strange', '…'), { maxLength: 30 })
  .map((words) => words.join(' '));

describe.each([
  ['masked padding', { padTo: null, masked: true }],
  ['unmasked padding', { padTo: 30, masked: false, maxTokens: 30 }],
])('a scorer with %s', (_name, options) => {
  let model: Model;
  let engine: Engine;
  beforeAll(async () => {
    model = await smallModel('gru_1layer_bi_3out', options);
    engine = await createOnnxEngine(model);
  });
  afterAll(() => engine.close());

  it('gives a text the same probabilities to the bit, whatever it is scored with', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 60 }), fc.integer({ min: 1, max: 500 }), async (texts, budget) => {
        const together = await scorerOf(model, engine, budget)(texts);
        expect(together.length).toBe(2 * texts.length);
        const alone = scorerOf(model, engine);
        for (const [index, one] of texts.entries())
          expect([...together.subarray(2 * index, 2 * index + 2)]).toEqual([...(await alone([one]))]);
      }),
      { numRuns: 30 },
    );
  });

  it('runs texts with the same words once', async () => {
    const batches: TokenBatch[] = [];
    const counting: Engine = { ...engine, logits: (batch) => engine.logits(batches.push(batch) > 0 ? batch : batch) };
    const scores = await scorerOf(model, counting)(['w2 w3', 'w4', 'W2, W3!', 'w4', 'w2 w3']);
    expect(batches.reduce((rows, batch) => rows + batch.lengths.length, 0)).toBe(2);
    expect(scores.subarray(0, 2)).toEqual(scores.subarray(4, 6));
    expect(scores.subarray(2, 4)).toEqual(scores.subarray(6, 8));
  });

  it('scores a text without words, and no texts at all', async () => {
    const scores = await scorerOf(model, engine)(['', '…']);
    expect([...scores].every((p) => p > 0 && p < 1)).toBe(true);
    expect(scores.subarray(0, 2)).toEqual(scores.subarray(2, 4));
    expect(await scorerOf(model, engine)([])).toEqual(new Float64Array());
  });
});
