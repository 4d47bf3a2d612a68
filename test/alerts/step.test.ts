import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../db/schema.ts';
import { type DayInput, emptyDay } from '../../src/alerts/measure.ts';
import type { AlertRule } from '../../src/alerts/rule.ts';
import { type Reason, standingAfter, step } from '../../src/alerts/step.ts';
import { baseline, freshness, sentiment, threshold, volume } from './days.ts';

type Case = [name: string, from: AlertState | [AlertState, number], day: DayInput, to: AlertState, reason: Reason];

function check(rule: AlertRule, cases: readonly Case[]): void {
  it.each(cases)('%s', (_, from, day, to, reason) => {
    const [state, daysBelow] = typeof from === 'string' ? [from, 0] : from;
    expect(step({ state, daysBelow }, day, rule)).toMatchObject({ to, reason });
  });
}

const fine = sentiment(0.5);
const edge = sentiment(0.45);
const middle = sentiment(0.46);
const bad = sentiment(0.4);
const few = sentiment(0.1, 49);
const gone = emptyDay(100);
const stale = sentiment(0.1, 50, { missingSources: ['export'] });

describe('a threshold that fires at once', () => {
  check(threshold, [
    ['inactive stays so above the threshold', 'inactive', fine, 'inactive', 'above_threshold'],
    ['inactive stays so at the threshold itself', 'inactive', edge, 'inactive', 'above_threshold'],
    ['inactive stays so between threshold and recovery', 'inactive', middle, 'inactive', 'above_threshold'],
    ['inactive fires below the threshold', 'inactive', bad, 'firing', 'below_threshold'],
    ['inactive fires just below the threshold', 'inactive', sentiment(0.4499), 'firing', 'below_threshold'],
    ['inactive has no data with a post too few', 'inactive', few, 'no_data', 'too_few_posts'],
    ['inactive has no data without a figure', 'inactive', sentiment(null, 0), 'no_data', 'no_data'],
    ['inactive has no data when no day counts', 'inactive', sentiment(null, 3), 'no_data', 'too_few_posts'],
    ['inactive has no data when the posts are gone', 'inactive', gone, 'no_data', 'no_data'],
    ['inactive doesn’t fire on stale data', 'inactive', stale, 'no_data', 'stale'],
    ['firing goes on below the threshold', 'firing', bad, 'firing', 'below_threshold'],
    ['firing goes on at the threshold', 'firing', edge, 'firing', 'between'],
    ['firing goes on just short of recovery', 'firing', sentiment(0.4799), 'firing', 'between'],
    ['firing resolves at recovery', 'firing', sentiment(0.48), 'resolved', 'recovered'],
    ['firing resolves above recovery', 'firing', sentiment(0.9), 'resolved', 'recovered'],
    ['firing doesn’t resolve on too few posts', 'firing', sentiment(0.9, 49), 'firing', 'too_few_posts'],
    ['firing goes on with too few bad posts', 'firing', few, 'firing', 'too_few_posts'],
    ['firing goes on without data', 'firing', gone, 'firing', 'no_data'],
    [
      'firing isn’t resolved by stale data',
      'firing',
      { ...stale, ...sentiment(0.9), missingSources: ['x'] },
      'firing',
      'stale',
    ],
    ['resolved becomes inactive on a fine day', 'resolved', fine, 'inactive', 'above_threshold'],
    ['resolved becomes inactive between the limits', 'resolved', middle, 'inactive', 'above_threshold'],
    ['resolved fires again below the threshold', 'resolved', bad, 'firing', 'below_threshold'],
    ['resolved has no data with too few posts', 'resolved', few, 'no_data', 'too_few_posts'],
    ['resolved has no data on stale data', 'resolved', stale, 'no_data', 'stale'],
    ['no data becomes inactive on a fine day', 'no_data', fine, 'inactive', 'above_threshold'],
    ['no data becomes inactive between the limits', 'no_data', middle, 'inactive', 'above_threshold'],
    ['no data fires below the threshold', 'no_data', bad, 'firing', 'below_threshold'],
    ['no data stays so with too few posts', 'no_data', few, 'no_data', 'too_few_posts'],
    ['no data stays so without posts', 'no_data', gone, 'no_data', 'no_data'],
    ['pending of a rule that asked for more days fires', 'pending', bad, 'firing', 'below_threshold'],
  ]);

  it('ends at the threshold where no other value is set', () => {
    expect(step({ state: 'firing', daysBelow: 0 }, edge, { ...threshold, recoverAbove: 0.45 }).to).toBe('resolved');
  });

  it('keeps everything that it looked at', () => {
    const { inputs } = step({ state: 'inactive', daysBelow: 0 }, sentiment(0.4, 60), threshold);
    expect(inputs).toEqual({
      ...{ value: 0.4, low: 0.4 - 0.0196, high: 0.4 + 0.0196, posts: 60 },
      ...{ threshold: 0.45, recover_above: 0.48, min_posts: 50, window_from: 98 },
    });
  });
});

describe('a threshold that must hold for three days', () => {
  const rule = { ...threshold, forDays: 3 };
  check(rule, [
    ['the first day below is pending', 'inactive', bad, 'pending', 'not_long_enough'],
    ['the second day below is pending', ['pending', 1], bad, 'pending', 'not_long_enough'],
    ['the third day below fires', ['pending', 2], bad, 'firing', 'below_threshold'],
    ['a fine day ends pending', ['pending', 2], fine, 'inactive', 'above_threshold'],
    ['a day between the limits ends pending', ['pending', 2], middle, 'inactive', 'above_threshold'],
    ['a day of too few posts leaves pending', ['pending', 2], few, 'pending', 'too_few_posts'],
    ['a day without posts leaves pending', ['pending', 2], gone, 'pending', 'no_data'],
    ['stale data leaves pending', ['pending', 2], stale, 'pending', 'stale'],
    ['after an end it takes three days again', 'resolved', bad, 'pending', 'not_long_enough'],
    ['after no data it takes three days', 'no_data', bad, 'pending', 'not_long_enough'],
    ['firing needs one day to go on', 'firing', bad, 'firing', 'below_threshold'],
    ['firing goes on between the limits', 'firing', middle, 'firing', 'between'],
    ['firing needs one day to resolve', 'firing', fine, 'resolved', 'recovered'],
  ]);

  it.each([
    ['a day below counts', ['pending', 1], bad, 2],
    ['a day without data doesn’t count', ['pending', 1], gone, 1],
    ['a fine day starts anew', ['pending', 2], fine, 0],
    ['firing days count on', ['firing', 3], bad, 4],
  ] as const)('%s', (_, [state, daysBelow], day, counted) => {
    const result = step({ state, daysBelow }, day, rule);
    expect(result.daysBelow).toBe(counted);
    const stored = { to_state: result.to, inputs: JSON.stringify(result.inputs) };
    expect(standingAfter(stored)).toEqual({ state: result.to, daysBelow: counted });
  });
});

it('days beyond the limit are kept where there are some and more than one is asked for, and nothing of them elsewhere', () => {
  const kept = (rule: AlertRule, day: DayInput, daysBelow = 0) => {
    const { inputs } = step({ state: 'inactive', daysBelow }, day, rule);
    return Object.entries(inputs).filter(([key]) => key === 'days_below' || key === 'for');
  };
  const three = { ...threshold, forDays: 3 };
  expect(kept(three, bad)).toEqual([
    ['days_below', 1],
    ['for', 3],
  ]);
  expect(kept(three, gone, 2)).toEqual([
    ['days_below', 2],
    ['for', 3],
  ]);
  for (const [rule, day] of [
    [three, gone],
    [three, fine],
    [threshold, bad],
    [freshness, { ...gone, hoursSinceExport: 99 }],
  ] as const)
    expect(kept(rule, day)).toEqual([]);
});

describe('a threshold that asks for confidence', () => {
  const rule = { ...threshold, confidence: 0.95 };
  const reaching = sentiment(0.44);
  const unknown = sentiment(0.3, 50, { smoothed: { value: 0.3, low: null, high: null, standardError: null } });
  check(rule, [
    ['a figure whose interval reaches the threshold is pending', 'inactive', reaching, 'pending', 'not_sure'],
    ['one that stays unsure stays pending', ['pending', 4], reaching, 'pending', 'not_sure'],
    ['one that is sure fires', ['pending', 1], bad, 'firing', 'below_threshold'],
    ['a sure one fires at once', 'inactive', bad, 'firing', 'below_threshold'],
    ['firing goes on while unsure', 'firing', reaching, 'firing', 'not_sure'],
    ['without an interval nothing is sure', 'inactive', unknown, 'pending', 'not_sure'],
    ['an unsure pending ends above the threshold', ['pending', 1], middle, 'inactive', 'above_threshold'],
    ['no data that becomes unsure is pending', 'no_data', reaching, 'pending', 'not_sure'],
    ['resolved that becomes unsure is pending', 'resolved', reaching, 'pending', 'not_sure'],
  ]);

  it('asks for as much as the rule says', () => {
    // 0.44 and 1.645 standard errors of 0.01 reach 0.456; 0.674 of them don't.
    expect(step({ state: 'inactive', daysBelow: 0 }, reaching, { ...rule, confidence: 0.9 }).to).toBe('pending');
    expect(step({ state: 'inactive', daysBelow: 0 }, reaching, { ...rule, confidence: 0.5 }).to).toBe('firing');
  });
});

describe('a baseline', () => {
  // Usually 0.6, single days 0.02 around it: three standard errors of the difference are 0.063.
  const usual = { value: 0.6, spread: 0.02, days: 28 };
  const at = (value: number, change: Partial<DayInput> = {}) =>
    sentiment(value, 50, { usual, windowFrom: 100, ...change });
  check(baseline, [
    ['a small drop is as usual', 'inactive', at(0.56), 'inactive', 'above_threshold'],
    ['a drop of more than three standard errors fires', 'inactive', at(0.53), 'firing', 'below_threshold'],
    ['a rise never fires', 'inactive', at(0.9), 'inactive', 'above_threshold'],
    ['firing goes on while half of the drop is left', 'firing', at(0.55), 'firing', 'between'],
    ['firing ends when less than half is left', 'firing', at(0.58), 'resolved', 'recovered'],
    ['without history nothing is decided', 'inactive', at(0.1, { usual: null }), 'no_data', 'no_baseline'],
    ['firing goes on without history', 'firing', at(0.9, { usual: null }), 'firing', 'no_baseline'],
    ['too few posts decide nothing', 'inactive', { ...at(0.1), windowPosts: 49 }, 'no_data', 'too_few_posts'],
    ['stale data decides nothing', 'inactive', at(0.1, { missingSources: ['x'] }), 'no_data', 'stale'],
  ]);

  it('ignores changes that are small, however sure they are', () => {
    const sure = { value: 0.6, spread: 0, days: 28 };
    const day = at(0.585, { usual: sure, smoothed: { value: 0.585, low: 0.58, high: 0.59, standardError: 0.001 } });
    expect(step({ state: 'inactive', daysBelow: 0 }, day, baseline).to).toBe('inactive');
    expect(step({ state: 'inactive', daysBelow: 0 }, day, { ...baseline, ignoreSmallChanges: 0.01 }).to).toBe('firing');
  });
});

describe('a rule on volume', () => {
  const usual = { value: 90, spread: 10, days: 28 };
  const posts = (total: number, change: Partial<DayInput> = {}): DayInput => ({
    ...{ ...emptyDay(100), total, windowPosts: total, usual },
    ...change,
  });
  check(volume, [
    ['as many as usual is quiet', 'inactive', posts(100), 'inactive', 'usual_volume'],
    ['more than three times as many fires', 'inactive', posts(271), 'firing', 'more_posts'],
    ['three times as many doesn’t', 'inactive', posts(270), 'inactive', 'usual_volume'],
    ['less than a third fires', 'inactive', posts(29), 'firing', 'fewer_posts'],
    ['no posts at all fire', 'inactive', posts(0), 'firing', 'fewer_posts'],
    ['firing goes on at more than twice the usual', 'firing', posts(200), 'firing', 'between'],
    ['firing ends at twice the usual', 'firing', posts(180), 'resolved', 'usual_volume'],
    [
      'few posts instead of few are no news',
      'inactive',
      posts(9, { usual: { ...usual, value: 2 } }),
      'no_data',
      'too_few_posts',
    ],
    [
      'fewer posts of a day that isn’t delivered are none',
      'inactive',
      posts(0, { missingSources: ['x'] }),
      'no_data',
      'stale',
    ],
    ['more posts are, whoever is missing', 'inactive', posts(400, { missingSources: ['x'] }), 'firing', 'more_posts'],
    ['without history nothing is decided', 'inactive', posts(500, { usual: null }), 'no_data', 'no_baseline'],
  ]);
});

describe('a rule on freshness', () => {
  const hours = (hoursSinceExport: number | null) => ({ ...emptyDay(100), hoursSinceExport });
  check(freshness, [
    ['an export of this night is fine', 'inactive', hours(2), 'inactive', 'export_arrived'],
    ['one at the limit is fine', 'inactive', hours(30), 'inactive', 'export_arrived'],
    ['one beyond it fires', 'inactive', hours(31), 'firing', 'no_export'],
    ['firing goes on', 'firing', hours(55), 'firing', 'no_export'],
    ['firing ends with an export', 'firing', hours(1), 'resolved', 'export_arrived'],
    ['before the first export there is no data', 'inactive', hours(null), 'no_data', 'no_data'],
  ]);
});
