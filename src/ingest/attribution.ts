import type { Config } from '../config/schema.ts';
import { createMatcher, type Matcher } from './brands.ts';
import { hash16 } from './identity.ts';
import { type LanguageFilter, openLanguageFilter } from './language.ts';

/** How posts come to their brands: a post in another language has none. */
export interface Attribution {
  match: Matcher;
  otherLanguage: LanguageFilter;
}

export async function openAttribution(config: Config): Promise<Attribution> {
  return { match: createMatcher(config.brands), otherLanguage: await openLanguageFilter(config.language) };
}

/** Names the settings by which posts come to their brands: the same settings, the same hash. */
export function attributionHash({ brands, sources, language }: Config): string {
  const rules: unknown[] = Object.entries(brands).map(([slug, { name, aliases, match }]) => [
    slug,
    name ?? slug,
    aliases,
    match,
  ]);
  const fixed = Object.entries(sources).flatMap(([name, source]) =>
    source.brand === undefined ? [] : [[name, source.brand]],
  );
  // What isn't set leaves the hash of databases from before it could be.
  const more = { ...(fixed.length > 0 ? { fixed } : {}), ...(language === undefined ? {} : { language }) };
  if (Object.keys(more).length > 0) rules.push(more);
  return hash16(JSON.stringify(rules)).toString('hex');
}
