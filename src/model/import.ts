import { readFile } from 'node:fs/promises';
import { MonitorError } from '../errors.ts';
import { reasonOf } from '../system-errors.ts';
import type { Model } from './artifact.ts';
import { inferNetwork } from './infer.ts';
import { classesOf, type Pooling } from './network-spec.ts';
import { readSafetensors } from './safetensors.ts';
import { type ModelSpec, THREE_CLASSES, TWO_CLASSES } from './spec.ts';
import { parseVocabulary } from './vocabulary.ts';
import { refuseExisting, writeModel } from './write-model.ts';

/** What weights alone don't tell about a network, and where it is to go. */
export interface ImportOptions {
  /** A safetensors file with PyTorch's parameter names: embedding.*, gru.* (or rnn.*, lstm.*, convs.*), fc.*. */
  readonly weights: string;
  /** A vocab.json: {"itos": [words by id]}. */
  readonly vocabulary: string;
  /** The model directory to write. It must not exist yet. */
  readonly out: string;
  readonly name: string;
  readonly title: string;
  readonly reads: ModelSpec['tokenizer']['reads'];
  readonly maxTokens: number;
  /** The width that texts were padded to in training; null for none. */
  readonly padTo: number | null;
  /** Whether padding was masked (packed) in training. */
  readonly masked: boolean;
  readonly pooling: Pooling;
  readonly threshold?: number;
  readonly about?: ModelSpec['about'];
}

/**
 * Makes a model directory of weights that PyTorch trained. The architecture is read off the tensors; half precision stays half
 * precision. The result is loaded and checked before it gets its name.
 * Errors: E_INPUT when a file can't be read, E_MODEL_INVALID when it isn't such a network, E_USAGE when `out` exists.
 */
export async function importModel(options: ImportOptions): Promise<Model> {
  refuseExisting(options.out);
  const words = parseVocabulary(await readInput(options.vocabulary), options.vocabulary);
  const given = readSafetensors(await readInput(options.weights), options.weights);
  const { network, tensors } = inferNetwork(given, options.pooling, options.weights);
  const half = [...tensors.values()].every((tensor) => tensor.type === 'F16');
  return writeModel(options.out, {
    spec: {
      name: options.name,
      title: options.title,
      network,
      tokenizer: { name: 'words', version: 1, reads: options.reads, max_tokens: options.maxTokens },
      padding: { to: options.padTo, masked: options.masked },
      labels: classesOf(network.outputs) === 2 ? [...TWO_CLASSES] : [...THREE_CLASSES],
      threshold: options.threshold ?? 0.5,
      about: options.about ?? {},
    },
    weights: tensors,
    precision: half ? 'F16' : 'F32',
    vocabulary: words,
  });
}

/** Errors: E_INPUT. */
export async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MonitorError('E_INPUT', `The file can't be read: ${reasonOf(cause)}`, {
      place: { file },
      remedy: 'Check the path and the permissions.',
      cause,
    });
  }
}
