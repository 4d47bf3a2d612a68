import { describe, expect, it } from 'vitest';
import { createMatcher } from '../../src/ingest/brands.ts';
import { brandNamed, likelyBrands, tagCounts } from '../../src/ingest/found-brands.ts';

function tagsOf(...texts: string[]) {
  const tags = tagCounts();
  for (const text of texts) tags.add(text);
  return tags.counts();
}

describe('mentions and hashtags of an export', () => {
  it('are counted once a post, together, whatever their case, under the first way of writing', () => {
    expect(tagsOf('@AcmeAir thanks #acmeair', 'late again @ACMEAIR', 'no tag', 'mail me: a@acme.example #42')).toEqual([
      { name: 'AcmeAir', posts: 2 },
    ]);
    expect(tagsOf('#fail')).toEqual([{ name: 'fail', posts: 1 }]);
    expect(tagsOf('@acme')).toEqual([{ name: 'acme', posts: 1 }]);
  });

  it('come the commonest first, and of the same number by name', () => {
    expect(tagsOf('#bb #cc', '#aa #cc', '#dd', '@aa #ee', 'e #x').map(({ name }) => name)).toEqual([
      ...['aa', 'cc', 'bb', 'dd', 'ee'],
    ]);
  });
});

describe('the brands that an export is about', () => {
  const tags = [
    { name: 'AcmeAir', posts: 60 },
    { name: 'fail', posts: 2 },
  ];

  it('are the values of its brand column, if there is one', () => {
    const columnBrands = [
      { name: 'Acme Air', posts: 90 },
      { name: 'AT&T', posts: 10 },
    ];
    expect(likelyBrands({ posts: 100, columnBrands, tags })).toEqual([
      { slug: 'acme-air', name: 'Acme Air', terms: ['acme air', '@acmeair', '#acmeair'] },
      { slug: 'at-t', name: 'AT&T', terms: ['at&t', '@att', '#att'] },
    ]);
  });

  it('are the mentions and hashtags that many posts have', () => {
    expect(likelyBrands({ posts: 100, columnBrands: [], tags }).map(({ slug }) => slug)).toEqual(['acmeair']);
  });

  it('are twelve of a column at most, or six of those that three posts in a hundred and five in all have', () => {
    const many = (posts: number) => Array.from({ length: 20 }, (_, n) => ({ name: `Brand ${n}`, posts }));
    expect(likelyBrands({ posts: 200, columnBrands: many(1), tags: [] })).toHaveLength(12);
    expect(likelyBrands({ posts: 200, columnBrands: [], tags: many(6) })).toHaveLength(6);
    expect(likelyBrands({ posts: 200, columnBrands: [], tags: many(5) })).toHaveLength(0);
    expect(likelyBrands({ posts: 20, columnBrands: [], tags: many(5) })).toHaveLength(6);
    expect(likelyBrands({ posts: 20, columnBrands: [], tags: many(4) })).toHaveLength(0);
  });

  it('are each named once, by the commonest way of writing', () => {
    const columnBrands = ['Acme Air', 'Bolt', 'acme-air'].map((name) => ({ name, posts: 9 }));
    expect(likelyBrands({ posts: 27, columnBrands, tags: [] }).map(({ name }) => name)).toEqual(['Acme Air', 'Bolt']);
  });

  it('are none where nothing stands out', () => {
    expect(likelyBrands({ posts: 10_000, columnBrands: [], tags })).toEqual([]);
  });
});

describe('a brand by its name', () => {
  it.each([
    ['Acme', 'acme', 'Acme', ['acme']],
    ['  Acme   Air ', 'acme-air', 'Acme Air', ['acme air', '@acmeair', '#acmeair']],
    ['#Acme', 'acme', '#Acme', ['acme']],
    ['a#b', 'a-b', 'a#b', ['a#b', '@ab', '#ab']],
    ['(Élan)', 'elan', '(Élan)', ['(élan)', '@élan', '#élan']],
    ['x'.repeat(62).concat(' yz'), 'x'.repeat(62), 'x'.repeat(62).concat(' yz'), expect.any(Array)],
  ])('%j is %s, called %s, and found by %j', (written, slug, name, terms) => {
    expect(brandNamed(written)).toEqual({ slug, name, terms });
  });

  it.each(['Acme Air', 'acme_air', 'Élan', 'Лада', '日産', 'a.b', '@AcmeAir', '-', 'yes', '7up'])(
    '%s has a slug that settings take, and terms that find it',
    (name) => {
      const brand = brandNamed(name);
      expect(brand.slug).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
      const match = createMatcher({
        [brand.slug]: { name, aliases: [], match: { any: [...brand.terms], none: [] }, alerts: [], mute: false },
      });
      if (name !== '-') expect(match(`so: ${name}, well`, '')).toHaveLength(1);
      expect(match('something else', name).map(({ slug }) => slug)).toEqual([brand.slug]);
    },
  );
});

it('counts a hundred thousand different tags at most, whatever an export is full of', () => {
  const words = Array.from({ length: 100_001 }, (_, n) => `#t${n}`);
  const found = new Set(tagsOf(words.join(' '), '#t99999 #t100000 #t0').map(({ name, posts }) => `${name} ${posts}`));
  expect(found.size).toBe(100_000);
  for (const counted of ['t0 2', 't1 1', 't99999 2']) expect(found).toContain(counted);
});
