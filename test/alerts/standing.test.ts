import { describe, expect, it } from 'vitest';
import type { AlertEventRow } from '../../db/alerts.ts';
import { emptyDay } from '../../src/alerts/measure.ts';
import { recommendThreshold, simulateNights, sweepThresholds } from '../../src/alerts/simulate.ts';
import { currentDip, endedAlert, isFiringOn } from '../../src/alerts/standing.ts';
import { baseline, sentiment, threshold } from './days.ts';

/** A stored decision: `F` firing, `I` inactive, `R` resolved; in small letters one that said nothing. */
function events(states: string, figures: readonly number[] = []): AlertEventRow[] {
  const names = { f: 'firing', i: 'inactive', r: 'resolved' } as const;
  return [...states].map((letter, index) => {
    const isPlain = letter === letter.toUpperCase();
    const inputs = {
      ...{ value: figures[index] ?? 0.4, low: 0.3, high: 0.5, posts: 60, threshold: 0.45, recover_above: 0.48 },
      ...{ min_posts: 50, window_from: index === 0 ? null : 98 + index },
    };
    return {
      ...{ rule_id: 'r', day: 100 + index, revision: 1, run_id: 1, data_seq: 1, from_state: 'inactive' },
      to_state: names[letter.toLowerCase() as 'f' | 'i' | 'r'],
      ...{ reason: isPlain ? 'below_threshold' : 'too_few_posts', inputs: JSON.stringify(inputs) },
    } as AlertEventRow;
  });
}

describe('the alert that stands', () => {
  it('is none where the newest day has none', () => {
    expect(currentDip([])).toBeUndefined();
    expect(currentDip(events('FFI'))).toBeUndefined();
    expect(currentDip(events('If'))).toBeUndefined();
  });

  it('began after the newest day without, and is told by its newest day with a figure', () => {
    const dip = currentDip(events('FIiFFf', [0.2, 0.6, 0.7, 0.41, 0.42, 0.43]));
    expect(dip).toMatchObject({ since: 103, newest: { day: 105 }, before: { day: 101, value: 0.6 } });
    expect(dip?.told).toEqual({
      day: 104,
      inputs: {
        ...{ value: 0.42, low: 0.3, high: 0.5, posts: 60, threshold: 0.45, recoverAbove: 0.48 },
        ...{ usual: null, windowFrom: 102 },
      },
    });
    expect(currentDip(events('FF'))).toMatchObject({ since: 100, before: null, told: { day: 101 } });
    expect(currentDip(events('F'))?.told.inputs.windowFrom).toBe(100);
  });

  it.each(['value', 'threshold', 'recover_above'])('is not told without %s', (key) => {
    const [event] = events('F');
    const inputs = { ...JSON.parse(event?.inputs ?? ''), [key]: null };
    expect(currentDip([{ ...(event ?? expect.fail()), inputs: JSON.stringify(inputs) }])).toBeUndefined();
  });
});

describe('the alert that is over', () => {
  it('is the newest run of days, with the lowest of them and the newest figure', () => {
    const all = events('FIFFfRi', [0.1, 0.6, 0.41, 0.39, 0.2, 0.5, 0.9]);
    expect(endedAlert(all, 103)).toMatchObject({
      ...{ span: { from: 102, to: 104 }, lowest: { day: 103, value: 0.39 } },
      now: { day: 105, inputs: { value: 0.5 } },
    });
    expect(endedAlert(events('FFI'), 100).span).toEqual({ from: 100, to: 101 });
    expect(endedAlert(events('IFI'), 101).span).toEqual({ from: 101, to: 101 });
  });

  it('is undone where the day that was told is none of alert any more', () => {
    for (const [states, told] of [
      ['FFI', 102],
      ['FFI', null],
      ['FFI', 99],
      ['III', 101],
    ] as const)
      expect(endedAlert(events(states), told)).toMatchObject({ span: null, lowest: undefined, now: { day: 102 } });
    expect(endedAlert([], null)).toEqual({ span: null, lowest: undefined, now: null });
  });

  it('still holds on a day after the decision that the mail was about', () => {
    const days = events('IFI').filter(({ day }) => day !== 102);
    expect([null, 99, 100, 101, 105].map((day) => isFiringOn(days, day))).toEqual([false, false, false, true, true]);
    expect(isFiringOn(events('IFI'), 102)).toBe(false);
  });
});

describe('a rule on the days of the past', () => {
  const days = (values: readonly (number | null)[], first = 100) =>
    values.flatMap((value, index) => (value === null ? [] : [sentiment(value, 50, { day: first + index })]));
  const range = { from: 100, to: 120 };
  const history = days([0.5, 0.44, 0.4, 0.46, 0.5, 0.5, null, 0.44, null, null, null, null, 0.3]);

  it('would have given these alerts and mails', () => {
    const { alerts, mails, decisions } = simulateNights({ ...threshold, repeatEvery: 2 }, history, range);
    expect(alerts).toEqual([
      { from: 101, to: 103, resolvedOn: 104, worst: 0.4, mailed: true },
      { from: 107, to: 112, resolvedOn: null, worst: 0.3, mailed: true },
    ]);
    expect(mails).toEqual([
      { day: 101, kind: 'firing', value: 0.44, threshold: 0.45 },
      { day: 103, kind: 'repeat', value: 0.46, threshold: 0.45 },
      { day: 104, kind: 'resolved', value: 0.5, threshold: 0.45 },
      { day: 107, kind: 'firing', value: 0.44, threshold: 0.45 },
      { day: 109, kind: 'repeat', value: 0.44, threshold: 0.45 },
      { day: 112, kind: 'repeat', value: 0.3, threshold: 0.45 },
      { day: 114, kind: 'repeat', value: 0.3, threshold: 0.45 },
    ]);
    expect(decisions).toHaveLength(8);
    expect(simulateNights(threshold, history, { from: 102, to: 106 }).decisions.map(({ day }) => day)).toEqual([
      ...[102, 103, 104, 105],
    ]);
    expect(simulateNights(threshold, history, { from: 102, to: 104 }).mails.at(-1)?.day).toBe(104);
  });

  it('is taken to have a team and its mails on, at the times when they are', () => {
    const off = simulateNights({ ...threshold, team: null, mute: true }, history, range);
    expect(off.mails).toHaveLength(3);
    const every = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
    const never = simulateNights({ ...threshold, mute: [{ weekdays: [...every], dates: [] }] }, history, range);
    expect(never.mails).toEqual([]);
    expect(never.alerts.map(({ mailed }) => mailed)).toEqual([false, false]);
  });

  it('takes no worst figure from a day of too few posts or without its sources', () => {
    const few = [sentiment(0.44, 50, { day: 100 }), sentiment(0.1, 49, { day: 101 })];
    const stale = sentiment(0.1, 50, { day: 102, missingSources: ['x'] });
    expect(simulateNights(threshold, [...few, stale], range).alerts).toMatchObject([
      { from: 100, to: 102, worst: 0.44 },
    ]);
    expect(simulateNights(threshold, [], range)).toEqual({ alerts: [], mails: [], decisions: [] });
  });

  it('takes no worst figure from a day without posts, nor from one with nothing to compare with', () => {
    const gone = [sentiment(0.44, 50, { day: 100 }), emptyDay(101)];
    expect(simulateNights(threshold, gone, range).alerts).toMatchObject([{ from: 100, to: 101, worst: 0.44 }]);
    const usual = { value: 0.6, spread: 0.02, days: 28 };
    const unknown = [sentiment(0.5, 50, { day: 100, usual }), sentiment(0.1, 50, { day: 101, usual: null })];
    expect(simulateNights(baseline, unknown, range).alerts).toMatchObject([{ from: 100, to: 101, worst: 0.5 }]);
  });

  it('says of each alert whether the team would have heard of it', () => {
    const two = days([0.4, 0.5, 0.5, 0.4, 0.5]);
    const mailed = (...dates: string[]) =>
      simulateNights({ ...threshold, mute: [{ weekdays: [], dates }] }, two, range).alerts.map((alert) => alert.mailed);
    // The morning after day 100 is 1970-04-12.
    expect(mailed()).toEqual([true, true]);
    expect(mailed('1970-04-12')).toEqual([false, true]);
    expect(mailed('1970-04-15')).toEqual([true, false]);
  });

  it('under other thresholds', () => {
    const month = { from: 100, to: 100 + 60 };
    expect(sweepThresholds(threshold, history, month, [0.2, 0.42, 0.45])).toEqual([
      { below: 0.2, alerts: 0, perMonth: 0, firingShare: 0 },
      { below: 0.42, alerts: 2, perMonth: 2 / (61 / (365.25 / 12)), firingShare: 2 / 8 },
      { below: 0.45, alerts: 2, perMonth: 2 / (61 / (365.25 / 12)), firingShare: 5 / 8 },
    ]);
    expect(sweepThresholds(threshold, [], month, [0.2])).toEqual([
      { below: 0.2, alerts: 0, perMonth: 0, firingShare: 0 },
    ]);
    const below = (rule: typeof threshold, values: readonly number[]) =>
      sweepThresholds(rule, days(values), month).map((point) => point.below);
    expect(below(threshold, [0.445, 0.462])).toEqual([0.43, 0.44, 0.45, 0.46, 0.47, 0.48]);
    expect(below({ ...threshold, below: 0.375 }, [0.4])).toEqual([0.375, 0.39, 0.4, 0.41]);
    expect(below(threshold, [0, 1])).toHaveLength(101);
    expect(below({ ...threshold, metric: 'net_sentiment' }, [-1, -0.995])).toEqual([-1, -0.99, -0.98, 0.45]);
    expect(below(threshold, [])).toEqual([0.45]);
    const unsmoothed = [sentiment(null, 3, { day: 100 }), sentiment(0.45, 50, { day: 101 })];
    expect(sweepThresholds(threshold, unsmoothed, month).map((point) => point.below)).toEqual([0.44, 0.45, 0.46]);
  });

  it('with the most sensitive threshold that gives no more than was wished', () => {
    const point = (at: number, perMonth: number, firingShare = 0) => ({ below: at, alerts: 0, perMonth, firingShare });
    const best = (...points: ReturnType<typeof point>[]) => recommendThreshold(points, 1)?.below ?? null;
    expect(best(point(0.3, 0), point(0.4, 1), point(0.5, 1.1), point(0.6, 0))).toBe(0.4);
    expect(best(point(0.3, 0, 0.25), point(0.4, 0, 0.26))).toBe(0.3);
    expect([best(point(0.3, 2)), best()]).toEqual([null, null]);
  });
});
