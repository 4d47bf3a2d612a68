/** A scoring process: loads the model and the engine that its arguments name, then answers each list of texts with their probabilities. */
import { MonitorError, messageOf } from '../errors.ts';
import { loadModel } from './artifact.ts';
import { createEngine } from './engines/create.ts';
import type { EngineChoice } from './engines/engine.ts';
import type { Probabilities } from './probabilities.ts';
import { scorerOf } from './scorer.ts';
import type { WorkerReply, WorkerRequest } from './worker.ts';

// Ctrl-C and a service manager signal every process of the group. The parent decides when to stop; when it ends, however
// that happens, the channel to it closes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(0));

interface Loaded {
  readonly networkSha256: string;
  score(texts: readonly string[]): Promise<Probabilities>;
}

async function load(directory: string, engineChoice: EngineChoice): Promise<Loaded> {
  const model = await loadModel(directory);
  const engine = await createEngine(engineChoice, model);
  const { networkSha256, spec, vocabulary, classifier } = model;
  // Only these parts are kept: the engine has its own copy of the weights.
  const reader = classifier && { classifier: { encode: classifier.encode, onnx: new Uint8Array() } };
  return { networkSha256, score: scorerOf({ spec, vocabulary, ...reader }, engine) };
}

const loading = load(process.argv[2] ?? '', (process.argv[3] ?? 'auto') as EngineChoice);
// A model that can't be loaded is reported in answer to the first texts.
loading.catch(() => undefined);

async function answer({ texts }: WorkerRequest): Promise<WorkerReply> {
  try {
    const { networkSha256, score } = await loading;
    return { kind: 'scores', networkSha256, scores: await score(texts) };
  } catch (thrown) {
    const known = thrown instanceof MonitorError ? thrown : undefined;
    return {
      kind: 'error',
      code: known?.code ?? 'E_WORKER',
      message: known?.message ?? `A scoring process failed: ${messageOf(thrown)}`,
      place: known?.place ?? {},
      remedy: known?.remedy ?? 'Check that the machine has enough memory, and set model.workers to a smaller number.',
    };
  }
}

process.on('message', (request: WorkerRequest) => {
  void answer(request).then((reply) => process.send?.(reply, undefined, undefined, () => undefined));
});
