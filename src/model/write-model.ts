import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MonitorError } from '../errors.ts';
import { loadModel, type Model } from './artifact.ts';
import { sha256 } from './canonical-json.ts';
import { type Tensor, type TensorType, writeSafetensors } from './safetensors.ts';
import { filesOf, MODEL_FORMAT, type ModelSpec, SPEC_FILE } from './spec.ts';
import { formatVocabulary } from './vocabulary.ts';

/** What goes into a model directory. Format and hashes are filled in. */
export interface ModelContent {
  readonly spec: Omit<ModelSpec, 'format' | 'weights_sha256' | 'vocabulary_sha256'>;
  readonly weights: ReadonlyMap<string, Pick<Tensor, 'shape' | 'data'>>;
  readonly precision: TensorType;
  readonly vocabulary: readonly string[];
  /** More files, by name: a card, a log. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** Errors: E_USAGE when the directory exists: a model is never overwritten. */
export function refuseExisting(directory: string): void {
  const out = resolve(directory);
  if (existsSync(out))
    throw new MonitorError('E_USAGE', `${out} exists already.`, {
      place: { file: out },
      remedy: 'Name another folder, or move this one away.',
    });
}

/**
 * Writes a model directory, which appears only when it is complete and was loaded and checked.
 * Errors: E_USAGE when it exists, E_MODEL_INVALID when the parts don't fit together.
 */
export async function writeModel(directory: string, content: ModelContent): Promise<Model> {
  return writeModelFiles(directory, {
    spec: content.spec,
    weights: writeSafetensors(content.weights, content.precision),
    vocabulary: Buffer.from(formatVocabulary(content.vocabulary)),
    ...(content.extra && { extra: content.extra }),
  });
}

/** The same of files that are as they should be. */
export interface ModelFiles extends Pick<ModelContent, 'spec' | 'extra'> {
  readonly weights: Uint8Array;
  readonly vocabulary: Uint8Array;
}

/** Writes a model directory of its two files. Errors: as `writeModel`. */
export async function writeModelFiles(directory: string, content: ModelFiles): Promise<Model> {
  refuseExisting(directory);
  const out = resolve(directory);
  const { weights, vocabulary } = content;
  const { name, title, network, tokenizer, padding, labels, threshold, about, ...others } = content.spec;
  const { calibration, decision_weights, rates } = others;
  const spec: ModelSpec = {
    format: MODEL_FORMAT,
    name,
    title,
    network,
    tokenizer,
    padding,
    labels,
    threshold,
    ...(calibration && { calibration }),
    ...(decision_weights && { decision_weights }),
    ...(rates && { rates }),
    weights_sha256: sha256(weights),
    vocabulary_sha256: sha256(vocabulary),
    about,
  };
  return appearing(out, async (beside) => {
    const files = filesOf(network);
    await writeFile(join(beside, files.weights), weights);
    await writeFile(join(beside, files.vocabulary), vocabulary);
    await writeFile(join(beside, SPEC_FILE), `${JSON.stringify(spec, null, 2)}\n`);
    for (const [file, text] of Object.entries(content.extra ?? {})) await writeFile(join(beside, file), text);
  });
}

/**
 * Writes another model of the same network: all files as they are, but for model.json. Errors: E_USAGE when the directory
 * exists, E_MODEL_INVALID when the changes don't fit.
 */
export async function writeSibling(directory: string, model: Model, spec: ModelSpec): Promise<Model> {
  refuseExisting(directory);
  return appearing(resolve(directory), async (beside) => {
    for (const entry of await readdir(model.directory, { withFileTypes: true }))
      if (entry.isFile()) await copyFile(join(model.directory, entry.name), join(beside, entry.name));
    await writeFile(join(beside, SPEC_FILE), `${JSON.stringify(spec, null, 2)}\n`);
  });
}

/** Fills a folder beside, loads it to check it, and gives it its name. */
async function appearing(out: string, fill: (beside: string) => Promise<void>): Promise<Model> {
  const beside = `${out}.part`;
  try {
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { recursive: true });
    await fill(beside);
    const model = await loadModel(beside);
    await rename(beside, out);
    return { ...model, directory: out };
  } catch (thrown) {
    await rm(beside, { recursive: true, force: true });
    throw thrown;
  }
}
