import type { InferenceSession } from 'onnxruntime-node';
import { MonitorError, messageOf } from '../errors.ts';
import type { Model } from './artifact.ts';
import { classifierSession, runClassifier } from './engines/onnx/classifier.ts';
import { readInput } from './import.ts';
import { GRADES, type Grade } from './network-spec.ts';
import { type HuggingFaceTokenizerSpec, isScale, THREE_CLASSES, TWO_CLASSES } from './spec.ts';
import { type HuggingFaceTokenizer, readTokenizer } from './tokenizers/hugging-face.ts';
import { refuseExisting, writeModelFiles } from './write-model.ts';

/** A text classifier as others export it, and what its two files don't tell. */
export interface OnnxImportOptions {
  /** An ONNX file: input_ids and attention_mask (and token_type_ids) go in, logits come out. */
  readonly onnx: string;
  /** A tokenizer.json of Hugging Face's tokenizers. */
  readonly tokenizer: string;
  /** The classes in the order of the file's logits. */
  readonly labels: readonly Grade[];
  /** The model directory to write. It must not exist yet. */
  readonly out: string;
  readonly name: string;
  readonly title: string;
  readonly reads: HuggingFaceTokenizerSpec['reads'];
  /** Tokens read of a text; undefined for what tokenizer.json says. */
  readonly maxTokens: number | undefined;
  readonly htmlEntities: boolean;
  readonly links: string | null;
  readonly mentions: string | null;
}

/** Where neither the caller nor tokenizer.json says how many tokens a text may have. */
const USUAL_MAX_TOKENS = 128;

/**
 * Of five grades the two between count half for their neighbours, so a class in the middle of the scale needs three times the
 * weight of the ends' for "positive" to begin where the upper two grades outweigh the rest: at two neighbouring grades exactly.
 */
const WEIGHTS_OF_FIVE = [3, 1, 3];

/**
 * Makes a model directory of any ONNX text classifier of two, three or five classes. The file is run on a text of the greatest length
 * before the directory gets its name. Errors: E_INPUT when a file can't be read; E_MODEL_INVALID when it is no such classifier;
 * E_USAGE when `out` exists or the labels are none that can be read.
 */
export async function importOnnx(options: OnnxImportOptions): Promise<Model> {
  const { labels } = options;
  refuseExisting(options.out);
  if (!isScale(labels))
    throw new MonitorError('E_USAGE', `"${labels.join(',')}" is no set of classes that can be read.`, {
      remedy: `Give the classes in the order of the file's logits: ${[TWO_CLASSES, THREE_CLASSES, GRADES].map((scale) => scale.join(',')).join(', or ')}.`,
    });
  const onnx = await readInput(options.onnx);
  const vocabulary = await readInput(options.tokenizer);
  const tokenizer = await readTokenizer(vocabulary, options.tokenizer);
  const spec: HuggingFaceTokenizerSpec = {
    ...{ name: 'huggingface', version: 1, reads: options.reads },
    max_tokens: options.maxTokens ?? Math.min(tokenizer.maxTokens ?? USUAL_MAX_TOKENS, 512),
    ...{ html_entities: options.htmlEntities, links: options.links, mentions: options.mentions },
  };
  const graph = await tried(onnx, options, tokenizer, spec);
  const outputs = labels.length === 2 ? 2 : 3;
  return writeModelFiles(options.out, {
    spec: {
      ...{ name: options.name, title: options.title },
      network: { kind: 'onnx', classes: [...labels], ...graph, vocabulary: tokenizer.size, outputs },
      tokenizer: spec,
      padding: { to: null, masked: true },
      labels: outputs === 2 ? [...TWO_CLASSES] : [...THREE_CLASSES],
      threshold: 0.5,
      ...(labels.length === 5 && { decision_weights: WEIGHTS_OF_FIVE }),
      about: {},
    },
    weights: onnx,
    vocabulary,
  });
}

/** What the file's inputs and outputs are called, once it has given the logits of a short and a long text. */
async function tried(
  onnx: Uint8Array,
  { onnx: file, labels }: OnnxImportOptions,
  tokenizer: HuggingFaceTokenizer,
  spec: HuggingFaceTokenizerSpec,
): Promise<{ output: string; token_types: boolean }> {
  const refuse = (message: string) =>
    new MonitorError('E_MODEL_INVALID', message, {
      place: { file },
      remedy:
        'Export a text classifier to one ONNX file with the inputs input_ids and attention_mask, its weights inside, and the logits as its output.',
    });
  const session = await classifierSession(onnx).catch((cause: unknown) => {
    throw refuse(`The file is no ONNX network that can be run: ${messageOf(cause)}`);
  });
  try {
    const graph = interfaceOf(session, refuse);
    const encode = tokenizer.encoderOf(spec);
    for (const text of ['a', 'a '.repeat(spec.max_tokens)]) {
      const ids = encode(text);
      const logits = await runClassifier(session, graph, ids).catch((cause: unknown) => {
        throw refuse(`The network can't read a text of ${ids.length} tokens: ${messageOf(cause)}`);
      });
      if (logits.length !== labels.length)
        throw refuse(`The network gives ${logits.length} logits a text, but --labels names ${labels.length} classes.`);
      if (!logits.every(Number.isFinite)) throw refuse('The network gives logits that are no numbers.');
    }
    return graph;
  } finally {
    await session.release();
  }
}

const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'];

function interfaceOf(
  { inputNames, outputNames }: InferenceSession,
  refuse: (message: string) => MonitorError,
): { output: string; token_types: boolean } {
  const unknown = inputNames.filter((name) => !INPUTS.includes(name));
  const missing = ['input_ids', 'attention_mask'].filter((name) => !inputNames.includes(name));
  if (unknown.length > 0 || missing.length > 0)
    throw refuse(`The network's inputs are ${inputNames.join(', ')}, not input_ids and attention_mask.`);
  const output = outputNames.includes('logits') ? 'logits' : outputNames.length === 1 ? outputNames[0] : undefined;
  if (output === undefined) throw refuse(`None of the outputs is called logits: ${outputNames.join(', ')}.`);
  return { output, token_types: inputNames.includes('token_type_ids') };
}
