import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DayFigures } from '../../src/aggregate/figures.ts';
import { foldDays } from '../../src/alerts/fold.ts';
import type { Rule } from '../../src/alerts/rule.ts';
import { step } from '../../src/alerts/step.ts';

const rule: Rule = {
  ruleId: 'acme:mean_pos:00000000',
  brandSlug: 'acme',
  brandName: 'Acme',
  metric: 'mean_pos',
  below: 0.45,
  recoverAbove: 0.48,
  minPosts: 50,
  recipients: [],
};

function figures(value: number | null, windowPosts: number, day = 100): DayFigures {
  const of = (share: number) => ({ value: share, low: share - 0.01, high: share + 0.01, standardError: 0.005 });
  return {
    day,
    total: windowPosts,
    positives: 0,
    negatives: 0,
    users: windowPosts,
    meanPos: of(value ?? 0.5),
    positiveRate: of(0.9),
    correctedRate: null,
    ma3: value === null ? null : of(value),
    positiveRateMa3: value === null ? null : of(0.9),
    windowPosts,
    windowFrom: day - 2,
  };
}

describe('step', () => {
  it.each([
    ['inactive', 0.5, 50, 'inactive', 'above_threshold'],
    ['inactive', 0.45, 50, 'inactive', 'above_threshold'],
    ['inactive', 0.4499, 50, 'firing', 'below_threshold'],
    ['inactive', 0.1, 49, 'inactive', 'too_few_posts'],
    ['inactive', null, 0, 'inactive', 'too_few_posts'],
    ['inactive', 0.46, 50, 'inactive', 'above_threshold'],
    ['firing', 0.4, 50, 'firing', 'below_threshold'],
    ['firing', 0.45, 50, 'firing', 'between'],
    ['firing', 0.4799, 50, 'firing', 'between'],
    ['firing', 0.48, 50, 'inactive', 'recovered'],
    ['firing', 0.9, 49, 'firing', 'too_few_posts'],
    ['firing', 0.1, 49, 'firing', 'too_few_posts'],
    ['firing', null, 0, 'firing', 'too_few_posts'],
  ] as const)('%s at %s with %s posts: %s, %s', (state, value, posts, to, reason) => {
    expect(step(state, figures(value, posts), rule)).toMatchObject({ to, reason });
  });

  it.each(['inactive', 'firing'] as const)('a day without figures leaves %s as it is', (state) => {
    expect(step(state, null, rule)).toMatchObject({ to: state, reason: 'no_data' });
  });

  it('resolves at the threshold where no other value is set', () => {
    expect(step('firing', figures(0.45, 50), { ...rule, recoverAbove: 0.45 })).toMatchObject({ reason: 'recovered' });
  });

  it('looks at the metric of the rule', () => {
    const rate: Rule = { ...rule, metric: 'positive_rate' };
    expect(step('inactive', figures(0.1, 50), rate)).toMatchObject({ to: 'inactive', reason: 'above_threshold' });
  });

  it('keeps everything that it looked at', () => {
    expect(step('inactive', figures(0.4, 60), rule).inputs).toEqual({
      value: 0.4,
      low: 0.39,
      high: 0.41000000000000003,
      posts: 60,
      threshold: 0.45,
      recover_above: 0.48,
      min_posts: 50,
      window_from: 98,
    });
  });
});

describe('foldDays', () => {
  const series = fc
    .array(
      fc.record({
        value: fc.option(fc.double({ min: 0.3, max: 0.6, noNaN: true }), { freq: 5 }),
        posts: fc.integer({ min: 0, max: 100 }),
        gone: fc.boolean(),
      }),
      { maxLength: 60 },
    )
    .map((days) =>
      days.map(({ value, posts, gone }, day) => ({ day, figures: gone ? null : figures(value, posts, day) })),
    );

  it('never fires or resolves below min_posts, and each state follows from the one before', () => {
    fc.assert(
      fc.property(series, (days) => {
        let state = 'inactive';
        for (const decision of foldDays('inactive', days, rule)) {
          expect(decision.from).toBe(state);
          if (decision.inputs.posts < rule.minPosts) expect(decision.to).toBe(decision.from);
          const { value } = decision.inputs;
          if (decision.from === 'inactive' && decision.to === 'firing') expect(value).toBeLessThan(rule.below);
          if (decision.from === 'firing' && decision.to === 'inactive')
            expect(value).toBeGreaterThanOrEqual(rule.recoverAbove);
          state = decision.to;
        }
      }),
    );
  });

  it('gives the same when replayed, whole or from any day on', () => {
    fc.assert(
      fc.property(series, fc.nat(60), (days, at) => {
        const whole = foldDays('inactive', days, rule);
        expect(foldDays('inactive', days, rule)).toEqual(whole);
        const before = whole.slice(0, at).at(-1)?.to ?? 'inactive';
        expect(foldDays(before, days.slice(at), rule)).toEqual(whole.slice(at));
      }),
    );
  });
});
