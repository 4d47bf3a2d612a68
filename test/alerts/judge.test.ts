import { describe, expect, it } from 'vitest';
import { judge } from '../../src/alerts/judge.ts';
import { emptyDay } from '../../src/alerts/measure.ts';
import { baseline, freshness, sentiment, threshold, volume } from './days.ts';

const none = { low: null, high: null };

describe('the limit of a baseline, which says how far a figure must fall before anyone is told', () => {
  const usual = { value: 0.6, spread: 0.02, days: 28 };
  const day = (windowFrom: number, standardError: number | null) =>
    sentiment(0.4, 50, { usual, windowFrom, smoothed: { value: 0.4, low: 0.3, high: 0.5, standardError } });

  it.each([
    ['of one day is by how far single days are from what is usual', 1, 100, 0.01, 0.02 ** 2],
    ['of three days is nearer, as their mean varies less', 3, 98, 0.01, 0.02 ** 2 / 3],
    ['of a window cut short by another model is by the days that are left', 3, 99, 0.01, 0.02 ** 2 / 2],
    ['of three days with posts that lie apart is by three', 3, 90, 0.01, 0.02 ** 2 / 3],
    ['of few posts is by their error where that is larger', 3, 98, 0.05, 0.05 ** 2],
    ['of posts whose error is not known is by the days alone', 3, 98, null, 0.02 ** 2 / 3],
  ])('%s', (_, window, windowFrom, standardError, variance) => {
    // Three standard errors of the difference; the median of 28 days has an error too.
    const drop = 3 * Math.sqrt(variance + (1.57 * 0.02 ** 2) / 28);
    expect(judge(day(windowFrom, standardError), { ...baseline, window })).toEqual({
      ...{ verdict: 'bad', reason: 'below_threshold' },
      inputs: {
        ...{ value: 0.4, low: 0.3, high: 0.5, posts: 50, min_posts: 50, window_from: windowFrom },
        ...{ threshold: expect.closeTo(0.6 - drop, 9), recover_above: expect.closeTo(0.6 - drop / 2, 9) },
        ...{ usual: 0.6, usual_days: 28 },
      },
    });
  });

  it('is none where no day of the window has posts enough, or too few days are known', () => {
    const inputs = { posts: 50, threshold: null, recover_above: null, min_posts: 50, window_from: 98 };
    expect(judge(sentiment(null, 50, { usual }), baseline)).toEqual({
      ...{ verdict: 'nothing', reason: 'too_few_posts' },
      inputs: { ...inputs, ...none, value: null, usual: 0.6, usual_days: 28 },
    });
    expect(judge(sentiment(0.4, 50, { missingSources: ['feed'] }), baseline)).toEqual({
      ...{ verdict: 'nothing', reason: 'stale' },
      inputs: {
        ...{ ...inputs, value: 0.4, low: 0.4 - 0.0196, high: 0.4 + 0.0196 },
        ...{ usual: null, usual_days: 0, missing_sources: ['feed'] },
      },
    });
  });
});

describe('a threshold', () => {
  it('calls a day good from where the alert ends, and between below that', () => {
    const verdicts = [0.48, 0.4799, 0.45, 0.4499].map((value) => judge(sentiment(value), threshold).verdict);
    expect(verdicts).toEqual(['good', 'between', 'between', 'bad']);
  });

  it('is not surely passed by an interval that ends exactly there', () => {
    const rule = { ...threshold, confidence: 0.95 };
    const { upper } = judge(sentiment(0.43), rule).inputs;
    // 1.645 standard errors of 0.01 leave 5 % above.
    expect(upper).toBeCloseTo(0.43 + 0.0196, 4);
    const at = (below: number) => judge(sentiment(0.43), { ...rule, below }).reason;
    expect([at(upper ?? 0), at((upper ?? 0) + 1e-9)]).toEqual(['not_sure', 'below_threshold']);
  });
});

describe('a rule on volume', () => {
  const posts = (total: number, usual: number | null = 90) => ({
    ...{ ...emptyDay(100), total, windowPosts: total, windowFrom: 100 },
    usual: usual === null ? null : { value: usual, spread: 10, days: 28 },
  });
  const looked = (value: number, limit: number | null, end: number | null, usual: number | null = 90) => ({
    ...{ ...none, value, posts: value, threshold: limit, recover_above: end, min_posts: 30, window_from: 100 },
    ...{ usual, usual_days: usual === null ? 0 : 28 },
  });

  it.each([
    ['more than three times the usual is bad', posts(271), 'bad', 'more_posts', looked(271, 270, 180)],
    ['a third is between', posts(30), 'between', 'between', looked(30, 30, 45)],
    ['half is good', posts(45), 'good', 'usual_volume', looked(45, 30, 45)],
    ['as many as usual is compared with fewer', posts(90), 'good', 'usual_volume', looked(90, 30, 45)],
    ['as many as the rule asks for is enough', posts(2, 30), 'bad', 'fewer_posts', looked(2, 10, 15, 30)],
    ['fewer than that says nothing', posts(2, 29), 'nothing', 'too_few_posts', looked(2, 29 / 3, 14.5, 29)],
    ['without history nothing is said', posts(500, null), 'nothing', 'no_baseline', looked(500, null, null, null)],
  ])('%s', (_, day, verdict, reason, inputs) => {
    expect(judge(day, volume)).toEqual({ verdict, reason, inputs });
  });
});

it.each([
  [30, 'good', 'export_arrived'],
  [31, 'bad', 'no_export'],
  [null, 'nothing', 'no_data'],
])('a rule on freshness judges %s hours without an export by its limit of 30', (value, verdict, reason) => {
  const inputs = { ...none, value, posts: 0, threshold: 30, recover_above: 30, min_posts: 0, window_from: null };
  expect(judge({ ...emptyDay(100), hoursSinceExport: value }, freshness)).toEqual({ verdict, reason, inputs });
});
