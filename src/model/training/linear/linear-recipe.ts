import { z } from 'zod';
import { LINEAR_SCALES } from '../../network-spec.ts';
import { ngramTokenizerSchema } from '../../spec.ts';
import { recipeSubject } from '../recipe-subject.ts';

/** A linear model's recipe. It is told from a network's by the key `linear`. */
export const linearRecipeSchema = z
  .strictObject({
    ...recipeSubject,
    tokenizer: ngramTokenizerSchema,
    linear: z.strictObject({
      /** logistic: logistic regression; squared_hinge: a linear SVM, each class against the others. */
      loss: z.enum(['logistic', 'squared_hinge']).default('logistic'),
      /** naive_bayes: features weigh as much as they are likelier in one class than in the others (Wang and Manning 2012). */
      weighting: z.enum(['none', 'naive_bayes']).default('none'),
      scale: z.enum(LINEAR_SCALES).default('none'),
      /** Penalty on the weights' squares, beside the mean loss of a text. */
      l2: z.number().gt(0),
      iterations: z.int().min(1).default(200),
    }),
  })
  .superRefine(({ tokenizer, classes, labels }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { words, characters } = tokenizer;
    if (words === 0 && characters === null) refuse(['tokenizer'], 'has neither runs of words nor of characters');
    if (characters && characters[0] > characters[1]) refuse(['tokenizer', 'characters'], 'ends before it begins');
    if (tokenizer.of === 'social' && tokenizer.reads === 'original')
      refuse(['tokenizer', 'reads'], 'the social tokeniser reads cleaned texts');
    if (classes === 2 && Object.values(labels ?? {}).includes('neutral'))
      refuse(['labels'], 'two classes have no neutral');
  });

export type LinearRecipe = z.output<typeof linearRecipeSchema>;
