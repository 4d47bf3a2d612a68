import type { Model } from '../artifact.ts';

/** What an engine needs of a model. */
export type EngineModel = Pick<Model, 'spec' | 'weights' | 'networkSha256' | 'classifier'>;

/** The engines that a config can ask for; `auto` is TensorFlow.js where it has a graphics card, otherwise ONNX Runtime. */
export const ENGINE_CHOICES = ['auto', 'onnx', 'tfjs'] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

/** Texts that are run together: `lengths.length` rows of `width` token ids, row-major, padded at the right with 0. */
export interface TokenBatch {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  readonly width: number;
}

/** A network that is ready to run. All engines compute the same numbers up to rounding. */
export interface Engine {
  readonly networkSha256: string;
  /** Padded tokens of a batch that suits it: more would gain no speed and take memory. */
  readonly tokensPerBatch: number;
  /** The last layer's outputs, rows × outputs, row-major. */
  logits(batch: TokenBatch): Promise<Float32Array>;
  close(): Promise<void>;
}
