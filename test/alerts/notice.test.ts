import { describe, expect, it } from 'vitest';
import { endNotice, firingNotice } from '../../src/alerts/notice.ts';
import type { ToldInputs } from '../../src/alerts/standing.ts';
import { dayOf, freshness, threshold, volume } from './days.ts';

const day = dayOf('2026-11-20');
const inputs = (change: Partial<ToldInputs> = {}): ToldInputs => ({
  ...{
    value: 1400,
    low: null,
    high: null,
    posts: 1400,
    windowFrom: day,
    threshold: 1200,
    recoverAbove: 800,
    usual: 400.3,
  },
  ...change,
});
const few = { value: 100, posts: 100, threshold: 133.4, recoverAbove: 200.4 };

describe('an alert without figures of sentiment', () => {
  it('says all that there is', () => {
    const told = { since: day - 2, told: { day, inputs: inputs() } };
    expect(firingNotice({ ...volume, brandName: 'Acme\n Air' }, 'firing', told)).toMatchSnapshot();
    expect(
      endNotice(
        volume,
        { span: { from: day - 3, to: day - 1 }, now: { day, inputs: inputs(few) }, lowest: undefined },
        {
          ...{ toldDay: day - 3, newestDay: day },
        },
      ),
    ).toMatchSnapshot();
  });

  it.each([
    ['more posts, on its first day', volume, 'firing', {}, day],
    ['more posts, still', volume, 'repeat', {}, day - 4],
    ['more posts, nearly over', volume, 'repeat', { value: 900 }, day - 1],
    ['at the limit', volume, 'firing', { value: 1200 }, day],
    ['fewer posts', volume, 'firing', few, day],
    ['fewer posts, nearly over', volume, 'firing', { ...few, value: 150 }, day],
    ['fewer posts, at the limit', volume, 'firing', { ...few, value: 133.4 }, day],
    ['as many as usual', volume, 'firing', { ...few, value: 400.3 }, day],
    ['nothing is usual', volume, 'firing', { usual: null }, day],
    ['no export', freshness, 'firing', { value: 31, threshold: 30 }, day],
    ['no export, still', freshness, 'repeat', { value: 55, threshold: 1 }, day - 1],
  ] as const)('in words: %s', (_, rule, kind, change, since) => {
    const { title, lead, certainty, resolve, subject, facts } = firingNotice(rule, kind, {
      ...{ since, told: { day, inputs: inputs(change) } },
    });
    const values = facts.map((fact) => `${fact.label} ${fact.value}`).join(', ');
    expect([subject, title, lead, certainty, resolve, values]).toMatchSnapshot();
  });

  const now = { day, inputs: inputs({ value: 410 }) };
  const span = { from: day - 3, to: day - 1 };
  it.each([
    ['volume', volume, { span, now }, day - 3],
    ['volume, a single day', volume, { span: { from: day - 1, to: day - 1 }, now }, day - 1],
    ['volume, undone', volume, { span: null, now }, day - 3],
    ['volume, undone, of an unknown day', volume, { span: null, now: null }, null],
    ['freshness', freshness, { span, now: { day, inputs: inputs({ value: 3 }) } }, day - 3],
    ['sentiment', threshold, { span, now }, day - 3],
    ['sentiment, undone', threshold, { span: null, now: null }, day - 3],
  ] as const)('is over, in words: %s', (_, rule, ended, toldDay) => {
    const notice = endNotice(rule, { ...ended, lowest: undefined }, { toldDay, newestDay: day });
    expect([notice.title, notice.lead, notice.certainty, notice.resolve, notice.day]).toMatchSnapshot();
  });
});
