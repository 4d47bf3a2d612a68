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

  it('are none where nothing stands out', () => {
    expect(likelyBrands({ posts: 10_000, columnBrands: [], tags })).toEqual([]);
  });
});

describe('a brand by its name', () => {
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
