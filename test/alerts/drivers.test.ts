import fc from 'fast-check';
import { expect, it } from 'vitest';
import { effectOf, ownWordsOf, spansOfAlert, spansOfDay } from '../../src/alerts/drivers.ts';
import { maskHandles } from '../../src/alerts/handles.ts';
import { grownTerms } from '../../src/alerts/terms.ts';
import { configSchema } from '../../src/config/schema.ts';

it('the effects of all groups add up to the change of the mean', () => {
  const side = fc.record({ posts: fc.integer({ min: 0, max: 50 }), score: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(fc.tuple(side, side), { minLength: 1, maxLength: 20 }), (pairs) => {
      const total = (index: 0 | 1) => {
        const posts = pairs.reduce((sum, pair) => sum + pair[index].posts, 0);
        return { posts, mean: pairs.reduce((sum, pair) => sum + pair[index].posts * pair[index].score, 0) / posts };
      };
      const [now, before] = [total(0), total(1)];
      fc.pre(now.posts > 0 && before.posts > 0);
      const all = pairs.map(([a, b]) => effectOf(a, b, { now: now.posts, before, mean: now.mean }));
      expect(all.reduce((sum, effect) => sum + effect, 0)).toBeCloseTo(now.mean - before.mean, 9);
    }),
  );
});

it('a group that was there before moves the mean only by what it says otherwise now', () => {
  // A tenth of the posts, 0.4 below the mean before; of those before a tenth as well, 0.2 below it: −0.04 + 0.02.
  const [now, before] = [
    { posts: 10, score: 0.2 },
    { posts: 5, score: 0.4 },
  ];
  const totals = { now: 100, before: { posts: 50, mean: 0.6 }, mean: 0.5 };
  expect(effectOf(now, before, totals)).toBeCloseTo(-0.02, 12);
  expect(effectOf(now, undefined, totals)).toBeCloseTo(-0.04, 12);
  // Without days before, the mean of the days themselves is what it differs from.
  expect(effectOf(now, before, { ...totals, before: null })).toBeCloseTo(-0.03, 12);
});

it('an alert is compared with the week before the dip’s first window, on its first day and weeks later', () => {
  expect(spansOfAlert(98, 100, 100)).toEqual({ days: { from: 98, to: 100 }, before: { from: 91, to: 97 } });
  expect(spansOfAlert(128, 130, 100)).toEqual({ days: { from: 128, to: 130 }, before: { from: 91, to: 97 } });
});

it('a day is compared with the week before it', () => {
  expect(spansOfDay(100)).toEqual({ days: { from: 100, to: 100 }, before: { from: 93, to: 99 } });
});

it('a brand’s own words are its name, aliases and the terms that find it, without @, and no patterns', () => {
  const config = configSchema.parse({
    brands: {
      'acme-air-lines': {
        ...{ name: 'Acme', aliases: ['@acmeair', 'me@acme'] },
        match: { any: ['#acme', '@AcmeHelp', { regex: 'ac+me' }] },
      },
      plain: {},
    },
  });
  expect(ownWordsOf(config, 'acme-air-lines')).toEqual([
    ...['acme air lines', 'Acme', 'acmeair', 'me@acme', '#acme', 'AcmeHelp'],
  ]);
  expect(ownWordsOf(config, 'gone')).toEqual(['gone', '']);
});

it('the words that grew are told, not those that were there, the brand’s own, or rare ones', () => {
  const before = Array.from(
    { length: 300 },
    (_, index) => `acme is late again ${index % 2 ? 'sorry' : 'crew'} flight late`,
  );
  const now = [
    ...Array.from({ length: 40 }, () => 'Lost luggage at Acme again, flight late'),
    ...Array.from({ length: 60 }, () => 'flight late @someone https://x.example/lost'),
    'unicorn',
  ];
  const terms = grownTerms(now, before, ['Acme', '@acmeair']);
  expect(terms.map(({ term }) => term)).toEqual(['lost luggage']);
  expect(terms[0]).toMatchObject({ now: 40, nowOf: 101, before: 0, beforeOf: 300 });
  expect(grownTerms([], before, [])).toEqual([]);
});

it('words that grew leave out numbers, links and the brand’s own hashtag, and are joined over links alone', () => {
  const now = new Array<string>(10).fill(
    '#acme refund #broken 2024 crew http://a.example/x claim www.b.example/y bag seat24',
  );
  const terms = grownTerms(now, new Array<string>(200).fill('fine flight today'), ['#Acme']);
  expect(terms.map(({ term }) => term)).toEqual(['bag seat24', 'crew claim', 'refund #broken']);
});

it('words that grew are those of three standard errors and four texts at least, but not single letters or emoji', () => {
  const texts = (count: number, all: number) =>
    Array.from({ length: all }, (_, index) => (index < count ? 'broken' : 'fine'));
  const terms = (now: readonly string[], before: readonly string[]) =>
    grownTerms(now, before, []).map(({ term }) => term);
  // z, by the definition: 3.32 and 2.86.
  expect(terms(texts(25, 30), texts(10, 20))).toEqual(['broken']);
  expect(terms(texts(28, 40), texts(7, 20))).toEqual([]);
  // 4.56, and with one text fewer 3.92.
  expect(terms(texts(4, 4), texts(3, 399))).toEqual(['broken']);
  expect(terms(texts(3, 3), texts(3, 399))).toEqual([]);
  expect(terms(texts(50, 50), [])).toEqual([]);
  const many = (text: string) => new Array<string>(50).fill(text);
  expect(terms(many('🙂 a'), many('fine'))).toEqual([]);
  expect(terms(many('42 24hours refund@jo’s'), many('fine'))).toEqual(['24hours refund']);
});

it('handles of people are masked, the brand’s own and mail addresses are not', () => {
  expect(maskHandles('@AcmeAir why? cc @jane_doe, me@acme.example', ['@acmeair'])).toBe(
    '@AcmeAir why? cc @…, me@acme.example',
  );
});
