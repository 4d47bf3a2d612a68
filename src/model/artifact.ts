import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { MonitorError, messageOf } from '../errors.ts';
import { packageRoot } from '../package.ts';
import { reasonOf } from '../system-errors.ts';
import { problemsOf } from '../zod-issues.ts';
import { sha256 } from './canonical-json.ts';
import { ACCURATE_MODEL } from './names.ts';
import { ownNetwork } from './network-spec.ts';
import { readSafetensors, type Tensors } from './safetensors.ts';
import { misfits } from './shapes.ts';
import {
  filesOf,
  identityOf,
  MODEL_FORMAT,
  type ModelIdentity,
  type ModelSpec,
  modelSpecSchema,
  SPEC_FILE,
  VOCABULARY_FILE,
  WEIGHTS_FILE,
} from './spec.ts';
import { type Encode, readTokenizer } from './tokenizers/hugging-face.ts';
import { parseVocabulary } from './vocabulary.ts';

const SHIPPED = join(packageRoot, 'models');

/** Models in npm packages of their own: how such a package's name begins, and where a clone of the program has them. */
const MODEL_PACKAGE = 'sentiment-monitor-';
const IN_CLONE = join(packageRoot, 'packages');

/** A model directory, read and checked. */
export interface Model extends ModelIdentity {
  readonly directory: string;
  readonly spec: ModelSpec;
  readonly weights: Tensors;
  /** Words by id; `<pad>` is 0, `<unk>` is 1. Empty for a classifier that came with a tokenizer.json. */
  readonly vocabulary: readonly string[];
  /** What such a classifier has instead of weights and words. */
  readonly classifier?: Classifier;
}

interface Classifier {
  /** The ONNX file. */
  readonly onnx: Uint8Array;
  readonly encode: Encode;
}

/**
 * The directory of the model that a config names: one that ships with the program (`social`), one of a package beside it
 * (`social-accurate`), or else a path, relative to the project directory. Errors: E_MODEL_MISSING with the names that there are.
 */
export function findModel(use: string, projectDirectory = '.'): string {
  const isName = !/[/\\]/.test(use) && !use.startsWith('.');
  const named = isName ? [join(SHIPPED, use), join(IN_CLONE, use), ...installedPlaces(use, projectDirectory)] : [];
  const found = [...named, resolve(projectDirectory, use)].find((directory) => existsSync(join(directory, SPEC_FILE)));
  if (found !== undefined) return found;
  const remedy =
    use === ACCURATE_MODEL
      ? `Install it: npm install ${MODEL_PACKAGE}${use}`
      : `Name a model that ships with the program (${shippedModels().join(', ')}), or the path of a model folder.`;
  throw new MonitorError('E_MODEL_MISSING', `There is no model "${use}".`, {
    place: { file: resolve(projectDirectory, use) },
    remedy,
  });
}

/** Where npm puts a model's package: beside this one, or in the project. */
function installedPlaces(name: string, projectDirectory: string): string[] {
  return [packageRoot, resolve(projectDirectory)].flatMap((folder) => {
    const places = createRequire(join(folder, 'package.json')).resolve.paths(MODEL_PACKAGE + name) ?? [];
    return places.map((place) => join(place, MODEL_PACKAGE + name));
  });
}

/** The names of the models that ship with the program. */
export function shippedModels(): string[] {
  if (!existsSync(SHIPPED)) return [];
  return readdirSync(SHIPPED).filter((name) => existsSync(join(SHIPPED, name, SPEC_FILE)));
}

/**
 * Reads a model directory: `weights.safetensors`, `vocab.json` and `model.json`.
 * Errors: E_MODEL_MISSING when it is not there; E_MODEL_INVALID when a file is damaged, of a newer format, not the one that
 * model.json names by hash, or does not fit the architecture.
 */
export async function loadModel(directory: string): Promise<Model> {
  const spec = parseSpec(await readPart(directory, SPEC_FILE), join(directory, SPEC_FILE));
  const files = filesOf(spec.network);
  const [vocabularyBytes, weightBytes] = await Promise.all([
    readPart(directory, files.vocabulary),
    readPart(directory, files.weights),
  ]);
  checkHash(vocabularyBytes, spec.vocabulary_sha256, join(directory, files.vocabulary));
  checkHash(weightBytes, spec.weights_sha256, join(directory, files.weights));
  if (spec.tokenizer.name === 'huggingface') {
    const tokenizer = await readTokenizer(vocabularyBytes, join(directory, files.vocabulary));
    const classifier = { onnx: weightBytes, encode: tokenizer.encoderOf(spec.tokenizer) };
    return { directory, spec, weights: new Map(), vocabulary: [], classifier, ...identityOf(spec) };
  }

  const vocabulary = parseVocabulary(vocabularyBytes, join(directory, VOCABULARY_FILE));
  if (vocabulary.length !== spec.network.vocabulary)
    throw invalid(
      join(directory, VOCABULARY_FILE),
      `The vocabulary has ${vocabulary.length} words, but the network ${spec.network.vocabulary}.`,
    );
  const weights = readSafetensors(weightBytes, join(directory, WEIGHTS_FILE));
  const problems = misfits(weights, ownNetwork(spec));
  if (problems.length > 0)
    throw invalid(
      join(directory, WEIGHTS_FILE),
      `The weights don't fit the network that ${SPEC_FILE} describes: ${problems.slice(0, 5).join('; ')}.`,
    );
  return { directory, spec, weights, vocabulary, ...identityOf(spec) };
}

/** Which model a directory claims to be, read from its model.json alone. Errors: as `loadModel`. */
export async function readIdentity(directory: string): Promise<{ name: string; sha256: string }> {
  const spec = parseSpec(await readPart(directory, SPEC_FILE), join(directory, SPEC_FILE));
  return { name: spec.name, sha256: identityOf(spec).modelSha256 };
}

async function readPart(directory: string, name: string): Promise<Uint8Array> {
  const file = join(directory, name);
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MonitorError('E_MODEL_MISSING', `The model's ${name} can't be read: ${reasonOf(cause)}`, {
      place: { file },
      remedy: `A model is a folder with ${SPEC_FILE}, ${VOCABULARY_FILE} and ${WEIGHTS_FILE} (or tokenizer.json and model.onnx). Make one with: monitor model import`,
      cause,
    });
  }
}

function parseSpec(bytes: Uint8Array, file: string): ModelSpec {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw invalid(file, `${SPEC_FILE} is not JSON: ${messageOf(cause)}`);
  }
  // Asked first, because a newer format may break every other rule.
  const format = z.looseObject({ format: z.number() }).safeParse(json);
  if (format.success && format.data.format > MODEL_FORMAT)
    throw new MonitorError(
      'E_MODEL_INVALID',
      `The model has format ${format.data.format}; this program reads ${MODEL_FORMAT}.`,
      {
        place: { file },
        remedy: 'Use the newer version of the program that wrote the model.',
      },
    );
  const spec = modelSpecSchema.safeParse(json);
  if (!spec.success) {
    const problems = problemsOf(spec.error);
    throw invalid(file, `${SPEC_FILE} can't be used: ${problems.join('; ')}.`);
  }
  return spec.data;
}

function checkHash(bytes: Uint8Array, expected: string, file: string): void {
  const actual = sha256(bytes);
  if (actual !== expected)
    throw invalid(file, `The file is not the one that ${SPEC_FILE} names: its SHA-256 is ${actual}, not ${expected}.`);
}

function invalid(file: string, message: string): MonitorError {
  return new MonitorError('E_MODEL_INVALID', message, {
    place: { file },
    remedy: 'Copy the model again from where it was made, or import it again with: monitor model import',
  });
}
