import { slugOf } from './brands.ts';

/** A name, and the posts that have it. */
export interface NamedCount {
  readonly name: string;
  readonly posts: number;
}

/** A brand as it may stand in the settings. */
export interface FoundBrand {
  readonly slug: string;
  readonly name: string;
  /** Words, mentions and hashtags that it is known by. */
  readonly terms: readonly string[];
}

const TAG = /(?<![\p{L}\p{N}_])[@#]([\p{L}\p{N}_]{2,50})/gu;
/** Different tags that are counted. Rare ones come and go; a brand's stands in the first posts already. */
const MOST_TAGS = 100_000;

/** Counts in how many posts each word stands as a mention or a hashtag, whatever its case. */
export function tagCounts(): { add(text: string): void; counts(): NamedCount[] } {
  // Each word with how it was written first: that is how people will know it again.
  const found = new Map<string, { name: string; posts: number }>();
  return {
    add: (text) => {
      if (!text.includes('#') && !text.includes('@')) return;
      const here = new Set<string>();
      for (const [, name = ''] of text.matchAll(TAG)) {
        const key = name.toLowerCase();
        if (here.has(key) || !/\p{L}/u.test(key)) continue;
        here.add(key);
        const known = found.get(key);
        if (known) known.posts += 1;
        else if (found.size < MOST_TAGS) found.set(key, { name, posts: 1 });
      }
    },
    counts: () => [...found.values()].sort((a, b) => b.posts - a.posts || (a.name < b.name ? -1 : 1)),
  };
}

/** More brands than these are for their owner to name. */
const MOST_BRANDS = 12;
const MOST_TAG_BRANDS = 6;
/** A mention or hashtag in fewer posts is hardly what an export was made for. */
const LEAST_SHARE = 0.03;
const LEAST_POSTS = 5;

/**
 * The brands that an export seems to be about: the values of its brand column, or the commonest mentions and hashtags. None where
 * nothing stands out. Pure.
 */
export function likelyBrands({
  posts,
  columnBrands,
  tags,
}: {
  readonly posts: number;
  readonly columnBrands: readonly NamedCount[];
  readonly tags: readonly NamedCount[];
}): FoundBrand[] {
  const named = columnBrands.length > 0 ? columnBrands.slice(0, MOST_BRANDS) : frequent(tags, posts);
  return unique(named.map(({ name }) => brandNamed(name)));
}

function frequent(tags: readonly NamedCount[], posts: number): NamedCount[] {
  return tags.filter((tag) => tag.posts >= Math.max(LEAST_POSTS, posts * LEAST_SHARE)).slice(0, MOST_TAG_BRANDS);
}

/** A brand by its name: the name itself, and written together as a mention and a hashtag. */
export function brandNamed(written: string): FoundBrand {
  const name = written.trim().replace(/\s+/g, ' ');
  const word = name.replace(/^[@#]/, '').toLowerCase();
  const together = word.replace(/[^\p{L}\p{N}_]/gu, '');
  // A single word is found in its mention and its hashtag, too.
  const terms = together === word ? [word] : [word, `@${together}`, `#${together}`];
  return { slug: shortSlug(name), name, terms };
}

/** Letters, digits and hyphens; the slug of an unknown brand where a name has none of these. */
function shortSlug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-|-$/g, '');
  return plain === '' ? slugOf(name) : plain;
}

/** The brands without those that an earlier one stands for already, in their order. */
export function unique(brands: readonly FoundBrand[]): FoundBrand[] {
  return brands.filter(({ slug }, index) => brands.findIndex((other) => other.slug === slug) === index);
}
