import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { linearRecipeSchema } from '../../src/model/training/linear/linear-recipe.ts';
import { recipeSchema } from '../../src/model/training/recipe.ts';
import { spaceSchema } from '../../src/model/training/search-space.ts';
import { packageRoot } from '../../src/package.ts';
import { blocksOf, type Code, PAGES } from './markdown.ts';

const blocks = PAGES.flatMap(blocksOf).filter(({ language }) => language === 'yaml');
const recipe = (name: string) =>
  parse(readFileSync(join(packageRoot, 'recipes', name), 'utf8')) as Record<string, unknown>;

/** Two recipes that between them go with any key. */
const networks = [recipe('social.yaml'), { ...recipe('social.yaml'), vocabulary: { size: 30_000, min_count: 3 } }];

/** A block of settings, of a recipe's keys, or of a search space: told by its keys. Lines that show one key in several ways are read apart. */
function check({ text }: Code): string {
  const names = text.match(/^[\w.]+(?=:)/gm) ?? [];
  if (names.every((key) => Object.hasOwn(configSchema.shape, key))) {
    parseConfig(text, '/srv/monitor/monitor.yaml');
    return 'settings';
  }
  const parts = new Set(names).size < names.length ? text.split('\n') : [text];
  for (const part of parts) {
    const keys = parse(part) as object;
    if (Object.keys(keys).some((key) => key.includes('.'))) spaceSchema.parse(keys);
    else if ('linear' in keys || /\bngrams\b/.test(part))
      linearRecipeSchema.parse({ ...recipe('social-logistic.yaml'), ...keys });
    else if (!networks.some((base) => recipeSchema.safeParse({ ...base, ...keys }).success))
      recipeSchema.parse({ ...networks[0], ...keys });
  }
  return 'recipe';
}

describe('blocks of settings and recipes in the documentation', () => {
  it('are looked at', () => {
    expect(blocks.map(check).filter((kind) => kind === 'settings').length).toBeGreaterThan(3);
  });

  it.each(blocks.map((block) => [block.at, block] as const))('%s is valid', (_at, block) => {
    expect(() => check(block)).not.toThrow();
  });
});
