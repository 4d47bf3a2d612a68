import type { Engine, EngineChoice, EngineModel } from './engine.ts';
import { mayUseGraphicsCard } from './graphics-card.ts';
import { createOnnxEngine } from './onnx/engine.ts';
import { loadTensorFlow } from './tensorflow/load.ts';
import { createTfjsEngine } from './tfjs/engine.ts';

/**
 * The engine that a config asks for, with the model's network ready to run. With `auto` TensorFlow.js is looked at where there may be a
 * graphics card, and used where there is one.
 * Errors: E_ENGINE_MISSING when `tfjs` is asked for and native TensorFlow is not installed.
 */
export async function createEngine(
  choice: EngineChoice,
  model: EngineModel,
  mayUseCard: () => boolean = mayUseGraphicsCard,
): Promise<Engine> {
  // TensorFlow.js can't run such a file, so the choice is none.
  if (model.spec.network.kind === 'onnx') return createOnnxEngine(model);
  if (choice === 'tfjs') return createTfjsEngine((await loadTensorFlow({ kind: 'native' })).tf, model);
  if (choice === 'auto' && mayUseCard()) {
    const { tf, device } = await loadTensorFlow({ kind: 'native' });
    if (device === 'gpu') return createTfjsEngine(tf, model);
  }
  return createOnnxEngine(model);
}
