import fc from 'fast-check';
import { expect, it } from 'vitest';
import { effectOf, spansOfAlert } from '../../src/alerts/drivers.ts';
import { maskHandles } from '../../src/alerts/handles.ts';
import { grownTerms } from '../../src/alerts/terms.ts';

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

it('an alert is compared with the week before the dip’s first window, on its first day and weeks later', () => {
  expect(spansOfAlert(98, 100, 100)).toEqual({ days: { from: 98, to: 100 }, before: { from: 91, to: 97 } });
  expect(spansOfAlert(128, 130, 100)).toEqual({ days: { from: 128, to: 130 }, before: { from: 91, to: 97 } });
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

it('handles of people are masked, the brand’s own and mail addresses are not', () => {
  expect(maskHandles('@AcmeAir why? cc @jane_doe, me@acme.example', ['@acmeair'])).toBe(
    '@AcmeAir why? cc @…, me@acme.example',
  );
});
