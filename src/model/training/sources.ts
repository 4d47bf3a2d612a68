import { z } from 'zod';

/** A source's name, or the beginning of some with a star: `semeval-*`, `*` for every one. */
export const sourcePatternSchema = z
  .string()
  .regex(/^[^*]*\*?$/, 'a star stands at the end alone')
  .min(1);

/** How rows of a source count in training. */
export const sourceRuleSchema = z.strictObject({
  /** What a row's loss is multiplied by, compared with the other rows'. Rows of weight 0 are left out. */
  weight: z.number().min(0).optional(),
  /** In place of the recipe's `soft_labels`. At 1 the rows' labels are not looked at, so they need none. */
  soft_labels: z.number().min(0).max(1).optional(),
});

export function isOfSource(pattern: string, source: string): boolean {
  return pattern.endsWith('*') ? source.startsWith(pattern.slice(0, -1)) : source === pattern;
}

/** The pattern that a source falls under: its own name, or else the longest beginning. */
export function patternOf(patterns: readonly string[], source: string): string | undefined {
  const fitting = patterns.filter((pattern) => isOfSource(pattern, source));
  return fitting.find((pattern) => !pattern.endsWith('*')) ?? fitting.sort((a, b) => b.length - a.length)[0];
}
