import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldDays } from '../../src/alerts/fold.ts';
import type { DayInput } from '../../src/alerts/measure.ts';
import type { ThresholdRule } from '../../src/alerts/rule.ts';
import { simulateNights } from '../../src/alerts/simulate.ts';
import { START } from '../../src/alerts/step.ts';
import { sentiment, threshold } from './days.ts';

const rules = fc
  .record({
    forDays: fc.integer({ min: 1, max: 4 }),
    confidence: fc.option(fc.constantFrom(0.8, 0.95)),
    gap: fc.constantFrom(0, 0.03),
    repeatEvery: fc.option(fc.integer({ min: 1, max: 9 })),
  })
  .map(({ gap, ...rule }): ThresholdRule => ({ ...threshold, ...rule, recoverAbove: threshold.below + gap }));

const series = fc
  .array(
    fc.record({
      value: fc.option(fc.double({ min: 0.38, max: 0.54, noNaN: true }), { freq: 6 }),
      posts: fc.integer({ min: 20, max: 200 }),
      kind: fc.constantFrom('day', 'day', 'day', 'day', 'stale', 'lost', 'none'),
    }),
    { maxLength: 60 },
  )
  .map((days) =>
    days.flatMap(({ value, posts, kind }, index): DayInput[] => {
      const day = 100 + index;
      if (kind === 'none') return [];
      if (kind === 'lost') return [{ ...sentiment(null, 0, { day }), smoothed: null }];
      return [sentiment(value, posts, { day, missingSources: kind === 'stale' ? ['export'] : [] })];
    }),
  );

describe('any series of days', () => {
  it('never fires or ends on too few posts or stale data, and each state follows from the one before', () => {
    fc.assert(
      fc.property(series, rules, (days, rule) => {
        let state = 'inactive';
        for (const { from, to, inputs, reason } of foldDays(START, days, rule)) {
          expect(from).toBe(state);
          if (inputs.posts < rule.minPosts || reason === 'stale') {
            expect(to === 'firing').toBe(from === 'firing');
            expect(to).not.toBe('resolved');
          }
          if (to === 'firing' && from !== 'firing') expect(inputs.value).toBeLessThan(rule.below);
          if (to === 'resolved') expect(inputs.value).toBeGreaterThanOrEqual(rule.recoverAbove);
          if (to === 'resolved') expect(from).toBe('firing');
          state = to;
        }
      }),
    );
  });

  it('gives the same when replayed, whole or from any day on', () => {
    fc.assert(
      fc.property(series, rules, fc.nat(60), (days, rule, at) => {
        const whole = foldDays(START, days, rule);
        expect(foldDays(START, days, rule)).toEqual(whole);
        const before = whole.slice(0, at).at(-1);
        const standing = before ? { state: before.to, daysBelow: before.daysBelow } : START;
        expect(foldDays(standing, days.slice(at), rule)).toEqual(whole.slice(at));
      }),
    );
  });

  it('fires for as many days as the rule asks before the first mail', () => {
    fc.assert(
      fc.property(series, rules, (days, rule) => {
        const decisions = foldDays(START, days, rule);
        for (const [index, { from, to }] of decisions.entries()) {
          if (from === 'firing' || to !== 'firing') continue;
          const below = decisions.slice(0, index + 1).filter(({ reason }) => reason !== 'no_data');
          const last = below
            .filter(({ reason }) => reason !== 'too_few_posts' && reason !== 'stale')
            .slice(-rule.forDays);
          expect(last).toHaveLength(rule.forDays);
          for (const { inputs } of last) expect(inputs.value).toBeLessThan(rule.below);
        }
      }),
    );
  });

  it('never sends two mails of a firing alert without an end between, and each end once', () => {
    fc.assert(
      fc.property(series, rules, (days, rule) => {
        const { mails } = simulateNights(rule, days, { from: 100, to: 170 });
        let open = false;
        for (const { kind } of mails) {
          if (kind === 'firing') expect(open).toBe(false);
          else expect(open).toBe(true);
          if (kind === 'repeat') expect(rule.repeatEvery).not.toBeNull();
          open = kind !== 'resolved';
        }
      }),
    );
  });

  it('repeats no sooner than asked', () => {
    fc.assert(
      fc.property(series, rules, (days, rule) => {
        const { mails } = simulateNights(rule, days, { from: 100, to: 170 });
        for (const [index, { kind, day }] of mails.entries()) {
          const before = mails[index - 1];
          if (kind === 'repeat' && before) expect(day - before.day).toBeGreaterThanOrEqual(rule.repeatEvery ?? 0);
        }
      }),
    );
  });
});
