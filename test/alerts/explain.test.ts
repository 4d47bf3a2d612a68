import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../db/schema.ts';
import {
  decisionText,
  ruleText,
  type SendInputs,
  type StoredDecision,
  sendText,
  stateText,
  storedDecision,
} from '../../src/alerts/explain.ts';
import { foldDays } from '../../src/alerts/fold.ts';
import { type DayInput, emptyDay } from '../../src/alerts/measure.ts';
import type { AlertRule } from '../../src/alerts/rule.ts';
import { START, type StepInputs } from '../../src/alerts/step.ts';
import { baseline, dayOf, freshness, sentiment, threshold, volume } from './days.ts';

/** What is said of each of these days. */
function told(rule: AlertRule, days: readonly DayInput[]): string[] {
  return foldDays(START, days, rule).map((decision) => `${stateText(decision.to)}: ${decisionText(rule, decision)}`);
}

describe('the words for a rule', () => {
  it.each<[AlertRule, string]>([
    [threshold, '3-day sentiment below 0.45'],
    [{ ...threshold, window: 1, forDays: 2 }, 'daily sentiment below 0.45, on 2 days in a row'],
    [
      { ...threshold, metric: 'positive_rate', confidence: 0.95 },
      '3-day positive rate below 45\u00a0%, with 95\u00a0% confidence',
    ],
    [
      { ...threshold, confidence: 0.975, forDays: 3 },
      '3-day sentiment below 0.45, with 97.5\u00a0% confidence, on 3 days in a row',
    ],
    [{ ...baseline, window: 7 }, '7-day sentiment more than 3 standard errors below its last 28 days'],
    [volume, 'posts a day more than 3 times the usual, or less than 33\u00a0% of it'],
    [
      { ...volume, forDays: 2 },
      'posts a day more than 3 times the usual, or less than 33\u00a0% of it, on 2 days in a row',
    ],
    [freshness, 'no export for more than 30 hours'],
    [{ ...freshness, hours: 1 }, 'no export for more than 1 hour'],
  ])('%#', (rule, text) => {
    expect(ruleText(rule)).toBe(text);
  });
});

describe('the words for a decision', () => {
  it('of a threshold', () => {
    const days = [
      sentiment(0.5, 1204),
      sentiment(0.4),
      sentiment(0.4, 50, { smoothed: { value: 0.4, low: null, high: null, standardError: null } }),
      sentiment(0.46),
      sentiment(0.4, 49),
      sentiment(0.9, 50, { missingSources: ['export', 'feed'] }),
      emptyDay(100),
      sentiment(0.48),
      sentiment(0.4496, 1),
    ];
    expect(told(threshold, days)).toMatchInlineSnapshot(`
      [
        "quiet: 0.50 (0.48–0.52) is not below 0.45, on 1,204 posts",
        "firing: 0.40 (0.38–0.42) is below 0.45, on 50 posts",
        "firing: 0.40 is still below 0.45, on 50 posts",
        "firing: 0.46 (0.44–0.48) is not below 0.45 any more, but not yet at 0.48, where it ends",
        "firing: 49 posts in the window, 50 needed",
        "firing: export, feed has not delivered this day to its end",
        "firing: the day has no posts",
        "resolved: 0.48 (0.46–0.50) has reached 0.48, where it ends, on 50 posts",
        "no data: 1 post in the window, 50 needed",
      ]
    `);
    expect(told({ ...threshold, forDays: 2 }, days.slice(1, 3))).toMatchInlineSnapshot(`
      [
        "pending: 0.40 (0.38–0.42) is below 0.45, on 1 of the 2 days in a row that it takes",
        "firing: 0.40 is below 0.45, on 50 posts",
      ]
    `);
    const unknown = { value: 0.3, low: null, high: null, standardError: null };
    expect(
      told({ ...threshold, metric: 'positive_rate', confidence: 0.95 }, [
        sentiment(0.44),
        sentiment(0.3, 50, { smoothed: unknown }),
      ]),
    ).toMatchInlineSnapshot(`
      [
        "pending: 44\u00a0% is below 45\u00a0%, but the interval reaches up to 46\u00a0%",
        "pending: 30\u00a0% is below 45\u00a0%, but the interval is unknown",
      ]
    `);
  });

  it('of a baseline', () => {
    const usual = { value: 0.6, spread: 0.02, days: 28 };
    const at = (value: number) => sentiment(value, 50, { usual, windowFrom: 100 });
    expect(
      told(baseline, [at(0.7), at(0.5), at(0.55), sentiment(0.1, 50, { usual: null }), at(0.6)]),
    ).toMatchInlineSnapshot(`
      [
        "quiet: 0.70 (0.68–0.72) is not below 0.54, where 0.60 is usual, on 50 posts",
        "firing: 0.50 (0.48–0.52) is below 0.54, where 0.60 is usual, on 50 posts",
        "firing: 0.55 (0.53–0.57) is not below 0.54 any more, but not yet at 0.57, where it ends",
        "firing: 0 earlier days to compare with, 14 needed",
        "resolved: 0.60 (0.58–0.62) has reached 0.57, where it ends, on 50 posts",
      ]
    `);
    expect(told({ ...baseline, forDays: 2 }, [at(0.5), at(0.5)])).toMatchInlineSnapshot(`
      [
        "pending: 0.50 (0.48–0.52) is below 0.54, where 0.60 is usual, on 1 of the 2 days in a row that it takes",
        "firing: 0.50 (0.48–0.52) is below 0.54, where 0.60 is usual, on 50 posts",
      ]
    `);
  });

  it('of a rule on volume', () => {
    const posts = (total: number, value: number | null = 90.4): DayInput => ({
      ...{ ...emptyDay(100), total, windowPosts: total },
      usual: value === null ? null : { value, spread: 10, days: 28 },
    });
    const days = [posts(100), posts(400), posts(200), posts(1), posts(60), posts(9, 2), posts(400, null)];
    expect(told(volume, days)).toMatchInlineSnapshot(`
      [
        "quiet: 100 posts, usually about 90: within the limits",
        "firing: 400 posts, usually about 90; the limit is 271 posts",
        "firing: 200 posts is nearer to the usual 90 posts, but not yet within 181 posts, where it ends",
        "firing: 1 post, usually about 90; the limit is 30 posts",
        "resolved: 60 posts, usually about 90: within the limits",
        "no data: 9 posts, usually about 2: with fewer than 30 nothing is decided",
        "no data: 0 earlier days to compare with, 14 needed",
      ]
    `);
    expect(told({ ...volume, forDays: 2 }, [posts(400), posts(3)])).toMatchInlineSnapshot(`
      [
        "pending: 400 posts, usually about 90; the limit is 271 posts, and this is day 1 of the 2 in a row that it takes",
        "firing: 3 posts, usually about 90; the limit is 30 posts",
      ]
    `);
  });

  it('of a rule on freshness', () => {
    const hours = (hoursSinceExport: number | null) => ({ ...emptyDay(100), hoursSinceExport });
    expect(told(freshness, [hours(null), hours(1), hours(31), hours(2)])).toMatchInlineSnapshot(`
      [
        "no data: no export has arrived yet",
        "quiet: the last export came 1 hour before; the limit is 30 hours",
        "firing: the last export came 31 hours before; the limit is 30 hours",
        "resolved: the last export came 2 hours before; the limit is 30 hours",
      ]
    `);
  });

  it.each<[AlertRule, StoredDecision['reason'], Partial<StepInputs>, string]>([
    [threshold, 'stale', {}, ' has not delivered this day to its end'],
    [baseline, 'no_baseline', { usual_days: 5 }, '5 earlier days to compare with, 14 needed'],
    [baseline, 'no_baseline', {}, '0 earlier days to compare with, 14 needed'],
    [
      ...([threshold, 'not_long_enough', { value: 0.4, days_below: 2, for: 3 }] as const),
      '0.40 is below 0.45, on 2 of the 3 days in a row that it takes',
    ],
    [
      ...([volume, 'not_long_enough', { value: 400, usual: 90, threshold: 270, days_below: 2, for: 3 }] as const),
      '400 posts, usually about 90; the limit is 270 posts, and this is day 2 of the 3 in a row that it takes',
    ],
    [threshold, 'not_sure', { value: 0.4, upper: 0.47 }, '0.40 is below 0.45, but the interval reaches up to 0.47'],
    [threshold, 'not_sure', { value: 0.4 }, '0.40 is below 0.45, but the interval is unknown'],
    // The figures have as many decimals as it takes to tell them from the limit.
    [threshold, 'below_threshold', { value: 0.4496, usual: null }, '0.4496 is below 0.4500, on 60 posts'],
    [
      threshold,
      'above_threshold',
      { value: 0.4504, usual: 0.5 },
      '0.4504 is not below 0.4500, where 0.5000 is usual, on 60 posts',
    ],
    [baseline, 'above_threshold', { value: 0.4504, threshold: null }, '0.45 is not below –, on 60 posts'],
    [threshold, 'above_threshold', { value: 0.5, low: 0.4 }, '0.50 is not below 0.45, on 60 posts'],
    [threshold, 'above_threshold', { value: 0.5, high: 0.6 }, '0.50 is not below 0.45, on 60 posts'],
  ])('of %# with what its day had', (rule, reason, change, text) => {
    const inputs = {
      ...{ value: null, low: null, high: null, posts: 60, threshold: 0.45, recover_above: 0.48, min_posts: 50 },
      ...{ window_from: 98, ...change },
    };
    expect(
      decisionText(rule, { from: 'inactive', to: reason === 'below_threshold' ? 'firing' : 'pending', reason, inputs }),
    ).toBe(text);
  });

  it('as it was stored', () => {
    const inputs = { value: 0.4, low: null, high: null, posts: 7, threshold: 0.45, recover_above: 0.48, min_posts: 5 };
    const row = { rule_id: 'r', day: 1, revision: 1, run_id: 1, data_seq: 1, inputs: JSON.stringify(inputs) };
    const states = { from_state: 'firing' as AlertState, to_state: 'firing' as AlertState, reason: 'below_threshold' };
    const stored = storedDecision({ ...row, ...states } as Parameters<typeof storedDecision>[0]);
    expect(stored).toEqual({ from: 'firing', to: 'firing', reason: 'below_threshold', inputs });
    expect(decisionText(threshold, stored)).toBe('0.40 is still below 0.45, on 7 posts');
  });
});

describe('the words for why a mail left or not', () => {
  const nothing: SendInputs = { told_firing_day: null, unusual: null, silence: null };
  const all: SendInputs = {
    ...{ told_firing_day: dayOf('2026-03-10'), unusual: 'posts 0 (usually 400)' },
    ...{ silence: { id: 4, until_ms: 0, author: 'jo' }, second_opinion: 'It read 200 posts.' },
  };
  it.each([
    'new_alert',
    'repeat_due',
    'ended',
    'undone',
    'rule_changed',
    'nothing_to_tell',
    'already_told',
    'later_told',
    'no_team',
    'no_recent_data',
    'brand_muted',
    'muted_weekday',
    'muted_date',
    'silenced',
    'unusual_input',
    'second_opinion',
  ] as const)('%s', (reason) => {
    const [short, long] = [nothing, all].map((inputs) => sendText(reason, inputs, (ms) => `noon of ${ms}`));
    expect(long === short ? short : [short, long]).toMatchSnapshot();
  });
});
