import { describe, expect, it } from 'vitest';
import { decisionText, ruleText, type SendInputs, type StoredDecision, sendText } from '../../src/alerts/explain.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import type { SendReason } from '../../src/alerts/send.ts';
import type { StepInputs } from '../../src/alerts/step.ts';
import { parseConfig } from '../../src/config/load.ts';
import { dayOf } from './world.ts';

const ALERTS = [
  '{ below: 0.45, confidence: 0.95, for: 2 }',
  '{ type: baseline, standard_errors: 3, days: 28, metric: positive_rate }',
  '{ type: volume, times: 4 }',
  '{ type: freshness, hours: 36 }',
  '{ below: 0.45, window: 1 }',
];
const [threshold, baseline, volume, freshness, daily] = rulesOf(
  parseConfig(`brands:\n  acme:\n    alerts: [${ALERTS.join(', ')}]\n`, '/srv/monitor.yaml'),
);
if (!threshold || !baseline || !volume || !freshness || !daily) throw new Error('a rule is missing');

const INPUTS: StepInputs = {
  ...{ value: 0.4, low: 0.35, high: 0.44, posts: 120, threshold: 0.45, recover_above: 0.48, min_posts: 50 },
  window_from: null,
};

it('a rule is told as what it watches and when it fires', () => {
  expect([threshold, baseline, volume, freshness, daily].map(ruleText)).toEqual([
    '3-day sentiment below 0.45, with 95% confidence, on 2 days in a row',
    '3-day positive rate more than 3 standard errors below its last 28 days',
    'posts a day more than 4 times the usual, or less than 25% of it',
    'no export for more than 36 hours',
    'daily sentiment below 0.45',
  ]);
});

describe('a decision is told with its figures', () => {
  const told = (
    rule: typeof threshold,
    reason: StoredDecision['reason'],
    inputs: Partial<StepInputs> = {},
    from: StoredDecision['from'] = 'inactive',
    to: StoredDecision['to'] = 'firing',
  ) => decisionText(rule, { from, to, reason, inputs: { ...INPUTS, ...inputs } });

  it('of a rule on sentiment', () => {
    expect(told(threshold, 'below_threshold')).toBe('0.40 (0.35–0.44) is below 0.45, on 120 posts');
    expect(told(threshold, 'below_threshold', { low: null }, 'firing')).toBe('0.40 is still below 0.45, on 120 posts');
    expect(told(threshold, 'not_long_enough', { days_below: 1, for: 2 })).toBe(
      '0.40 (0.35–0.44) is below 0.45, on 1 of the 2 days in a row that it takes',
    );
    expect(told(threshold, 'not_sure', { upper: 0.47 })).toBe(
      '0.40 is below 0.45, but the interval reaches up to 0.47',
    );
    expect(told(threshold, 'not_sure')).toBe('0.40 is below 0.45, but the interval is unknown');
    expect(told(threshold, 'between', { value: 0.46 })).toContain(
      '0.46 (0.35–0.44) is not below 0.45 any more, but not yet at 0.48',
    );
    expect(told(threshold, 'recovered', { value: 0.5 })).toContain('has reached 0.48, where it ends, on 120 posts');
    expect(told(threshold, 'above_threshold', { value: 0.5 })).toContain('0.50 (0.35–0.44) is not below 0.45');
    expect(told(threshold, 'too_few_posts', { posts: 1 })).toBe('1 post in the window, 50 needed');
    expect(told(threshold, 'no_data')).toBe('the day has no posts');
    expect(told(threshold, 'stale', { missing_sources: ['a', 'b'] })).toBe(
      'a, b has not delivered this day to its end',
    );
    expect(told(baseline, 'no_baseline', { usual_days: 1 })).toMatch(/^1 earlier day to compare with, \d+ needed$/);
    expect(told(baseline, 'below_threshold', { usual: 0.6 })).toBe(
      '40% (35%–44%) is below 45%, where 60% is usual, on 120 posts',
    );
  });

  it('of a rule on the number of posts', () => {
    const inputs = { value: 900, low: null, high: null, usual: 200.4, threshold: 800, recover_above: 400 };
    expect(told(volume, 'more_posts', inputs)).toBe('900 posts, usually about 200; the limit is 800 posts');
    expect(told(volume, 'fewer_posts', { ...inputs, value: 1 })).toContain('1 post, usually about 200');
    expect(told(volume, 'usual_volume', { ...inputs, value: 210 })).toBe(
      '210 posts, usually about 200: within the limits',
    );
    expect(told(volume, 'between', { ...inputs, value: 500 })).toBe(
      '500 posts is nearer to the usual 200 posts, but not yet within 400 posts, where it ends',
    );
    expect(told(volume, 'too_few_posts', { ...inputs, posts: 3 })).toBe(
      '3 posts, usually about 200: with fewer than 50 nothing is decided',
    );
  });

  it('of a rule on the age of exports', () => {
    const inputs = { value: 40, threshold: 36 };
    for (const reason of ['no_export', 'export_arrived'] as const)
      expect(told(freshness, reason, inputs)).toBe('the last export came 40 hours before, 36 hours are allowed');
    expect(told(freshness, 'no_data')).toBe('no export has arrived yet');
    expect(told(freshness, 'no_export', { value: null })).toContain('came – before');
  });
});

describe('whether a mail left is told with what was looked at', () => {
  const NOTHING: SendInputs = { told_firing_day: null, unusual: null, silence: null };
  const SEEN: SendInputs = {
    ...{ told_firing_day: dayOf('2026-03-10'), unusual: 'twice the posts', second_opinion: 'It reads 0.52.' },
    silence: { id: 3, until_ms: 7, author: 'Ann' },
  };
  it.each<[SendReason, string, string]>([
    ['new_alert', 'the alert is new', 'the alert is new. It reads 0.52.'],
    ['repeat_due', 'an earlier day', 'the last mail was about 10 March'],
    ['ended', 'the alert is over', 'the alert is over'],
    ['undone', 'changed the day,', 'changed 10 March,'],
    ['rule_changed', 'its rule was changed or removed', 'its rule was changed'],
    ['nothing_to_tell', 'there is nothing to tell', 'nothing to tell'],
    ['already_told', 'the team has been told', 'the team has been told, about 10 March'],
    ['later_told', 'a later morning', 'a later morning'],
    ['no_team', 'has no team', 'has no team'],
    ['no_recent_data', 'no data for longer than the window', 'no data'],
    ['brand_muted', 'mute: true', 'mute: true'],
    ['muted_weekday', 'this day of the week', 'this day of the week'],
    ['muted_date', 'on this date', 'on this date'],
    ['silenced', 'a silence holds', 'silence 3 by Ann holds until 7'],
    ['unusual_input', 'the input is unusual', 'the input is unusual: twice the posts'],
    ['second_opinion', 'does not agree', 'does not agree. It reads 0.52.'],
  ])('%s', (reason, bare, full) => {
    expect(sendText(reason, NOTHING, String)).toContain(bare);
    expect(sendText(reason, SEEN, String)).toContain(full);
  });
});
