import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { MonitorError } from '../../errors.ts';
import { yamlLine, yamlReason } from '../../yaml-reason.ts';
import { problemsOf } from '../../zod-issues.ts';
import type { Model } from '../artifact.ts';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { architectureSchema } from '../network-spec.ts';
import { paddingSchema, wordTokenizerSchema } from '../spec.ts';
import { contentFrom } from './init.ts';
import { type LinearRecipe, linearRecipeSchema } from './linear/linear-recipe.ts';
import { recipeSubject } from './recipe-subject.ts';
import { sourcePatternSchema, sourceRuleSchema } from './sources.ts';

const count = z.int().min(1);
const share = z.number().min(0).lt(1);

const optimiser = z.strictObject({
  /** adam adds the weight decay to the gradient, as PyTorch's Adam does; adamw takes it off the weights. */
  kind: z.enum(['adam', 'adamw']).default('adam'),
  learning_rate: z.number().gt(0).default(0.001),
  weight_decay: z.number().min(0).default(0),
  betas: z.tuple([share, share]).default([0.9, 0.999]),
  epsilon: z.number().gt(0).default(1e-8),
});

const schedule = z.strictObject({
  kind: z.enum(['constant', 'cosine', 'linear']).default('constant'),
  /** Share of the training in which the learning rate rises from nothing. */
  warmup: share.default(0),
});

const earlyStopping = z.strictObject({
  metric: z.enum(['macro_recall', 'accuracy', 'loss']),
  /** Epochs without a better value after which training ends. The weights of the best epoch are kept. */
  patience: count,
});

/** A recipe: everything about a training but where the data and the vectors are. */
export const recipeSchema = z
  .strictObject({
    ...recipeSubject,
    tokenizer: wordTokenizerSchema,
    network: architectureSchema,
    /**
     * Fits the network's wide branch by itself, as a linear model; how much each of the two counts is then chosen by the held-out
     * rows. Without this key both are trained together.
     */
    wide_branch: z
      .strictObject({
        weighting: z.enum(['none', 'naive_bayes']).default('none'),
        l2: z.number().gt(0),
        iterations: z.int().min(1).default(100),
      })
      .optional(),
    /** Two classes: one logit with a sigmoid (the default), or two with a softmax. Three have a softmax. */
    head: z.enum(['sigmoid', 'softmax']).optional(),
    padding: paddingSchema.default({ to: null, masked: true }),
    vectors: z
      .strictObject({
        source: z.string().min(1),
        /** Epochs in which the word vectors stay as they came. */
        freeze_epochs: z.int().min(0).default(0),
      })
      .nullable()
      .default(null),
    dropout: z
      .strictObject({ word: share.default(0), embedding: share.default(0), state: share.default(0) })
      .prefault({}),
    optimiser: optimiser.prefault({}),
    /** Longest gradient, all parameters together. */
    clip: z.number().gt(0).nullable().default(null),
    schedule: schedule.prefault({}),
    epochs: count,
    batch: z.union([z.strictObject({ rows: count }), z.strictObject({ tokens: count })]),
    early_stopping: earlyStopping.nullable().default(null),
    /**
     * Share of a row's target that comes from a teacher's probabilities in the columns p_negative, p_neutral, p_positive, the
     * rest from its label (Hinton, Vinyals and Dean 2015, at temperature 1). Rows without them keep to the label.
     */
    soft_labels: share.default(0),
    /** How rows of some sources count: by a source's name, or the beginning of some with a star. */
    sources: z.record(sourcePatternSchema, sourceRuleSchema).optional(),
    class_weights: z.enum(['none', 'balanced']).default('none'),
    /** Decay of a moving average of the weights, which is then what is evaluated and kept. */
    average_weights: z.number().gt(0).lt(1).nullable().default(null),
    /** What is fitted on the held-out rows in the end, as `monitor model calibrate` does; nothing without this key. */
    calibration: z
      .strictObject({
        method: z.enum(['vector', 'temperature']).default('vector'),
        decision: z.enum(['most_probable', 'macro_recall']).default('most_probable'),
      })
      .optional(),
    seed: z.int().default(1),
  })
  .superRefine((recipe, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (recipe.padding.to === null && !recipe.padding.masked)
      refuse(['padding', 'to'], 'padding that is not masked needs a width');
    if (recipe.padding.to !== null && recipe.padding.to < recipe.tokenizer.max_tokens)
      refuse(['padding', 'to'], `is less than tokenizer.max_tokens (${recipe.tokenizer.max_tokens})`);
    const inPieces = recipe.tokenizer.name === 'social' && recipe.tokenizer.version === 2;
    if (inPieces !== (recipe.vocabulary.pieces !== undefined))
      refuse(['vocabulary', 'pieces'], 'goes with version 2 of the tokeniser social, and with nothing else');
    if (recipe.head === 'sigmoid' && recipe.classes === 3) refuse(['head'], 'three classes have a softmax');
    if (recipe.soft_labels > 0 && recipe.classes !== 3) refuse(['soft_labels'], 'needs three classes');
    for (const [pattern, rule] of Object.entries(recipe.sources ?? {}))
      if ((rule.soft_labels ?? 0) > 0 && recipe.classes !== 3)
        refuse(['sources', pattern, 'soft_labels'], 'needs three classes');
    if (recipe.early_stopping && recipe.split.validation === 0)
      refuse(['early_stopping'], 'needs a split.validation above 0');
    if (recipe.wide_branch && !recipe.network.wide) refuse(['wide_branch'], 'needs a network.wide');
    if (recipe.calibration && recipe.split.validation === 0)
      refuse(['calibration'], 'needs a split.validation above 0');
    if (recipe.wide_branch && recipe.split.validation === 0)
      refuse(['wide_branch'], 'needs a split.validation above 0');
    if (recipe.classes === 2 && Object.values(recipe.labels ?? {}).includes('neutral'))
      refuse(['labels'], 'two classes have no neutral');
  });

export type Recipe = z.output<typeof recipeSchema>;

/** The hash that names a recipe, whatever its spelling and comments. */
export function recipeHash(recipe: Recipe | LinearRecipe): string {
  return sha256(canonicalJson(recipe));
}

/**
 * Reads a recipe of a network or of a linear model. With `init`, what it leaves open is as in that model, and `onNote` hears
 * what it says in vain. Errors: E_INPUT when the file can't be read, E_CONFIG naming each key that is wrong.
 */
export async function readRecipe(
  file: string,
  init?: Model,
  onNote: (note: string) => void = () => undefined,
): Promise<Recipe | LinearRecipe> {
  let content: unknown;
  try {
    content = parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new MonitorError('E_INPUT', `The recipe can't be read: ${yamlReason(cause)}`, {
      place: { file, ...yamlLine(cause) },
      remedy: 'Check the path, and that the file is YAML.',
      cause,
    });
  }
  if (init) {
    const filled = contentFrom(content, init);
    content = filled.content;
    for (const note of filled.notes) onNote(note);
  }
  const isLinear = z.looseObject({ linear: z.unknown() }).safeParse(content).success;
  const recipe = (isLinear ? linearRecipeSchema : recipeSchema).safeParse(content);
  if (recipe.success) return recipe.data;
  const problems = problemsOf(recipe.error);
  throw new MonitorError('E_CONFIG', `The recipe can't be used: ${problems.join('; ')}.`, {
    place: { file },
    remedy: 'Correct these keys. recipes/ has recipes that work.',
  });
}
