import { describe, expect, it } from 'vitest';
import { batchOf } from '../../../../src/model/batches.ts';
import { createOnnxEngine } from '../../../../src/model/engines/onnx/engine.ts';
import type { NetworkSpec } from '../../../../src/model/network-spec.ts';
import type { Tensors } from '../../../../src/model/safetensors.ts';
import { featuresOf } from '../../../../src/model/shapes.ts';
import type { ModelSpec } from '../../../../src/model/spec.ts';
import { REFERENCE_NAMES, reference, referenceNetwork, referenceWeights, specOf } from '../../support.ts';

async function run(
  network: NetworkSpec,
  weights: Tensors,
  texts: number[][],
  width: number,
  padding?: ModelSpec['padding'],
) {
  const engine = await createOnnxEngine({ spec: specOf(network, padding), weights, networkSha256: 'n' });
  const batch = batchOf(
    { rows: texts.map((_, row) => row), width },
    texts.map((ids) => Int32Array.from(ids)),
  );
  const logits = await engine.logits(batch);
  await engine.close();
  return [...logits];
}

function expectClose(actual: readonly number[], expected: readonly number[]) {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN))));
  expect(largest).toBeLessThan(1e-5);
}

/** Weights whose last layer passes three of the pooled features on, from `first`. */
function passing(weights: Tensors, features: number, first: number): Tensors {
  const data = new Float32Array(3 * features);
  for (let row = 0; row < 3; row += 1) data[row * features + first + row] = 1;
  return new Map(weights)
    .set('fc.weight', { type: 'F32', shape: [3, features], data })
    .set('fc.bias', { type: 'F32', shape: [3], data: new Float32Array(3) });
}

describe.each(REFERENCE_NAMES)('%s, against PyTorch', (name) => {
  const expected = reference(name);
  const weights = referenceWeights(name);
  const texts = expected.cases.map(({ ids }) => ids);
  const longest = Math.max(...texts.map((ids) => ids.length));

  it('has the same logits, one text at a time', async () => {
    const network = referenceNetwork(name);
    for (const { ids, logits } of expected.cases) expectClose(await run(network, weights, [ids], ids.length), logits);
  });

  it('has the same logits in one batch, padded far to the right', async () => {
    const logits = expected.cases.flatMap((one) => one.logits);
    expectClose(await run(referenceNetwork(name), weights, texts, longest + 9), logits);
  });

  it.each(['last', 'mean', 'max', 'mean_max'] as const)('pools by %s', async (pooling) => {
    const network = { ...referenceNetwork(name, pooling), outputs: 3 } as const;
    const features = featuresOf(network);
    for (let first = 0; first + 3 <= features; first += 1)
      expectClose(
        await run(network, passing(weights, features, first), texts, longest + 9),
        expected.cases.flatMap(({ last_hidden, mean_pool, max_pool }) => {
          const pooled = { last: last_hidden, mean: mean_pool, max: max_pool, mean_max: [...mean_pool, ...max_pool] };
          return pooled[pooling].slice(first, first + 3);
        }),
      );
  });

  it.each(['last', 'mean', 'max', 'mean_max'] as const)(
    'reads unmasked padding as words, pooled by %s',
    async (pooling) => {
      const network = { ...referenceNetwork(name, pooling), outputs: 3 } as const;
      const last = passing(weights, featuresOf(network), 1);
      const width = longest + 9;
      const spelledOut = [...texts, []].map((ids) => [...ids, ...new Array<number>(width - ids.length).fill(0)]);
      const unmasked = await run(network, last, [...texts, []], width, { to: width, masked: false });
      expectClose(unmasked, await run(network, last, spelledOut, width));
    },
  );
});
