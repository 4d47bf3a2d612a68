import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Model } from '../src/model/artifact.ts';
import { type BatchPlan, batchOf, planBatches } from '../src/model/batches.ts';
import type { TokenBatch } from '../src/model/engines/engine.ts';
import { createOnnxEngine } from '../src/model/engines/onnx/engine.ts';
import { INPUT_IDS, INPUT_LENGTHS, OUTPUT_LOGITS, onnxGraph } from '../src/model/engines/onnx/graph.ts';
import { OPTIONS } from '../src/model/engines/onnx/session.ts';
import { ownNetwork } from '../src/model/network-spec.ts';
import { tokenizerOf } from '../src/model/tokenizer.ts';
import { median } from './median.ts';
import { inventedPosts } from './posts.ts';
import { measured } from './usage.ts';

/** A way from texts to logits, on one process: the median of some turns, per post. */
export interface PathFigures {
  readonly name: string;
  readonly processor_microseconds: number;
  readonly wall_microseconds: number;
  /** The largest difference of a logit from the GRU operation's. */
  readonly difference: number;
}

interface Path {
  readonly name: string;
  readonly posts: number;
  readonly plans: readonly BatchPlan[];
  readonly run: (batch: TokenBatch) => Promise<Float32Array>;
}

const TUTORIAL = { width: 200, batch: 256 };

/**
 * Texts read by the same network in the ways that people run it, turn about, so that other work on the machine meets all
 * alike; tokenising is in all of them. `model` has one output. The tutorial's way reads padding as words; it is run on fewer posts, since it takes so long.
 */
export async function benchPaths(
  model: Model,
  words: readonly string[],
  posts: number,
  turns: number,
): Promise<PathFigures[]> {
  const tokenize = tokenizerOf(model.spec, model.vocabulary);
  const texts = Array.from(inventedPosts(posts, words, 2), (text) => text.join(' '));
  const engine = await createOnnxEngine(model);
  const operation = async (options: InferenceSession.SessionOptions, masked: boolean) => {
    const bytes = onnxGraph(ownNetwork(model.spec), { masked }, model.weights);
    const session = await InferenceSession.create(bytes, { ...OPTIONS, ...options });
    return async ({ ids, lengths, width }: TokenBatch) => {
      const inputs: Record<string, Tensor> = { [INPUT_IDS]: new Tensor('int32', ids, [lengths.length, width]) };
      if (masked) inputs[INPUT_LENGTHS] = new Tensor('int32', lengths, [lengths.length]);
      return (await session.run(inputs))[OUTPUT_LOGITS]?.data as Float32Array;
    };
  };
  const lengths = texts.map((text) => tokenize(text).length);
  const sorted = { posts, plans: planBatches(lengths, engine.tokensPerBatch) };
  const padded = {
    posts: 2 * TUTORIAL.batch,
    plans: [0, 1].map((part) => ({
      rows: Array.from({ length: TUTORIAL.batch }, (_, row) => part * TUTORIAL.batch + row),
      width: TUTORIAL.width,
    })),
  };
  const threads = availableParallelism();
  const paths: Path[] = [
    { name: 'GRU op, sorted, one thread', ...sorted, run: await operation({}, true) },
    { name: 'this program', ...sorted, run: engine.logits },
    {
      name: `GRU op, sorted, ${threads} intra-op threads`,
      ...sorted,
      run: await operation({ intraOpNumThreads: threads }, true),
    },
    { name: "the tutorial's way", ...padded, run: await operation({ intraOpNumThreads: threads }, false) },
  ];
  const seen = paths.map(() => ({ processor: [] as number[], wall: [] as number[], logits: new Float32Array(posts) }));
  for (let turn = 0; turn <= turns; turn += 1)
    for (const [index, path] of paths.entries()) {
      const into = seen[index];
      if (into === undefined) continue;
      const { usage } = await measured(() => runAll(path, texts.slice(0, path.posts).map(tokenize), into.logits));
      // The first turn warms up.
      if (turn === 0) continue;
      into.processor.push((usage.own / path.posts) * 1e6);
      into.wall.push((usage.wall / path.posts) * 1e6);
    }
  await engine.close();
  return paths.map(({ name, posts: run }, index) => {
    const { processor = [], wall = [], logits } = seen[index] ?? {};
    const difference = logits
      ?.subarray(0, run)
      .reduce((most, logit, row) => Math.max(most, Math.abs(logit - (seen[0]?.logits[row] ?? 0))), 0);
    return {
      name,
      processor_microseconds: median(processor),
      wall_microseconds: median(wall),
      difference: difference ?? Number.NaN,
    };
  });
}

async function runAll({ plans, run }: Path, sequences: readonly Int32Array[], into: Float32Array): Promise<void> {
  for (const plan of plans) {
    const logits = await run(batchOf(plan, sequences));
    for (const [index, row] of plan.rows.entries()) into[row] = logits[index] ?? Number.NaN;
  }
}
