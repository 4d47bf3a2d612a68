import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createMatcher, slugOf } from '../../src/ingest/brands.ts';
import { cleanText } from '../../src/ingest/text.ts';

const { brands } = configSchema.parse({
  brands: {
    'acme-air': {
      name: 'Acme Air',
      aliases: ['ACM', 'Acme Airways'],
      match: { any: ['acme air', '@acmeair', '#acmeair'], none: ['acme airsoft', 'acme air guitar'] },
    },
    delta: { match: { any: ['delta'] } },
    'c-plus': { name: 'C++', match: { any: ['c++', 'élan', 'AT&amp;T', '🍎'] } },
    quiet: { name: 'Quiet' },
  },
});
const match = createMatcher(brands);
const slugs = (text: string, column = ''): string[] => match(cleanText(text), column).map(({ slug }) => slug);

describe('brands in the text', () => {
  it.each([
    ['I flew Acme Air today', ['acme-air']],
    ['ACME   AIR', ['acme-air']],
    ['acme\nair', ['acme-air']],
    ['(acme air)', ['acme-air']],
    ['acme-air', []],
    ['acme airs', []],
    ['myacme air', []],
    ['acme air_2', []],
    ['@AcmeAir hello', ['acme-air']],
    ['.@acmeair: hello', ['acme-air']],
    ['@acmeairlines', []],
    ['mail me@acmeair.example', []],
    ['acmeair', []],
    ['so late #AcmeAir!', ['acme-air']],
    ['#acmeairfail', []],
    ['acme air, not acme airsoft', []],
    ['the Acme  Air guitar', []],
    ['delta', ['delta']],
    ['deltas', []],
    ['@Delta', ['delta']],
    ['#delta', ['delta']],
    ['deltä', []],
    ['Δdelta', []],
    ['acme air or delta?', ['acme-air', 'delta']],
    ['I write C++.', ['c-plus']],
    ['c++11', []],
    ['E\u0301LAN', ['c-plus']],
    ['at&amp;t down again', ['c-plus']],
    ['love my 🍎!', ['c-plus']],
    ['', []],
  ])('%j → %j', (text, expected) => {
    expect(slugs(text)).toEqual(expected);
  });
});

describe('brands in the column', () => {
  it.each([
    ['acme-air', ['acme-air']],
    [' ACME AIR ', ['acme-air']],
    ['acm', ['acme-air']],
    ['Acme  Airways', ['acme-air']],
    ['Delta', ['delta']],
    ['quiet', ['quiet']],
    ['Donald Trump', ['donald-trump']],
    ['  ', []],
  ])('%j → %j', (column, expected) => {
    expect(slugs('nothing to see', column)).toEqual(expected);
  });

  it('joins what the text says, each brand once, whatever the excluded terms', () => {
    expect(slugs('delta and acme air', 'Delta')).toEqual(['delta', 'acme-air']);
    expect(slugs('acme airsoft', 'acme air')).toEqual(['acme-air']);
    expect(slugs('delta', 'Elsewhere')).toEqual(['elsewhere', 'delta']);
  });

  it('keeps the name as written for an unknown brand', () => {
    expect(match('x', ' Spotify ')).toEqual([{ slug: 'spotify', name: 'Spotify' }]);
  });
});

describe('slugs of unknown brands', () => {
  it('never meet unless the names differ only in case and blanks', () => {
    expect(slugOf('Donald  TRUMP')).toBe('donald-trump');
    const names = [
      'at t',
      'AT&T',
      'At-T',
      'át t',
      'a.t t',
      '安踏',
      'アディダス',
      '!!',
      'x'.repeat(70),
      `${'x'.repeat(70)}y`,
    ];
    const made = names.map(slugOf);
    expect(new Set(made).size).toBe(names.length);
    for (const slug of made) expect(slug).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
    expect(slugOf('AT&T')).toBe(slugOf('at&t'));
  });
});
