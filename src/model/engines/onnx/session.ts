import type { InferenceSession } from 'onnxruntime-node';

/** No thread waits by spinning: workers use the other processors better. */
export const SESSION = { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } };

/** How ONNX Runtime runs all our graphs. */
export const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  // One thread: a second one gains hardly anything on these graphs, and workers use the other processors better.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  // The arena never shrinks, and it keeps a plan for every width that it has seen.
  enableCpuMemArena: false,
  enableMemPattern: false,
  // Errors only: its warnings are about its own optimiser.
  logSeverityLevel: 3,
  extra: { session: SESSION },
};
