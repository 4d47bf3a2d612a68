import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type From, pageOf } from '../../dashboard/day-posts.ts';
import { listPosts, type PostFilter } from '../../dashboard/post-list.ts';
import { scoreOf } from '../../src/aggregate/day-stats.ts';

const CLASSES = ['negative', 'neutral', 'positive'] as const;
const words = fc.stringMatching(/^[abÄß ]{0,6}$/);
const post = fc
  .record({ a: fc.integer({ min: 0, max: 4 }), b: fc.integer({ min: 0, max: 4 }), text: words })
  .map(({ a, b, text }) => {
    const [pNegative, pPositive] = [a / 8, b / 8];
    return { text, pNegative, pPositive, predicted: CLASSES[(a + b) % 3] ?? 'neutral' };
  });

async function* inParts<T>(all: readonly T[]): AsyncGenerator<T[]> {
  for (let start = 0; start < all.length; start += 7) yield all.slice(start, start + 7);
}

it('gives page by page what filtering and sorting all of them at once gives, forwards and backwards', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(post, { maxLength: 60 }),
      fc.record({
        class: fc.option(fc.constantFrom(...CLASSES), { nil: undefined }),
        term: fc.option(words, { nil: undefined }),
        min: fc.constantFrom(undefined, 0.25, 0.5),
        max: fc.constantFrom(undefined, 0.5, 0.75),
      }),
      fc.option(fc.constantFrom(0, 0.3, 0.5, 1), { nil: undefined }),
      fc.integer({ min: 1, max: 9 }),
      async (made, filter: PostFilter, mean, limit) => {
        const all = made.map((each, index) => ({
          ...{ ...each, postId: 3 * index + 1, score: scoreOf(each.pNegative, each.pPositive) },
        }));
        const list = await listPosts(inParts(all), mean);
        const usual = mean ?? all.reduce((sum, { score }) => sum + score, 0) / all.length;
        const term = (filter.term ?? '').trim().toLowerCase();
        // In steps, as rounding must not decide which of two equally far ones comes first.
        const weight = ({ score }: { score: number }) => Math.round(Math.abs(score - usual) * 2 ** 26);
        const expected = all
          .filter(({ predicted }) => filter.class === undefined || predicted === filter.class)
          .filter(({ score }) => score >= (filter.min ?? 0) && score <= (filter.max ?? 1))
          .filter(({ text }) => text.normalize('NFKC').toLowerCase().includes(term))
          .sort((a, b) => weight(b) - weight(a) || a.postId - b.postId)
          .map(({ postId }) => postId);
        const seen: number[] = [];
        for (let from: From = 'first'; ; ) {
          const page = pageOf(list, filter, from, limit);
          expect(page).toMatchObject({ matching: expected.length, total: all.length });
          expect(page.hasBefore).toBe(seen.length > 0);
          seen.push(...page.posts.map(({ postId }) => postId));
          for (const { postId, score, influence } of page.posts) {
            expect(score).toBe(all[(postId - 1) / 3]?.score);
            expect(influence).toBeCloseTo((score - usual) / all.length, 12);
          }
          const last = page.posts.at(-1);
          if (!page.hasAfter || !last) break;
          from = { after: last };
        }
        expect(seen).toEqual(expected);
        const back: number[] = [];
        for (let from: From = 'last'; ; ) {
          const page = pageOf(list, filter, from, limit);
          back.unshift(...page.posts.map(({ postId }) => postId));
          const [first] = page.posts;
          if (!page.hasBefore || !first) break;
          from = { before: first };
        }
        expect(back).toEqual(expected);
      },
    ),
    { numRuns: 100 },
  ));
