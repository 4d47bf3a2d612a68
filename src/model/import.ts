import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MonitorError, messageOf } from '../errors.ts';
import { loadModel, type Model } from './artifact.ts';
import { sha256 } from './canonical-json.ts';
import { inferNetwork } from './infer.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import {
  MODEL_FORMAT,
  type ModelSpec,
  type Pooling,
  SPEC_FILE,
  THREE_CLASSES,
  TWO_CLASSES,
  VOCABULARY_FILE,
  WEIGHTS_FILE,
} from './spec.ts';
import { formatVocabulary, parseVocabulary } from './vocabulary.ts';

/** What weights alone don't tell about a network, and where it is to go. */
export interface ImportOptions {
  /** A safetensors file with PyTorch's parameter names: embedding.*, gru.*, fc.*. */
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
  const out = resolve(options.out);
  if (existsSync(out))
    throw new MonitorError('E_USAGE', `${out} exists already.`, {
      place: { file: out },
      remedy: 'Name another folder, or move this one away.',
    });
  const words = parseVocabulary(await readInput(options.vocabulary), options.vocabulary);
  const tensors = readSafetensors(await readInput(options.weights), options.weights);
  const network = inferNetwork(tensors, options.pooling, options.weights);
  const half = [...tensors.values()].every((tensor) => tensor.type === 'F16');
  const weights = writeSafetensors(tensors, half ? 'F16' : 'F32');
  const vocabulary = formatVocabulary(words);
  const spec = {
    format: MODEL_FORMAT,
    name: options.name,
    title: options.title,
    network,
    tokenizer: { name: 'words', version: 1, reads: options.reads, max_tokens: options.maxTokens },
    padding: { to: options.padTo, masked: options.masked },
    labels: [...(network.outputs === 1 ? TWO_CLASSES : THREE_CLASSES)],
    threshold: options.threshold ?? 0.5,
    weights_sha256: sha256(weights),
    vocabulary_sha256: sha256(vocabulary),
    about: options.about ?? {},
  };

  const beside = `${out}.part`;
  try {
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { recursive: true });
    await writeFile(join(beside, WEIGHTS_FILE), weights);
    await writeFile(join(beside, VOCABULARY_FILE), vocabulary);
    await writeFile(join(beside, SPEC_FILE), `${JSON.stringify(spec, null, 2)}\n`);
    const model = await loadModel(beside);
    await rename(beside, out);
    return { ...model, directory: out };
  } catch (thrown) {
    await rm(beside, { recursive: true, force: true });
    throw thrown;
  }
}

async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MonitorError('E_INPUT', `The file can't be read: ${messageOf(cause)}`, {
      place: { file },
      remedy: 'Check the path and the permissions.',
      cause,
    });
  }
}
