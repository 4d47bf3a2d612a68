import type { Config } from '../config/schema.ts';
import { hash16 } from './identity.ts';
import { compilePattern } from './pattern.ts';
import { cleanText } from './text.ts';

export interface BrandRef {
  readonly slug: string;
  readonly name: string;
}

/** Tells the brands of a post from its cleaned text and the value of its brand column ('' when it has none). */
export type Matcher = (text: string, column: string) => readonly BrandRef[];

const WORD = '[\\p{L}\\p{M}\\p{N}_]';
/** A brand column holds few different values, but nothing promises that. */
const MAX_REMEMBERED = 10_000;
const NONE: readonly BrandRef[] = [];

/**
 * A matcher for the configured brands. A post belongs to every brand that its text or its column names, each once.
 *
 * In the text: case doesn't matter, a blank in a term is any run of white space, and terms end at the borders of words (letters,
 * digits and underscores of any script), so that `delta` is not in "deltas". A keyword `acme` is also found in "#acme" and
 * "@acme"; `@acme` is the mention only (not the mail address a@acme), `#acme` the hashtag only. A regular expression may match
 * anywhere. A text with a term of `none` doesn't name the brand.
 *
 * In the column: slug, name or alias of a configured brand, whatever the text says; any other value is a brand of its own,
 * with the slug of `slugOf`, which gets figures but no alerts.
 */
export function createMatcher(brands: Config['brands']): Matcher {
  const configured = Object.entries(brands).map(([slug, brand]) => ({
    ref: { slug, name: brand.name ?? slug },
    aliases: brand.aliases,
    any: createTerms(brand.match.any),
    none: createTerms(brand.match.none),
  }));
  const columnBrands = new Map<string, BrandRef>();
  const addName = (name: string, ref: BrandRef): void => {
    if (!columnBrands.has(fold(name))) columnBrands.set(fold(name), ref);
  };
  for (const { ref } of configured) addName(ref.slug, ref);
  for (const { ref } of configured) addName(ref.slug.replaceAll('-', ' '), ref);
  for (const { ref } of configured) addName(ref.name, ref);
  for (const { ref, aliases } of configured) for (const alias of aliases) addName(alias, ref);

  const resolve = (column: string): BrandRef | undefined => {
    const name = cleanText(column);
    if (name === '') return undefined;
    return columnBrands.get(fold(name)) ?? { slug: slugOf(name), name };
  };
  const resolved = new Map<string, BrandRef | undefined>();
  const fromColumn = (column: string): BrandRef | undefined => {
    if (resolved.has(column)) return resolved.get(column);
    if (resolved.size >= MAX_REMEMBERED) resolved.clear();
    const ref = resolve(column);
    resolved.set(column, ref);
    return ref;
  };

  return (text, column) => {
    const named = fromColumn(column);
    let found: BrandRef[] | undefined = named === undefined ? undefined : [named];
    const lower = text.toLowerCase();
    for (const { ref, any, none } of configured) {
      if (ref.slug === named?.slug || !any(lower, text) || none(lower, text)) continue;
      if (found) found.push(ref);
      else found = [ref];
    }
    return found ?? NONE;
  };
}

/**
 * The slug of a brand that the config doesn't know: small letters, digits, hyphens, at most 63 characters. Names that differ
 * only in case and blanks share it. A name that the slug can't spell out ("AT&T", "Élan") has the start of its hash at the
 * end, so that two names never meet in one slug and no name's slug depends on which other names came before it.
 */
export function slugOf(name: string): string {
  const folded = fold(name);
  const plain = folded
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (plain.length <= 63 && plain.replaceAll('-', ' ') === folded) return plain;
  const start = plain.slice(0, 50).replace(/-$/, '');
  return `${start === '' ? 'brand' : start}-${hash16(folded).toString('hex', 0, 6)}`;
}

/** A name without the differences of case, white space and Unicode form. */
function fold(name: string): string {
  return cleanText(name).toLowerCase().replace(/\s+/g, ' ');
}

type Term = Config['brands'][string]['match']['any'][number];

/** A test of a text, given also lower-cased, for any of the terms. */
function createTerms(terms: readonly Term[]): (lower: string, text: string) => boolean {
  const words = createWords(terms.filter((term) => typeof term === 'string'));
  const patterns = terms.flatMap((term) => (typeof term === 'string' ? [] : [compilePattern(term.regex)]));
  return (lower, text) => words(lower) || patterns.some((pattern) => pattern(text));
}

function createWords(terms: readonly string[]): (lower: string) => boolean {
  const folded = terms.map(fold).filter((term) => term !== '');
  const pattern = new RegExp(folded.map(termPattern).join('|'), 'u');
  // A plain search for each term's longest word leaves the expression few texts to look at.
  const words = [
    ...new Set(folded.map((term) => term.split(' ').reduce((long, word) => (word.length > long.length ? word : long)))),
  ];
  const needles = words.filter((word) => !words.some((other) => other !== word && word.includes(other)));
  return (lower) => {
    for (const needle of needles) if (lower.includes(needle)) return pattern.test(lower);
    return false;
  };
}

function termPattern(term: string): string {
  const body = term.split(' ').map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  // A sign that starts a mention or hashtag must not itself be inside a word, such as a mail address.
  return `(?<!${WORD})${body.join('\\s+')}(?!${WORD})`;
}
