import { z } from 'zod';
import { THREE_CLASSES } from '../spec.ts';
import { sourcePatternSchema } from './sources.ts';

const count = z.int().min(1);
const share = z.number().min(0).lt(1);

/** What every recipe says: what the model is called, what it is trained on and what it tells apart. */
export const recipeSubject = {
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'use small letters, digits, dots and hyphens'),
  title: z.string().min(1),
  /** What only the maker knows, for the card: where the data came from, its terms, and what the model is not good for. */
  about: z
    .strictObject({ sources: z.string().optional(), licence: z.string().optional(), limits: z.string().optional() })
    .default({}),
  columns: z
    .strictObject({
      text: z.string().min(1).default('text'),
      label: z.string().min(1).default('label'),
      /** What a teacher's probabilities are joined on; `id` without this key. */
      id: z.string().min(1).optional(),
      /** `source` without this key. Rows without one are of the source that their file is named. */
      source: z.string().min(1).optional(),
    })
    .prefault({}),
  classes: z.union([z.literal(2), z.literal(3)]),
  /** The class of each label in the data, in small letters; without it the usual words, and 0 and 1. */
  labels: z.record(z.string(), z.enum(THREE_CLASSES)).optional(),
  split: z
    .strictObject({
      validation: share.default(0.1),
      stratified: z.boolean().default(true),
      seed: z.int().default(1),
      /** Hold out rows of these sources alone; `validation` is then their share. The others are all learnt from. */
      from: sourcePatternSchema.optional(),
    })
    .prefault({}),
  /**
   * Most words with `<pad>` and `<unk>` left out of the count, and how often each must occur; behind them, for version 2 of the
   * tokeniser `social`, so many pieces of words.
   */
  vocabulary: z.strictObject({ size: count, min_count: count.default(1), pieces: count.optional() }),
};
