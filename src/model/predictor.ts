import { findModel, loadModel } from './artifact.ts';
import { DEFAULT_MODEL } from './names.ts';
import { createPool } from './pool.ts';
import { type Prediction, predictTexts } from './predict-texts.ts';

/** A model that reads texts. Its processes run until it is closed. */
export interface Predictor {
  /** The model's name. */
  readonly model: string;
  /** What the model says of each text, in their order. Errors: E_WORKER. */
  predict(texts: readonly string[]): Promise<Prediction[]>;
  close(): Promise<void>;
}

/**
 * Loads a model that ships with the program, or the one in a folder. `workers` is the number of processes that score at the same time.
 * Errors: E_MODEL_MISSING, E_MODEL_INVALID.
 */
export async function openPredictor(
  model: string = DEFAULT_MODEL,
  { workers = 1 }: { readonly workers?: number } = {},
): Promise<Predictor> {
  const loaded = await loadModel(findModel(model));
  const pool = createPool({ model: loaded, workers });
  const { signal } = new AbortController();
  return {
    model: loaded.spec.name,
    predict: (texts) => predictTexts(loaded, texts, (batch) => pool.score(batch, signal)),
    close: () => pool.close(),
  };
}
