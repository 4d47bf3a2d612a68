import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type ClassifierSpec, GRADES, type Grade } from '../../network-spec.ts';
import { THREE_CLASSES, TWO_CLASSES } from '../../spec.ts';
import type { Engine, EngineModel } from '../engine.ts';
import { OPTIONS, SESSION } from './session.ts';

/**
 * A classifier that came as an ONNX file. Each text is run by itself, without padding: quantised files scale their numbers by what
 * else is in the batch, so a text's result would depend on its company. Of large networks batches are hardly faster on one thread.
 */
export async function createClassifierEngine(model: EngineModel, network: ClassifierSpec): Promise<Engine> {
  const session = await classifierSession(model.classifier?.onnx ?? new Uint8Array());
  const fold = folderOf(network);
  return {
    networkSha256: model.networkSha256,
    tokensPerBatch: 4_096,
    logits: async ({ ids, lengths, width }) => {
      const logits = new Float32Array(lengths.length * network.outputs);
      for (const [row, length] of lengths.entries()) {
        const own = await runClassifier(session, network, ids.subarray(row * width, row * width + length));
        logits.set(fold(own), row * network.outputs);
      }
      return logits;
    },
    close: () => session.release(),
  };
}

/** The file, ready to run on one thread. Errors: ONNX Runtime's, when it is no such file. */
export function classifierSession(onnx: Uint8Array): Promise<InferenceSession> {
  // Eight-bit products overflow on processors without VNNI; with this they are exact, and the same everywhere.
  return InferenceSession.create(onnx, { ...OPTIONS, extra: { session: { ...SESSION, x64quantprecision: '1' } } });
}

/** The logits of one text, in the file's own order. */
export async function runClassifier(
  session: InferenceSession,
  { output, token_types }: Pick<ClassifierSpec, 'output' | 'token_types'>,
  ids: Int32Array,
): Promise<Float32Array> {
  const shape = [1, ids.length];
  const inputs: Record<string, Tensor> = {
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
  };
  if (token_types) inputs['token_type_ids'] = new Tensor('int64', new BigInt64Array(ids.length), shape);
  const logits = (await session.run(inputs, [output]))[output];
  if (!(logits?.data instanceof Float32Array)) throw new Error('the network gave no logits');
  return logits.data;
}

/**
 * Puts a file's logits into the order of the labels. Five grades become three classes, each of the two between going half to
 * its neighbours, so that the score (p_positive + ½ neutral) is the expected grade ÷ 4; the three are given as logarithms.
 */
function folderOf({ classes }: ClassifierSpec): (logits: Float32Array) => Float32Array {
  const placesOf = (names: readonly Grade[]) => names.map((name) => classes.indexOf(name));
  if (classes.length < 5) {
    const places = placesOf(classes.length === 2 ? TWO_CLASSES : THREE_CLASSES);
    return (logits) => Float32Array.from(places, (place) => logits[place] ?? Number.NaN);
  }
  const places = placesOf(GRADES);
  return (logits) => {
    const largest = Math.max(...logits);
    const weights = places.map((place) => Math.exp((logits[place] ?? Number.NaN) - largest));
    const [worst = 0, bad = 0, middle = 0, good = 0, best = 0] = weights;
    return Float32Array.of(Math.log(worst + bad / 2), Math.log(bad / 2 + middle + good / 2), Math.log(best + good / 2));
  };
}
