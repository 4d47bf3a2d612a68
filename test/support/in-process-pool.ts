import { loadModel } from '../../src/model/artifact.ts';
import { createEngine } from '../../src/model/engines/create.ts';
import type { Pool } from '../../src/model/pool.ts';
import { scorerOf } from '../../src/model/scorer.ts';

/** Scores in this process, where a test is not about processes: starting one takes longer than all that it would score. */
export async function inProcessPool(modelDirectory: string): Promise<Pool> {
  const model = await loadModel(modelDirectory);
  const score = scorerOf(model, await createEngine('onnx', model));
  return { score: (texts) => score(texts), close: async () => undefined };
}
