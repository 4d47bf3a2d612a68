import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Model } from '../../artifact.ts';
import type { Engine } from '../engine.ts';
import { foldedTables, isFolded } from './folded.ts';
import { INPUT_IDS, INPUT_LENGTHS, OUTPUT_LOGITS, onnxGraph } from './graph.ts';
import { OPTIONS } from './session.ts';

/** More gains no speed, and memory grows with it. */
const TOKENS_PER_BATCH = 4_096;

/** The network run by ONNX Runtime on the processor. `logits` keeps its process busy until the batch is done. */
export async function createOnnxEngine(model: Pick<Model, 'spec' | 'weights' | 'networkSha256'>): Promise<Engine> {
  const { network, padding } = model.spec;
  const tables = isFolded(network) ? await foldedTables(network, model.weights) : {};
  const session = await InferenceSession.create(onnxGraph(network, padding, model.weights, 'folded logits'), OPTIONS);
  return {
    networkSha256: model.networkSha256,
    tokensPerBatch: TOKENS_PER_BATCH,
    logits: async ({ ids, lengths, width }) => {
      const inputs: Record<string, Tensor> = {
        ...tables,
        [INPUT_IDS]: new Tensor('int32', ids, [lengths.length, width]),
      };
      if (padding.masked) inputs[INPUT_LENGTHS] = new Tensor('int32', lengths, [lengths.length]);
      const logits = (await session.run(inputs))[OUTPUT_LOGITS];
      if (!(logits?.data instanceof Float32Array)) throw new Error('the network gave no logits');
      return logits.data;
    },
    close: () => session.release(),
  };
}
