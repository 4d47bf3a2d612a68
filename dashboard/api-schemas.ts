import { z } from '@hono/zod-openapi';
import type { AlertState } from '../db/schema.ts';
import { parseDay } from '../src/calendar.ts';
import { LIMITS } from './limits.ts';
import { placeOf } from './pages/day.ts';

/** What the API takes and gives, as zod schemas: requests are checked by them, and the OpenAPI document is made from them. */

const day = z
  .string()
  .refine((text) => parseDay(text) !== undefined, 'is not a day, such as 2026-03-31')
  .transform((text) => parseDay(text) ?? 0)
  .openapi({ type: 'string', format: 'date', example: '2026-03-31' });

const share = z.coerce.number().min(0).max(1);
const limit = z.coerce.number().int().min(1).max(LIMITS.page).default(50);
const format = z.enum(['json', 'csv']).default('json').openapi({ description: 'CSV has the same columns.' });
const text = z.string().max(LIMITS.characters);

export const brandParams = z.object({
  brand: z.string().max(100).openapi({ example: 'acme-air', description: 'The short name of the settings.' }),
});

export const dailyQuery = z.object({ from: day.optional(), to: day.optional(), format });

export const filterQuery = z.object({
  class: z.enum(['negative', 'neutral', 'positive']).optional(),
  term: z.string().max(200).optional().openapi({ description: 'Words that the text has, in any case.' }),
  min: share.optional().openapi({ description: 'Least score.' }),
  max: share.optional().openapi({ description: 'Largest score.' }),
});

const place = z
  .string()
  .refine((text) => placeOf(text) !== undefined, 'is not the `next` of an answer')
  .openapi({ description: 'The `next` of the page before.' });

export const postsQuery = filterQuery.extend({ day, after: place.optional(), limit, format });

export const alertsQuery = z.object({ from: day.optional(), to: day.optional(), format });

export const runsQuery = z.object({
  before: z.coerce.number().int().min(1).optional().openapi({ description: 'Only runs with smaller numbers.' }),
  limit,
  format,
});

export const predictBody = z
  .strictObject({
    text: text.optional().openapi({ description: 'One text…' }),
    texts: z
      .array(text)
      .min(1)
      .max(LIMITS.texts)
      .optional()
      .openapi({ description: '…or several; exactly one of the two.' }),
  })
  .refine((body) => (body.text === undefined) !== (body.texts === undefined), 'needs either `text` or `texts`')
  .openapi('PredictRequest');

const probability = z.number().min(0).max(1);

export const predictAnswer = z
  .object({
    model: z.string().openapi({ example: 'social@35e69b5b' }),
    predictions: z.array(
      z.object({
        predicted: z.enum(['negative', 'neutral', 'positive']),
        score: probability.openapi({ description: 'p_positive + p_neutral / 2' }),
        p_negative: probability,
        p_neutral: probability,
        p_positive: probability,
      }),
    ),
  })
  .openapi('PredictAnswer');

export const brandsAnswer = z
  .array(
    z.object({
      brand: z.string(),
      name: z.string(),
      day: z.string(),
      posts: z.number().int(),
      positive_rate: z.number(),
      mean_pos: z.number(),
      ma3: z.number().nullable(),
      state: z.enum(['firing', 'inactive']).nullable(),
    }),
  )
  .openapi('Brands');

export const dailyAnswer = z
  .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))
  .openapi('Daily', { description: 'The columns of `sentiment_daily_report.csv`.' });

export const post = z
  .object({
    post_id: z.number().int(),
    posted_at: z.string(),
    source: z.string(),
    source_key: z.string(),
    user_id: z.string().nullable(),
    text: z.string(),
    predicted: z.enum(['negative', 'neutral', 'positive']),
    score: z.number(),
    p_negative: z.number(),
    p_positive: z.number(),
    influence: z.number().openapi({
      description: 'What it adds to the difference between the day’s mean score and that of the week before.',
    }),
    correction: z.enum(['negative', 'neutral', 'positive']).nullable(),
  })
  .openapi('Post');

export const postsAnswer = z
  .object({
    posts: z.array(post),
    matching: z.number().int(),
    total: z.number().int(),
    next: z.string().nullable().openapi({ description: 'Give it as `after` for the next page; null at the end.' }),
  })
  .openapi('Posts');

const STATES = ['inactive', 'pending', 'firing', 'resolved', 'no_data'] as const satisfies readonly AlertState[];

export const alert = z
  .object({
    rule: z.string(),
    day: z.string(),
    from: z.enum(STATES),
    to: z.enum(STATES),
    reason: z.string(),
    text: z.string(),
  })
  .openapi('Decision');

export const run = z
  .object({
    run: z.number().int(),
    kind: z.string(),
    as_of: z.string(),
    started: z.string(),
    finished: z.string().nullable(),
    seconds: z.number().nullable(),
    outcome: z.string(),
    stage: z.string().nullable(),
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
    model: z.string().nullable(),
    program: z.string().nullable(),
  })
  .openapi('Run');

export const refused = z
  .object({ error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }) })
  .openapi('Refusal');
