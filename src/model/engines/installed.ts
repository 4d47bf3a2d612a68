import type { Model } from '../artifact.ts';
import type { Engine } from './engine.ts';
import { createOnnxEngine } from './onnx/engine.ts';
import { loadTensorFlow } from './tensorflow/load.ts';
import { tensorFlowState } from './tensorflow/state.ts';
import { createTfjsEngine } from './tfjs/engine.ts';

/** An engine that this machine has, and where it would compute. */
export interface InstalledEngine {
  readonly name: 'onnx' | 'tfjs';
  readonly device: 'processor' | 'graphics card';
  create(model: Pick<Model, 'spec' | 'weights' | 'networkSha256'>): Promise<Engine>;
}

/** The engines of this machine. Loads TensorFlow where it is installed. Errors: E_ENGINE_MISSING when it can't be loaded. */
export async function installedEngines(): Promise<InstalledEngine[]> {
  const engines: InstalledEngine[] = [{ name: 'onnx', device: 'processor', create: createOnnxEngine }];
  if (tensorFlowState().installed) {
    const { tf, device } = await loadTensorFlow({ kind: 'native' });
    engines.push({
      name: 'tfjs',
      device: device === 'gpu' ? 'graphics card' : 'processor',
      create: async (model) => createTfjsEngine(tf, model),
    });
  }
  return engines;
}
