import type { Estimate } from '../src/aggregate/estimate.ts';
import { formatDay } from '../src/calendar.ts';
import { bySlug, csvOf } from './daily-csv.ts';
import type { Period, PeriodBrand, PeriodFigures } from './period-model.ts';
import type { Column } from './tables.ts';

const COUNTS = ['days', 'total', 'positives', 'neutrals', 'negatives'].map((name) => ({
  name,
  type: 'whole' as const,
}));
const ESTIMATES = ['mean_pos', 'positive_rate'].flatMap((name) => withEnds(name));
const FIGURES: readonly Column[] = [...COUNTS, ...ESTIMATES];

/** The columns of a period's table: the figures of the period, those of the one before, and what changed. */
export const PERIOD_TABLE: readonly Column[] = [
  ...['brand', 'from', 'to'].map((name) => ({ name, type: 'text' as const })),
  ...FIGURES,
  ...FIGURES.map(({ name, type }) => ({ name: `before_${name}`, type })),
  ...withEnds('change'),
  { name: 'firing_days', type: 'whole' },
];

function withEnds(name: string): Column[] {
  return [name, `${name}_low`, `${name}_high`].map((column) => ({ name: column, type: 'number' }));
}

/** A record a brand, by slug. Changes are numbers, empty where the two periods don't compare. */
export function periodRecords(brands: readonly PeriodBrand[], period: Period): (string | number)[][] {
  return [...brands]
    .sort(bySlug)
    .map(({ slug, period: now, previous, change, threshold, firingDaysInPeriod }) => [
      ...[slug, formatDay(period.from), formatDay(period.to), ...cells(now), ...cells(previous), ...ends(change)],
      threshold === null ? '' : firingDaysInPeriod,
    ]);
}

export function periodCsv(brands: readonly PeriodBrand[], period: Period): string {
  return csvOf(
    PERIOD_TABLE.map(({ name }) => name),
    periodRecords(brands, period),
  );
}

function cells(figures: PeriodFigures | null): (string | number)[] {
  if (figures === null) return [...COUNTS.map(() => 0), ...ESTIMATES.map(() => '')];
  const { days, total, positives, negatives, meanPos, positiveRate } = figures;
  return [days, total, positives, total - positives - negatives, negatives, ...ends(meanPos), ...ends(positiveRate)];
}

function ends(estimate: Estimate | null): (number | '')[] {
  return [estimate?.value, estimate?.low, estimate?.high].map(number);
}

/** Six decimals, as a number: a minus at the start of a text gets an apostrophe. */
function number(value: number | null | undefined): number | '' {
  return value === null || value === undefined ? '' : Number(value.toFixed(6));
}
