import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ownNetwork } from '../../network-spec.ts';
import type { Engine, EngineModel } from '../engine.ts';
import { createClassifierEngine } from './classifier.ts';
import { foldedTables, isFolded } from './folded.ts';
import { INPUT_IDS, INPUT_LENGTHS, OUTPUT_LOGITS, onnxGraph } from './graph.ts';
import { OPTIONS } from './session.ts';

/** More gains no speed, and memory grows with it. */
const TOKENS_PER_BATCH = 4_096;

/** The network run by ONNX Runtime on the processor. `logits` keeps its process busy until the batch is done. */
export async function createOnnxEngine(model: EngineModel): Promise<Engine> {
  if (model.spec.network.kind === 'onnx') return createClassifierEngine(model, model.spec.network);
  const { padding } = model.spec;
  const network = ownNetwork(model.spec);
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
