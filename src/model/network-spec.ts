import { z } from 'zod';

const count = z.int().min(1);

/** Recurrent networks by their cell: Elman's with tanh, long short-term memory, gated recurrent unit. */
export const RECURRENT_KINDS = ['rnn', 'lstm', 'gru'] as const;
export type RecurrentKind = (typeof RECURRENT_KINDS)[number];

/**
 * What of the top layer's states goes into the last layer, part after part. `last` is each direction's final state,
 * `last_output` what both directions give at the text's last word, where the backward one has read one word only.
 */
export const POOLING_PARTS = {
  last: ['last'],
  last_output: ['last_output'],
  mean: ['mean'],
  max: ['max'],
  mean_max: ['mean', 'max'],
  attention: ['attention'],
  mean_max_attention: ['mean', 'max', 'attention'],
} as const;
export type Pooling = keyof typeof POOLING_PARTS;
export type PoolingPart = (typeof POOLING_PARTS)[Pooling][number];
export const POOLINGS = Object.keys(POOLING_PARTS) as [Pooling, ...Pooling[]];

/** A linear model of hashed word n-grams whose logits are added to the network's (Cheng et al. 2016, wide and deep). */
const wide = z.strictObject({
  /** Runs of one word up to this many. */
  words: z.int().min(1).max(5),
  /** Places that the n-grams share. */
  buckets: z
    .int()
    .min(2)
    .max(2 ** 22),
  /** `unit` divides a text's sum by the square root of how many n-grams it has, so that long texts are not surer than short ones. */
  scale: z.literal('unit').optional(),
});

/** Layers of a recurrent cell, one over the other. */
const recurrent = z.strictObject({
  kind: z.enum(RECURRENT_KINDS),
  layers: count,
  bidirectional: z.boolean(),
  embedding: count,
  hidden: count,
  pooling: z.enum(POOLINGS),
  wide: wide.optional(),
});

/** A shallow convolutional network (Kim 2014): filters of several widths side by side, each one's maximum over time. */
const convolutional = z.strictObject({
  kind: z.literal('cnn'),
  embedding: count,
  /** Words that a filter sees at once. */
  widths: z.array(z.int().min(1).max(20)).min(1),
  /** Filters of each width. */
  filters: count,
  wide: wide.optional(),
});

export const LINEAR_SCALES = ['none', 'unit', 'idf'] as const;

/** Logistic regression, a linear SVM or naive Bayes' weighting: a weight for each feature of a text, added up. */
const linear = z.strictObject({
  kind: z.literal('linear'),
  /**
   * What a text's features are: 1 each; or together a vector of length 1, of equal parts, or of parts the larger the rarer the
   * feature (its inverse document frequency).
   */
  scale: z.enum(LINEAR_SCALES),
});

/** The classes that an imported classifier may tell apart: two, three, or the five grades of a rating. */
export const GRADES = ['very_negative', 'negative', 'neutral', 'positive', 'very_positive'] as const;
export type Grade = (typeof GRADES)[number];

/**
 * A classifier that came as an ONNX file, which is its weights and its graph in one: ids, attention mask and, where it asks for
 * them, token types go in, a logit for each class comes out. `outputs` is how many classes are left when five are read as three.
 */
const classifier = z.strictObject({
  kind: z.literal('onnx'),
  /** The classes in the order of the file's logits. */
  classes: z.array(z.enum(GRADES)).min(2).max(5),
  /** The name of the output with the logits. */
  output: z.string().min(1),
  token_types: z.boolean(),
  /** Tokens of its tokenizer.json. */
  vocabulary: z.int().min(2),
  outputs: z.union([z.literal(2), z.literal(3)]),
});

const sizes = {
  /** Words, or features of a linear model, including `<pad>` and `<unk>`. */
  vocabulary: z.int().min(2),
  /** One logit of the positive class, or a logit for each of two or three classes. */
  outputs: z.union([z.literal(1), z.literal(2), z.literal(3)]),
};

/** A network: the one description that training, both engines, import and export read. */
export const networkSchema = z.discriminatedUnion('kind', [
  recurrent.extend(sizes),
  convolutional.extend(sizes),
  linear.extend(sizes),
  classifier,
]);
export type NetworkSpec = z.output<typeof networkSchema>;
export type RecurrentSpec = Extract<NetworkSpec, { kind: RecurrentKind }>;
export type ConvolutionalSpec = Extract<NetworkSpec, { kind: 'cnn' }>;
export type LinearSpec = Extract<NetworkSpec, { kind: 'linear' }>;
export type ClassifierSpec = Extract<NetworkSpec, { kind: 'onnx' }>;
/** Networks whose equations this program knows; it builds their graph from their weights. */
export type OwnNetworkSpec = Exclude<NetworkSpec, ClassifierSpec>;
/** Networks that read words in their order. */
export type DeepSpec = RecurrentSpec | ConvolutionalSpec;
export type Outputs = NetworkSpec['outputs'];

/** A network as a recipe gives it: the sizes that follow from the data are still open. */
export const architectureSchema = z.discriminatedUnion('kind', [
  recurrent.extend({ layers: count.default(1), bidirectional: z.boolean().default(true) }),
  convolutional,
]);

/** How many classes a network with so many outputs tells apart. */
export function classesOf(outputs: Outputs): 2 | 3 {
  return outputs === 3 ? 3 : 2;
}

/** The network of a model that this program computes itself. A classifier that came as ONNX never gets so far. */
export function ownNetwork({ network }: { readonly network: NetworkSpec }): OwnNetworkSpec {
  if (network.kind === 'onnx') throw new Error('an imported classifier has no equations here');
  return network;
}
