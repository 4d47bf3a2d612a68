import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Model } from '../artifact.ts';
import { ownNetwork } from '../network-spec.ts';
import { scorerOf } from '../scorer.ts';
import { syntheticRows } from '../synthetic/rows.ts';
import type { Engine } from './engine.ts';
import type { InstalledEngine } from './installed.ts';
import { createOnnxEngine } from './onnx/engine.ts';
import { INPUT_IDS, INPUT_LENGTHS, OUTPUT_LOGITS, onnxGraph } from './onnx/graph.ts';
import { OPTIONS } from './onnx/session.ts';

/** How far a probability may be from the reference. */
export const TOLERANCE = 1e-5;

/** One comparison of an engine with the reference: the largest difference of a probability. */
export interface EngineCheck {
  readonly name: string;
  readonly difference: number;
  readonly passed: boolean;
}

type CheckedModel = Pick<Model, 'spec' | 'vocabulary' | 'weights' | 'networkSha256'>;

/**
 * Compares an engine's probabilities with those of the standard's own operations, as an exported model has them, one text at a
 * time: ordinary posts, odd texts, every length, other batch sizes, another order.
 */
export async function checkEngine(installed: InstalledEngine, model: CheckedModel): Promise<EngineCheck[]> {
  const reference = await createReference(model);
  const engine = await installed.create(model);
  try {
    const [scored, expected] = [scorerOf(model, engine), scorerOf(model, reference, 1)];
    const posts = Array.from(syntheticRows({ rows: 300, classes: 3, seed: 2 }), ({ text }) => text);
    const words = posts.join(' ').split(/\s+/);
    const longest = model.spec.tokenizer.max_tokens;
    const lengths = Array.from({ length: Math.min(longest, 100) }, (_, index) => words.slice(0, index + 1).join(' '));
    const odd = ['', 'good', '😀😀 ❤️', 'qzxv wwkp zzyx', words.slice(0, 10_000).join(' '), '\u0000', '#'];
    const checks: [string, readonly string[], typeof scored][] = [
      ['posts', posts, scored],
      ['empty, single, unknown words, emoji, very long', odd, scored],
      ['every length', lengths, scored],
      ['one text at a time', posts.slice(0, 40), scorerOf(model, engine, 1)],
      ['small batches', posts, scorerOf(model, engine, 256)],
      ['another order', posts.toReversed(), scored],
    ];
    const results: EngineCheck[] = [];
    for (const [name, texts, score] of checks) {
      const difference = largestDifference(await score(texts), await expected(texts));
      results.push({ name, difference, passed: difference <= TOLERANCE });
    }
    return results;
  } finally {
    await engine.close();
    await reference.close();
  }
}

/** The network in the standard's own operations, without anything that makes it fast. */
async function createReference(model: CheckedModel): Promise<Engine> {
  // An imported classifier is its own standard: what can be checked is that company and order change nothing.
  if (model.spec.network.kind === 'onnx') return createOnnxEngine(model);
  const { padding } = model.spec;
  const network = ownNetwork(model.spec);
  const session = await InferenceSession.create(onnxGraph(network, padding, model.weights), OPTIONS);
  return {
    networkSha256: model.networkSha256,
    tokensPerBatch: 1,
    logits: async ({ ids, lengths, width }) => {
      const inputs: Record<string, Tensor> = { [INPUT_IDS]: new Tensor('int32', ids, [lengths.length, width]) };
      if (padding.masked) inputs[INPUT_LENGTHS] = new Tensor('int32', lengths, [lengths.length]);
      return (await session.run(inputs))[OUTPUT_LOGITS]?.data as Float32Array;
    },
    close: () => session.release(),
  };
}

/** NaN, which passes no check, where a probability is none. */
function largestDifference(actual: Float64Array, expected: Float64Array): number {
  if (actual.length !== expected.length) return Number.NaN;
  return actual.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (expected[index] ?? Number.NaN))),
    0,
  );
}
