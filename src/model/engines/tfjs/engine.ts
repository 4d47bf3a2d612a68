import { messageOf } from '../../../errors.ts';
import type { Model } from '../../artifact.ts';
import { forward } from '../../network/forward.ts';
import { parametersOf, type TensorFlow } from '../../network/tensorflow.ts';
import type { Engine, TokenBatch } from '../engine.ts';

/** Each operation has a fixed cost, so batches are large. They fit a small graphics card's memory. */
const TOKENS_PER_BATCH = 32_768;

/** How TensorFlow and its backends say that memory has run out. */
const OUT_OF_MEMORY = /\bOOM\b|resource exhausted|RESOURCE_EXHAUSTED|out of memory|failed to allocate/i;

/**
 * The network run by TensorFlow.js, on a graphics card where it has one. Its library uses all processors by itself, and
 * a card's memory is one process's: there must be one such engine on a machine.
 * A batch that does not fit the memory is run in halves, and so are later ones as large.
 * `run` computes the logits; another is given in tests only.
 */
export function createTfjsEngine(
  tf: TensorFlow,
  model: Pick<Model, 'spec' | 'weights' | 'networkSha256'>,
  run: typeof forward = forward,
): Engine {
  const parameters = parametersOf(tf, model.weights);
  const { spec } = model;
  let most = Number.POSITIVE_INFINITY;

  async function logits(batch: TokenBatch): Promise<Float32Array> {
    const rows = batch.lengths.length;
    const tokens = rows * batch.width;
    if (rows > 1 && tokens > most) return inHalves(batch);
    try {
      return await attempt(batch);
    } catch (thrown) {
      // A single text can't be cut.
      if (rows === 1 || !OUT_OF_MEMORY.test(messageOf(thrown))) throw thrown;
    }
    most = Math.ceil(rows / 2) * batch.width;
    return inHalves(batch);
  }

  async function attempt(batch: TokenBatch): Promise<Float32Array> {
    const result = tf.tidy(() => run(tf, spec, parameters, batch));
    try {
      return (await result.data()) as Float32Array;
    } finally {
      result.dispose();
    }
  }

  async function inHalves(batch: TokenBatch): Promise<Float32Array> {
    const middle = Math.ceil(batch.lengths.length / 2);
    // One after the other: together they would need the memory of the whole.
    const first = await logits(rowsOf(batch, 0, middle));
    const second = await logits(rowsOf(batch, middle, batch.lengths.length));
    const both = new Float32Array(first.length + second.length);
    both.set(first);
    both.set(second, first.length);
    return both;
  }

  return {
    networkSha256: model.networkSha256,
    tokensPerBatch: TOKENS_PER_BATCH,
    logits,
    close: async () => tf.dispose([...parameters.values()]),
  };
}

function rowsOf({ ids, lengths, width }: TokenBatch, from: number, to: number): TokenBatch {
  return { ids: ids.subarray(from * width, to * width), lengths: lengths.subarray(from, to), width };
}
