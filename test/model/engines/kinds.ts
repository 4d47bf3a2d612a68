import { describe } from 'vitest';
import { loadTensorFlow, type TensorFlowKind } from '../../../src/model/engines/tensorflow/load.ts';
import { tensorFlowState } from '../../../src/model/engines/tensorflow/state.ts';
import type { TensorFlow } from '../../../src/model/network/tensorflow.ts';

/** Loads TensorFlow.js of one kind. */
type Load = () => Promise<TensorFlow>;

/** A process can hold both kinds, but one backend is the current one. */
export function loaderOf(kind: TensorFlowKind): Load {
  return async () => {
    const { tf } = await loadTensorFlow({ kind });
    await tf.setBackend(kind === 'native' ? 'tensorflow' : 'cpu');
    return tf;
  };
}

/** A describe block that needs native TensorFlow: skipped with the reason where there is none, a failure in CI. */
export function describeNative(name: string, body: (load: Load) => void): void {
  if (tensorFlowState().installed) describe(name, () => body(loaderOf('native')));
  else if (process.env['CI'] !== undefined)
    describe(name, () => {
      throw new Error('CI needs native TensorFlow: run monitor engines install tensorflow');
    });
  else
    describe.skip(`${name} (skipped: no native TensorFlow; run monitor engines install tensorflow)`, () =>
      body(loaderOf('native')));
}

/** The same tests on TensorFlow.js in plain JavaScript and on native TensorFlow. */
export function describeTensorFlow(name: string, body: (load: Load, kind: TensorFlowKind) => void): void {
  describe(`${name}, TensorFlow.js in plain JavaScript`, () => body(loaderOf('javascript'), 'javascript'));
  describeNative(`${name}, native TensorFlow`, (load) => body(load, 'native'));
}
