import { createRequire } from 'node:module';
import util from 'node:util';
import { MonitorError, messageOf } from '../../../errors.ts';
import { packageFolder, tensorFlowState } from './state.ts';
import { TENSORFLOW_JS } from './wheels.ts';

/** The operations that networks are written in. Only types may be imported from the package itself: it is optional. */
type Operations = typeof import('@tensorflow/tfjs-core');

export type TensorFlowKind = 'native' | 'javascript';

/** TensorFlow.js, loaded and ready. */
export interface TensorFlow {
  readonly tf: Operations;
  /** `javascript` computes the same, some hundred times slower: enough for tests and tiny data. */
  readonly kind: TensorFlowKind;
  /** Where tensors are computed: `gpu` only if the library has found a graphics card and uses it. */
  readonly device: 'gpu' | 'cpu';
}

const INSTALL_COMMAND = 'monitor engines install tensorflow';

// The core's own bundle has no gradients: the package of layers, otherwise unused, registers them when it is loaded.
const JAVASCRIPT = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-layers'] as const;

const requireHere = createRequire(import.meta.url);

/**
 * Reads what kind of TensorFlow the environment variable MONITOR_TENSORFLOW asks for; undefined is "the best there is".
 * Errors: E_USAGE.
 */
export function tensorFlowKindOf(value: string | undefined): TensorFlowKind | undefined {
  if (value === undefined || value === '' || value === 'native' || value === 'javascript') return value || undefined;
  throw new MonitorError('E_USAGE', `MONITOR_TENSORFLOW is "${value}".`, {
    remedy: 'Set it to native or javascript, or not at all.',
  });
}

/**
 * Loads TensorFlow.js: the native one where it is installed, otherwise the one in plain JavaScript. `kind` asks for one of
 * them and no other. A process uses one kind. Errors: E_ENGINE_MISSING where there is none, or where it can't be loaded.
 */
export async function loadTensorFlow(options: { kind?: TensorFlowKind | undefined } = {}): Promise<TensorFlow> {
  const { kind } = options;
  if (kind !== 'javascript' && tensorFlowState().installed) return loadNative();
  if (kind !== 'native' && JAVASCRIPT.every((name) => packageFolder(name) !== undefined)) return loadJavaScript();
  throw missing(kind);
}

async function loadNative(): Promise<TensorFlow> {
  // TensorFlow.js 4.22 calls both. Node.js 23 took the first away, and warns of the second between the program's own lines.
  const nodeUtil: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: typeof Array.isArray } = util;
  nodeUtil.isNullOrUndefined ??= (value) => value === null || value === undefined;
  nodeUtil.isArray = Array.isArray;
  // The library reads its settings from the environment alone, when it is loaded; without it, notes on the
  // processor's features would go between the program's own lines.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  // Off by default on processors without VNNI; a third less work in training, the same results within 2e-7.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  try {
    const tf = requireHere(TENSORFLOW_JS.name) as Operations;
    await tf.ready();
    // What the library found, not what was installed: the GPU build without a card falls back to the CPU.
    const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
    return { tf, kind: 'native', device: isUsingGpuDevice === true ? 'gpu' : 'cpu' };
  } catch (cause) {
    throw new MonitorError(
      'E_ENGINE_MISSING',
      `Native TensorFlow is installed but can't be loaded: ${messageOf(cause)}`,
      {
        remedy: `Put it right with: ${INSTALL_COMMAND}`,
        cause,
      },
    );
  }
}

async function loadJavaScript(): Promise<TensorFlow> {
  const tf = requireHere(JAVASCRIPT[0]) as Operations;
  // Otherwise the backend prints an advertisement of the native one.
  tf.enableProdMode();
  requireHere(JAVASCRIPT[1]);
  requireHere(JAVASCRIPT[2]);
  await tf.setBackend('cpu');
  await tf.ready();
  return { tf, kind: 'javascript', device: 'cpu' };
}

function missing(kind: TensorFlowKind | undefined): MonitorError {
  if (kind === 'javascript')
    return new MonitorError('E_ENGINE_MISSING', 'TensorFlow.js in plain JavaScript is not installed.', {
      remedy: `Install it with: npm install ${JAVASCRIPT.map((name) => `${name}@${TENSORFLOW_JS.version}`).join(' ')}`,
    });
  const { version, library } = tensorFlowState();
  const reason =
    version === undefined
      ? 'TensorFlow is not installed.'
      : `${TENSORFLOW_JS.name} is installed, but ${library ? 'its addon is not compiled' : 'the native library is missing'}.`;
  return new MonitorError('E_ENGINE_MISSING', reason, { remedy: `Install it with: ${INSTALL_COMMAND}` });
}
