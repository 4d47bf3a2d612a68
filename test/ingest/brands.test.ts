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

describe('brands whose names meet', () => {
  const named = (column: string, settings: Record<string, unknown>) =>
    createMatcher(configSchema.parse({ brands: settings }).brands)('', column);

  it('are told by slug before name, by name before alias, and else by which comes first', () => {
    const settings = {
      'acme-air': { name: 'Bolt', aliases: ['Delta', 'wings'] },
      bolt: { name: 'Delta' },
      third: { name: 'Wings of Acme', aliases: ['wings', 'acme air'] },
    };
    expect(named('BOLT', settings)).toEqual([{ slug: 'bolt', name: 'Delta' }]);
    expect(named('delta', settings)).toEqual([{ slug: 'bolt', name: 'Delta' }]);
    expect(named('wings', settings)).toEqual([{ slug: 'acme-air', name: 'Bolt' }]);
    expect(named('Acme-Air', settings)).toEqual([{ slug: 'acme-air', name: 'Bolt' }]);
    expect(named('acme  air', settings)).toEqual([{ slug: 'acme-air', name: 'Bolt' }]);
    expect(named(' \t', settings)).toEqual([]);
    expect(named('', settings)).toEqual([]);
    expect(named('constructor', settings)).toEqual([{ slug: 'constructor', name: 'constructor' }]);
  });

  it('are all remembered as they are, however many a column has', () => {
    const match = createMatcher(configSchema.parse({ brands: { acme: { name: 'Acme' } } }).brands);
    const columns = Array.from({ length: 10_002 }, (_, n) => `b ${n}`);
    for (const column of [...columns, ...columns.slice(0, 3)])
      expect(match('', column)[0]?.slug === column.replace(' ', '-') || column).toBe(true);
    expect(match('', 'ACME')).toEqual([{ slug: 'acme', name: 'Acme' }]);
  });

  it('are looked up once each, of which ten thousand are remembered', () => {
    const match = createMatcher({});
    const [first] = match('', 'b 0');
    for (let n = 1; n < 10_000; n += 1) match('', `b ${n}`);
    expect(match('', 'b 0')[0]).toBe(first);
    match('', 'b 10000');
    expect(match('', 'b 0')[0]).not.toBe(first);
    expect(match('', 'b 0')).toEqual([first]);
  });
});

describe('terms of a brand', () => {
  const found = (any: unknown[], text: string, none: unknown[] = []) => {
    const { brands } = configSchema.parse({ brands: { acme: { match: { any, none } } } });
    return createMatcher(brands)(text, '').length === 1;
  };
  it.each([
    [['a.b', 'c'], 'a.b', true],
    [['a.b', 'c'], 'axb', false],
    [['a+b (c)'], 'so a+b  (c)!', true],
    [['big acme'], 'acme big', false],
    [['big acme'], 'BIG\n\tACME', true],
    [['acme', 'acme air'], 'the acme', true],
    [['air acmeair', 'acme'], 'acme', true],
    [['acmeair', 'acme'], 'acme', true],
    [['acme air', 'acmeair'], 'acmeair', true],
    [['acme'], 'acmé', false],
    [['acme'], 'acme\u0301', false],
    [[{ regex: 'ac+me' }], 'an accccme', true],
    [[{ regex: 'ac+me' }], 'acme', true],
    [['bolt', { regex: 'ac+me' }], 'a bolt', true],
    [[{ regex: 'ac+me' }, { regex: 'bo?lt' }], 'a blt', true],
    [['bolt', { regex: 'ac+me' }], 'nothing', false],
    [[], 'acme', false],
    [['&#9;'], 'acme', false],
    [['&nbsp;', 'acme'], 'bolt', false],
  ])('%j in %j: %s', (any, text, expected) => {
    expect(found(any, text)).toBe(expected);
  });

  it('that exclude win over those that find', () => {
    expect(found(['acme'], 'acme', ['acme air', { regex: 'gu.tar' }])).toBe(true);
    expect(found(['acme'], 'acme air', ['acme air', { regex: 'gu.tar' }])).toBe(false);
    expect(found(['acme'], 'acme guitar', ['acme air', { regex: 'gu.tar' }])).toBe(false);
  });
});

describe('slugs of unknown brands', () => {
  it('are the name where it can be spelt out, else its start and a hash', () => {
    expect(slugOf('x'.repeat(63))).toBe('x'.repeat(63));
    expect(slugOf('x'.repeat(64))).toMatch(/^x{50}-[0-9a-f]{12}$/);
    expect(slugOf('a b & c')).toMatch(/^a-b-c-[0-9a-f]{12}$/);
    expect(slugOf(`${'x'.repeat(49)} y!`)).toMatch(/^x{49}-[0-9a-f]{12}$/);
    expect(slugOf('Élan')).toMatch(/^elan-[0-9a-f]{12}$/);
    expect(slugOf('!!')).toMatch(/^brand-[0-9a-f]{12}$/);
  });

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
