import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { MonitorError } from '../../errors.ts';
import { yamlLine, yamlReason } from '../../yaml-reason.ts';
import { problemsOf } from '../../zod-issues.ts';
import { randomOf } from './random.ts';
import { type Recipe, recipeSchema } from './recipe.ts';

const range = z
  .strictObject({
    from: z.number(),
    to: z.number(),
    /** log: each factor is as likely as the next, for figures such as the learning rate. */
    scale: z.enum(['linear', 'log']).default('linear'),
    whole: z.boolean().default(false),
  })
  .refine(
    ({ from, to, scale }) => from < to && (scale === 'linear' || from > 0),
    'ends before it begins, or is log of 0',
  );

/** By a recipe's key, its parts joined by dots: the values to try, or a range. */
export const spaceSchema = z.record(z.string().min(1), z.union([z.array(z.unknown()).min(1), range]));
export type SearchSpace = z.output<typeof spaceSchema>;

/** What a trial sets, by the recipe's key. */
export type Settings = Readonly<Record<string, unknown>>;

/** Reads a space file. Errors: E_INPUT when it can't be read, E_CONFIG naming what is wrong. */
export async function readSpace(file: string): Promise<SearchSpace> {
  let content: unknown;
  try {
    content = parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new MonitorError('E_INPUT', `The search space can't be read: ${yamlReason(cause)}`, {
      place: { file, ...yamlLine(cause) },
      remedy: 'Check the path, and that the file is YAML.',
      cause,
    });
  }
  const space = spaceSchema.safeParse(content);
  if (space.success && Object.keys(space.data).length > 0) return space.data;
  const problems = space.error ? problemsOf(space.error) : ['it is empty'];
  throw new MonitorError('E_CONFIG', `The search space can't be used: ${problems.join('; ')}.`, {
    place: { file },
    remedy:
      'Give a list of values, or from and to, for each key: optimiser.learning_rate: { from: 0.0005, to: 0.01, scale: log }',
  });
}

/** What the trial of a number sets: it depends on the space, the seed and the number alone. */
export function drawSettings(space: SearchSpace, seed: number, trial: number): Settings {
  const random = randomOf(seed, trial);
  return Object.fromEntries(
    Object.entries(space).map(([key, values]) => {
      const at = random();
      if (Array.isArray(values)) return [key, values[Math.floor(at * values.length)]];
      const { from, to, scale, whole } = values;
      const drawn = scale === 'log' ? from * (to / from) ** at : from + (to - from) * at;
      return [key, whole ? Math.round(drawn) : Number(drawn.toPrecision(4))];
    }),
  );
}

/** The recipe with these settings. Errors: E_CONFIG when they make none that can be used. */
export function recipeWith(recipe: Recipe, settings: Settings): Recipe {
  const content = structuredClone(recipe) as Record<string, unknown>;
  for (const [key, value] of Object.entries(settings)) {
    const parts = key.split('.');
    let place = content;
    for (const part of parts.slice(0, -1)) {
      if (typeof place[part] !== 'object' || place[part] === null) place[part] = {};
      place = place[part] as Record<string, unknown>;
    }
    place[parts.at(-1) ?? ''] = value;
  }
  const made = recipeSchema.safeParse(content);
  if (made.success) return made.data;
  const problems = problemsOf(made.error);
  throw new MonitorError('E_CONFIG', `The search space makes a recipe that can't be used: ${problems.join('; ')}.`, {
    remedy: `Correct the space or the recipe. The settings were ${JSON.stringify(settings)}.`,
  });
}
