import { z } from 'zod';
import { ACCURATE_MODEL } from '../model/names.ts';
import type { Config } from './schema.ts';

const model = z
  .string()
  .min(1)
  .default(ACCURATE_MODEL)
  .describe('an accurate model: its name, or the folder that `monitor model import` made');

/** A random sample of each brand-day that an accurate model reads, for a rate corrected by it. */
export const sampledRateSchema = z.strictObject({
  model,
  sample: z.int().min(20).max(10_000).default(100).describe('posts of a brand-day'),
  /** Of a night, at most. */
  minutes: z.number().positive().default(10).describe('minutes of a night, at most'),
});

/** A rule's second opinion: an accurate model that reads some posts before anyone is mailed. */
export const secondOpinionSchema = z.strictObject({
  model,
  /** Posts of the alert's window, and as many of the weeks before. */
  sample: z
    .int()
    .min(20)
    .max(10_000)
    .default(200)
    .describe('posts of the alert’s window, and as many of the weeks before'),
  /** Whether a mail needs its agreement; otherwise the mail only says what it found. */
  require: z
    .boolean()
    .default(false)
    .describe('whether a mail needs its agreement; otherwise it only says what was found'),
  minutes: z.number().positive().default(2).describe('minutes that it may take'),
});

export type SampledRateSettings = z.output<typeof sampledRateSchema>;
export type SecondOpinionSettings = z.output<typeof secondOpinionSchema>;

/** The accurate models that the settings name, each once. */
export function accurateModels({ sampled_rate, brands }: Pick<Config, 'sampled_rate' | 'brands'>): string[] {
  const rules = Object.values(brands).flatMap(({ alerts }) => alerts);
  const named = [sampled_rate?.model, ...rules.map(({ second_opinion }) => second_opinion?.model)];
  return [...new Set(named.filter((model) => model !== undefined))];
}
