import { z } from 'zod';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { classesOf, networkSchema } from './network-spec.ts';

/** The newest layout of a model directory that this program reads. */
export const MODEL_FORMAT = 1;

/** The files of a model directory. */
export const WEIGHTS_FILE = 'weights.safetensors';
export const VOCABULARY_FILE = 'vocab.json';
export const SPEC_FILE = 'model.json';

/** Class names in the order of a network's outputs; where there is one output it is the positive class's logit. */
export const TWO_CLASSES = ['negative', 'positive'] as const;
export const THREE_CLASSES = ['negative', 'neutral', 'positive'] as const;

const count = z.int().min(1);
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal');

/** Every tokeniser that a network can have been trained with. A change to what one gives is a new version of it. */
export const tokenizerSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('words'),
    version: z.literal(1),
    /** Whether the network was trained on the text as it was posted, or as cleaned by ingest. */
    reads: z.enum(['original', 'cleaned']),
    max_tokens: count,
  }),
  z.strictObject({
    name: z.literal('social'),
    version: z.literal(1),
    reads: z.literal('cleaned'),
    max_tokens: count,
  }),
]);

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
    weights_sha256: hash,
    vocabulary_sha256: hash,
    /** For people: data, licence, metrics, and whatever else is worth knowing. */
    about: z.record(z.string(), z.unknown()).default({}),
  })
  .superRefine((spec, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (spec.labels.length !== classesOf(spec.network.outputs))
      refuse(['labels'], `${spec.labels.length} labels don't fit ${spec.network.outputs} outputs`);
    if (spec.padding.to === null && !spec.padding.masked)
      refuse(['padding', 'to'], 'padding that is not masked needs the width that the network was trained with');
    if (spec.padding.to !== null && spec.padding.to < spec.tokenizer.max_tokens)
      refuse(['padding', 'to'], `${spec.padding.to} is less than tokenizer.max_tokens (${spec.tokenizer.max_tokens})`);
  });

export type ModelSpec = z.output<typeof modelSpecSchema>;

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
  const modelSpec = canonicalJson({ network_sha256: networkSha256, threshold: spec.threshold });
  return { networkSha256, networkSpec, modelSha256: sha256(modelSpec), modelSpec };
}
