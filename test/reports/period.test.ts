import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeOf, lastPeriod, type PeriodBrand } from '../../reports/period-model.ts';
import { periodPage } from '../../reports/period-page.ts';
import { periodCsv } from '../../reports/period-table.ts';
import { formatDay, formatDayAs, parseDay } from '../../src/calendar.ts';
import { brandReport, CONTEXT } from './world.ts';

const day = (iso: string): number => parseDay(iso) ?? 0;

describe('lastPeriod', () => {
  it.each([
    ['week', '2026-03-30', '2026-03-23', '2026-03-29', '2026-03-16'],
    ['week', '2026-04-05', '2026-03-23', '2026-03-29', '2026-03-16'],
    ['month', '2026-04-01', '2026-03-01', '2026-03-31', '2026-02-01'],
    ['month', '2026-01-15', '2025-12-01', '2025-12-31', '2025-11-01'],
  ] as const)('the last %s before %s is from %s to %s', (kind, asOf, from, to, before) => {
    const period = lastPeriod(kind, day(asOf));
    expect([period.from, period.to, period.before.from].map(formatDay)).toEqual([from, to, before]);
  });

  it('is whole, ended, and touches the one before', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: -3_000, max: 40_000 }),
        fc.constantFrom('week' as const, 'month' as const),
        (asOf, kind) => {
          const { from, to, before } = lastPeriod(kind, asOf);
          expect(to).toBeLessThan(asOf);
          expect(before.to).toBe(from - 1);
          expect(kind === 'week' ? to - from : formatDayAs(from, 'd')).toEqual(kind === 'week' ? 6 : '1');
          expect(asOf - to).toBeLessThanOrEqual(31);
        },
      ),
    ));
});

describe('periodPage', () => {
  const estimate = (value: number, standardError = 0.01) => ({
    ...{ value, low: value - 0.02, high: value + 0.02, standardError },
  });
  const figures = {
    days: 7,
    total: 840,
    positives: 400,
    negatives: 300,
    meanPos: estimate(0.41),
    positiveRate: estimate(0.476),
  };
  const previous = { ...figures, total: 700, meanPos: estimate(0.56) };
  const brand: PeriodBrand = {
    ...brandReport({ slug: 'acme', name: 'Acme <b>' }),
    ...{ period: figures, previous, change: changeOf(figures.meanPos, previous.meanPos), firingDaysInPeriod: 3 },
  };
  const quiet: PeriodBrand = {
    ...brand,
    slug: 'quiet',
    name: 'Quiet',
    period: null,
    change: null,
    firingDaysInPeriod: 0,
  };
  const period = lastPeriod('week', CONTEXT.asOf);

  it('tells each brand in a sentence, with the numbers of the CSV', () => {
    const page = periodPage([brand, quiet], period, CONTEXT);
    expect(page).toContain(
      'Acme &lt;b&gt;’s mean score was 0.41 (0.39–0.43), down by 0.150 from the week before. 840 posts; an alert fired on 3 days.',
    );
    expect(page).toContain('Quiet has no posts in this week.');
    expect(page).not.toMatch(/<script|NaN|undefined|\[object/);
    const [first, second] = parse(periodCsv([quiet, brand], period), { columns: true }) as Record<string, string>[];
    expect(first).toMatchObject({
      ...{ brand: 'acme', from: '2026-03-23', to: '2026-03-29', total: '840', neutrals: '140', mean_pos: '0.41' },
      ...{ before_total: '700', change: '-0.15', change_low: '-0.177718', firing_days: '3' },
    });
    expect(second).toMatchObject({ brand: 'quiet', total: '0', mean_pos: '', change: '' });
    expect(page).toContain('−0.150 <small>−0.178 to −0.122</small>');
  });

  it('holds without brands', () => {
    expect(periodPage([], period, CONTEXT)).toContain('0 posts about 0 brands; no alert fired.');
  });
});
