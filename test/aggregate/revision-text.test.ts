import { describe, expect, it } from 'vitest';
import { bySize, revisionText } from '../../src/aggregate/revision-text.ts';
import { joinRevisions, type Revision } from '../../src/aggregate/revisions.ts';
import { parseDay } from '../../src/calendar.ts';

const DAY = parseDay('2026-03-12') ?? 0;
const numbers = (n: number, score: number, nPositive = Math.round(n / 2)) => ({
  ...{ n, nPositive, sumScore: Math.round(score * n * 1e6) },
});
const revision = (change: Partial<Revision> = {}): Revision => ({
  ...{ slug: 'acme', name: 'Acme', day: DAY, reasons: ['late_posts'], latePosts: 0 },
  ...{ before: numbers(100, 0.47), after: numbers(100, 0.44) },
  ...change,
});

describe('the text of a revision', () => {
  it.each([
    ['12 March: published 0.47, now 0.44, 312 late posts', { latePosts: 312 }],
    ['12 March: published 0.47, now 0.44, 1 late post', { latePosts: 1 }],
    ['12 March: published 0.47, now 0.44, another model', { reasons: ['model'] }],
    ['12 March: published 0.47, now 0.44, another model, 1,200 late posts', { reasons: ['model'], latePosts: 1200 }],
    ['12 March: published 0.47, now 0.44, corrected posts', { reasons: ['corrections'] }],
    ['12 March: published 0.47, now 0.44, other posts', {}],
    ['12 March: published 0.47, now 0.44, other posts', { reasons: ['brands'] }],
    ['12 March: published 0.47, now 0.44, 3 posts left out', { reasons: ['brands'], after: numbers(97, 0.44) }],
    ['12 March: published 0.47, now 0.44, other posts', { reasons: [], after: numbers(97, 0.44) }],
    [
      '12 March: published 0.47, now 0.44, 2 late posts, 1 post more by other settings',
      { reasons: ['brands'], latePosts: 2, after: numbers(103, 0.44) },
    ],
    ['12 March: published 0.470, now 0.472, other posts', { after: numbers(100, 0.472) }],
    ['12 March: published a positive rate of 50\u00a0%, now 52\u00a0%, other posts', { after: numbers(100, 0.47, 52) }],
    [
      '12 March: published a positive rate of 50.0\u00a0%, now 50.2\u00a0%, other posts',
      { before: numbers(1000, 0.47, 500), after: numbers(1000, 0.47, 502) },
    ],
    [
      '12 March: published 1 post, now 1,001, other posts',
      { before: numbers(1, 0.5, 1), after: numbers(1001, 0.5, 1001) },
    ],
    ['12 March: published 0.47, now no posts, other posts', { after: numbers(0, 0) }],
    ['12 March: published no posts, now 0.44, other posts', { before: numbers(0, 0) }],
    ['12 March 2025: published 0.47, now 0.44, other posts', { day: DAY - 365 }],
  ] as [string, Partial<Revision>][])('%s', (text, change) => {
    expect(revisionText(revision(change), 'mean_pos', DAY + 20)).toBe(text);
  });

  it('goes by the rate where that is what the page shows', () => {
    const text = (change: Partial<Revision>) => revisionText(revision(change), 'positive_rate', DAY);
    expect(text({ after: numbers(100, 0.47, 44) })).toBe('12 March: published 50\u00a0%, now 44\u00a0%, other posts');
    expect(text({})).toBe('12 March: published a mean score of 0.47, now 0.44, other posts');
    expect(text({ after: numbers(0, 0) })).toBe('12 March: published 50\u00a0%, now no posts, other posts');
  });
});

describe('the order of revisions', () => {
  it('is by how much a figure changed, then the rate, then the posts; days and brands where that is the same', () => {
    const list = [
      revision({ slug: 'gone', after: numbers(0, 0) }),
      revision({ slug: 'new', before: numbers(0, 0) }),
      revision({ slug: 'score', after: numbers(100, 0.17) }),
      revision({ slug: 'rate', after: numbers(100, 0.47, 75) }),
      revision({ slug: 'up', after: numbers(100, 0.6) }),
      revision({ slug: 'more', before: numbers(50, 0.47), after: numbers(100, 0.47) }),
      revision({ slug: 'half', before: numbers(100, 0.47), after: numbers(50, 0.47) }),
      revision({ slug: 'fewer', before: numbers(100, 0.47), after: numbers(90, 0.47) }),
      revision({ slug: 'a', after: numbers(100, 0.47) }),
      revision({ slug: 'b', after: numbers(100, 0.47) }),
      revision({ slug: 'earlier', day: DAY - 1, after: numbers(100, 0.47) }),
    ];
    const order = ['gone', 'new', 'score', 'rate', 'up', 'half', 'more', 'fewer', 'earlier', 'a', 'b'];
    expect(list.toSorted(bySize).map(({ slug }) => slug)).toEqual(order);
    expect(
      list
        .toReversed()
        .sort(bySize)
        .map(({ slug }) => slug),
    ).toEqual(order);
  });
});

describe('lines of the same day', () => {
  const line = (change: Record<string, unknown>) => ({
    ...{ brand_id: 1, slug: 'acme', name: 'Acme', day: DAY, run_id: 1, revised_on: DAY + 1, revision: 1 },
    ...{ reason: 'late_posts' as const, late_posts: 2, n_before: 10, n_positive_before: 5, sum_score_before: 5e6 },
    ...{ n_after: 12, n_positive_after: 6, sum_score_after: 6e6 },
    ...change,
  });

  it('become one, from what was said first to what holds now', () => {
    const second = line({
      reason: 'model',
      late_posts: 3,
      n_before: 12,
      n_after: 15,
      n_positive_after: 9,
      sum_score_after: 9e6,
    });
    expect(
      joinRevisions([
        line({}),
        second,
        line({ late_posts: 1, n_after: 16 }),
        line({ day: DAY + 1 }),
        line({ brand_id: 2 }),
      ]),
    ).toEqual([
      {
        ...{ slug: 'acme', name: 'Acme', day: DAY, reasons: ['late_posts', 'model'], latePosts: 6 },
        before: { n: 10, nPositive: 5, sumScore: 5e6 },
        after: { n: 16, nPositive: 6, sumScore: 6e6 },
      },
      expect.objectContaining({ day: DAY + 1, latePosts: 2 }),
      expect.objectContaining({ day: DAY, latePosts: 2 }),
    ]);
  });

  it.each([
    ['posts', { n_after: 11, n_positive_after: 5, sum_score_after: 5e6 }, 1],
    ['a mean score that prints the same', { n_after: 10, n_positive_after: 5, sum_score_after: 5e6 + 4000 }, 0],
    ['a mean score that prints otherwise', { n_after: 10, n_positive_after: 5, sum_score_after: 5e6 + 6000 }, 1],
    ['a rate', { n_after: 10, n_positive_after: 6, sum_score_after: 5e6 }, 1],
    ['nothing', { n_after: 10, n_positive_after: 5, sum_score_after: 5e6 }, 0],
    ['posts, to none', { n_after: 0, n_positive_after: 0, sum_score_after: 0 }, 1],
    ['nothing of no posts', { n_before: 0, n_after: 0, n_positive_after: 0, sum_score_after: 1 }, 0],
  ])('are told by a change of %s', (_what, change, count) => {
    expect(joinRevisions([line(change)])).toHaveLength(count);
  });
});
