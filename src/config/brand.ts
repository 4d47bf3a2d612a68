import { z } from 'zod';
import { patternProblem } from '../ingest/pattern.ts';
import { brandMute, writtenRule } from './alerts.ts';

/** A brand's short name, by which everything else refers to it. */
export const brandSlug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use small letters, digits and hyphens, such as acme-air');

const regex = z.strictObject({
  regex: z
    .string()
    .min(1)
    .superRefine((pattern, context) => {
      const problem = patternProblem(pattern);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    }),
});

const term = z.union([z.string().min(1), regex], {
  error: 'must be a word, mention or hashtag, or { regex: "…" }',
});

/** What the settings say of a brand. */
export const brandSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .optional()
    .describe('what the brand is called in mails and reports; its short name unless given'),
  aliases: z.array(z.string().min(1)).default([]).describe('other names for it in a `brand` column'),
  match: z
    .strictObject({
      any: z
        .array(term)
        .default([])
        .describe('words, @mentions, #hashtags and `{ regex: … }`, one of which a post must have'),
      none: z.array(term).default([]).describe('the same; a post with one of them is not about the brand'),
    })
    .default({ any: [], none: [] })
    .describe('how posts are found that are about the brand'),
  team: z.string().optional().describe('the team under `teams` that hears of it; nobody unless given'),
  alerts: z
    .array(writtenRule)
    .default([{}])
    .describe('its alert rules; one threshold rule unless given, `[]` for none'),
  mute: brandMute.default(false).describe('`true` keeps its mails back; or the mornings without mail'),
});
