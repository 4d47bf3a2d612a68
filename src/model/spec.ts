import { z } from 'zod';
import { appliedKeys } from './calibration.ts';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { classesOf, GRADES, type NetworkSpec, networkSchema } from './network-spec.ts';

/** The newest layout of a model directory that this program reads. */
export const MODEL_FORMAT = 1;

/** The files of a model directory. */
export const WEIGHTS_FILE = 'weights.safetensors';
export const VOCABULARY_FILE = 'vocab.json';
export const SPEC_FILE = 'model.json';

/** The two files beside model.json: what a network computes with, and what makes ids of a text. */
export function filesOf({ kind }: Pick<NetworkSpec, 'kind'>): {
  readonly weights: string;
  readonly vocabulary: string;
} {
  return kind === 'onnx'
    ? { weights: 'model.onnx', vocabulary: 'tokenizer.json' }
    : { weights: WEIGHTS_FILE, vocabulary: VOCABULARY_FILE };
}

/** Class names in the order of a network's outputs; where there is one output it is the positive class's logit. */
export const TWO_CLASSES = ['negative', 'positive'] as const;
export const THREE_CLASSES = ['negative', 'neutral', 'positive'] as const;

const count = z.int().min(1);
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal');

/** Whether the network was trained on the text as it was posted, or as cleaned by ingest. */
const reads = z.enum(['original', 'cleaned']);

/** The tutorial's words, and words and punctuation marks with what is done to them on the way. */
const words = { name: z.literal('words'), version: z.literal(1) };
const plainWords = {
  name: z.literal('words'),
  version: z.literal(2),
  lower_case: z.boolean().default(true),
  /** Tags become blanks, entities characters. */
  strip_html: z.boolean().default(false),
  drop_punctuation: z.boolean().default(false),
  /** Negations are none. */
  drop_stop_words: z.boolean().default(false),
};

/** The tokenisers that give a text's words in their order. A change to what one gives is a new version of it. */
const wordTokenizers = [
  z.discriminatedUnion('version', [
    z.strictObject({ ...words, reads, max_tokens: count }),
    z.strictObject({ ...plainWords, reads, max_tokens: count }),
  ]),
  z.strictObject({
    name: z.literal('social'),
    /** 2: words that the vocabulary lacks are read in pieces that it has. */
    version: z.union([z.literal(1), z.literal(2)]),
    reads: z.literal('cleaned'),
    max_tokens: count,
  }),
] as const;

/** The tokeniser of linear models: the different n-grams of the words that another tokeniser gives. */
export const ngramTokenizerSchema = z.strictObject({
  name: z.literal('ngrams'),
  version: z.literal(1),
  /** `words` is its version 1. */
  of: z.union([z.enum(['words', 'social']), z.strictObject(plainWords)]),
  reads,
  /** Words read of a text. */
  max_tokens: count,
  /** Runs of one word up to so many; 0 for none. */
  words: z.int().min(0).max(5),
  /** Runs of characters within a word, from and to so many; null for none. */
  characters: z.tuple([z.int().min(1).max(10), z.int().min(1).max(10)]).nullable(),
});

/** A Hugging Face tokenizer.json, and what is done to a text before it reads it. */
const huggingFaceTokenizer = z.strictObject({
  name: z.literal('huggingface'),
  version: z.literal(1),
  reads,
  /** Tokens read of a text, with the ones that the tokeniser puts around it. */
  max_tokens: count,
  /** HTML entities become characters, twice, as some exports encode them twice. */
  html_entities: z.boolean(),
  /** What stands for every link, and for every @name; null leaves them as they are. */
  links: z.string().nullable(),
  mentions: z.string().nullable(),
});
export type HuggingFaceTokenizerSpec = z.output<typeof huggingFaceTokenizer>;

export const wordTokenizerSchema = z.discriminatedUnion('name', wordTokenizers);
const tokenizerSchema = z.discriminatedUnion('name', [...wordTokenizers, ngramTokenizerSchema, huggingFaceTokenizer]);
export type TokenizerSpec = z.output<typeof tokenizerSchema>;

export const paddingSchema = z.strictObject({
  /** The width that every text is padded to; null for none. Masked padding changes no result. */
  to: count.nullable(),
  /** Whether the network ignores padding. One trained without masking must be run without, at the same width. */
  masked: z.boolean(),
});

/** model.json, to the letter. */
export const modelSpecSchema = z
  .strictObject({
    format: z.literal(MODEL_FORMAT),
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'use small letters, digits, dots and hyphens'),
    title: z.string().min(1),
    network: networkSchema,
    tokenizer: tokenizerSchema,
    padding: paddingSchema,
    labels: z.union([
      z.tuple([z.literal('negative'), z.literal('positive')]),
      z.tuple([z.literal('negative'), z.literal('neutral'), z.literal('positive')]),
    ]),
    /** Two classes: a post is positive when its p_positive is at least this. */
    threshold: z.number().gt(0).lt(1).default(0.5),
    ...appliedKeys,
    weights_sha256: hash,
    vocabulary_sha256: hash,
    /** For people: data, licence, metrics, and whatever else is worth knowing. */
    about: z.record(z.string(), z.unknown()).default({}),
  })
  .superRefine((spec, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (spec.labels.length !== classesOf(spec.network.outputs))
      refuse(['labels'], `${spec.labels.length} labels don't fit ${spec.network.outputs} outputs`);
    const { calibration, decision_weights, rates } = spec;
    const perClass = {
      calibration: [calibration?.scale, calibration?.bias],
      decision_weights: [decision_weights],
      rates: [rates?.counts, rates?.means, rates?.variances],
    };
    for (const [key, lists] of Object.entries(perClass))
      if (lists.some((list) => list !== undefined && list.length !== spec.labels.length))
        refuse([key], `needs a number for each of ${spec.labels.length} classes`);
    if (
      (spec.network.kind === 'linear') !== (spec.tokenizer.name === 'ngrams') ||
      (spec.network.kind === 'onnx') !== (spec.tokenizer.name === 'huggingface')
    )
      refuse(
        ['tokenizer', 'name'],
        `${spec.tokenizer.name} is no tokeniser for a network of kind ${spec.network.kind}`,
      );
    if (spec.network.kind === 'linear' && !spec.padding.masked)
      refuse(['padding', 'masked'], 'a linear model has no padding to read');
    if (spec.network.kind === 'onnx' && (spec.padding.to !== null || !spec.padding.masked))
      refuse(['padding'], 'an imported classifier reads each text by itself, without padding');
    if (spec.network.kind === 'onnx' && !isScale(spec.network.classes))
      refuse(['network', 'classes'], 'must be the two, three or five classes, each once');
    if (spec.padding.to === null && !spec.padding.masked)
      refuse(['padding', 'to'], 'padding that is not masked needs the width that the network was trained with');
    if (spec.padding.to !== null && spec.padding.to < spec.tokenizer.max_tokens)
      refuse(['padding', 'to'], `${spec.padding.to} is less than tokenizer.max_tokens (${spec.tokenizer.max_tokens})`);
  });

/** Whether these are negative and positive, with neutral or without, or all five grades, in any order. */
export function isScale(classes: readonly string[]): boolean {
  return [TWO_CLASSES, THREE_CLASSES, GRADES].some(
    (scale) => scale.length === classes.length && scale.every((name) => classes.includes(name)),
  );
}

export type ModelSpec = z.output<typeof modelSpecSchema>;

/** What turns a network's probabilities into a post's: how a model differs from its network. */
export type Applied = Pick<ModelSpec, 'labels' | 'threshold' | 'calibration' | 'decision_weights' | 'rates'>;

/** What a model is to the database: two hashes and the canonical JSON that they are hashes of. */
export interface ModelIdentity {
  readonly networkSha256: string;
  readonly networkSpec: string;
  readonly modelSha256: string;
  readonly modelSpec: string;
}

/**
 * Names a network by everything that changes its raw probabilities, and a model by its network and what is applied to them
 * afterwards. A title, a metric or the name of the directory changes neither, so it never means scoring again.
 */
export function identityOf(spec: ModelSpec): ModelIdentity {
  const { network, tokenizer, padding, labels, weights_sha256, vocabulary_sha256 } = spec;
  const networkSpec = canonicalJson({ network, tokenizer, padding, labels, weights_sha256, vocabulary_sha256 });
  const networkSha256 = sha256(networkSpec);
  // What is not set is no part of the text, so that models from before there was calibration keep their names.
  const { threshold, calibration, decision_weights, rates } = spec;
  const modelSpec = canonicalJson({ network_sha256: networkSha256, threshold, calibration, decision_weights, rates });
  return { networkSha256, networkSpec, modelSha256: sha256(modelSpec), modelSpec };
}
