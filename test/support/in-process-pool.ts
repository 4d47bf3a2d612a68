import { throwIfAborted } from '../../src/errors.ts';
import { loadModel, type Model } from '../../src/model/artifact.ts';
import { createEngine } from '../../src/model/engines/create.ts';
import type { Engine } from '../../src/model/engines/engine.ts';
import type { Pool } from '../../src/model/pool.ts';
import { scorerOf } from '../../src/model/scorer.ts';

/** Scores in this process, where a test is not about processes: starting one takes longer than all that it would score. */
export async function inProcessPool(modelDirectory: string): Promise<Pool> {
  return inProcessPoolOf(await loadModel(modelDirectory));
}

/** The same for a loaded model. Like a worker, the engine starts with the first texts. */
export function inProcessPoolOf(model: Model): Pool {
  let engine: Promise<Engine> | undefined;
  return {
    score: async (texts, signal) => {
      throwIfAborted(signal);
      engine ??= createEngine('onnx', model);
      return scorerOf(model, await engine)(texts);
    },
    close: async () => {
      await (await engine)?.close();
      engine = undefined;
    },
  };
}
