import type { BrandComparison, ComparedDay } from '../../jobs/model-compare.ts';
import { csvOf } from '../../reports/daily-csv.ts';
import type { DayFigures } from '../aggregate/figures.ts';
import { type Day, formatDay } from '../calendar.ts';
import { formatShare, formatTable } from './output.ts';

/** Each brand's level under both, its shift, and the alerts that would differ. */
export function comparisonText(brands: readonly BrandComparison[], names: { a: string; b: string }): string {
  if (brands.length === 0) return 'There are no daily figures to compare.';
  const table = formatTable(
    ['brand', 'days', 'mean a', 'mean b', 'shift', 'positive a', 'positive b', 'shift', 'alert days a only', 'b only'],
    brands.map(({ name, common, meanPos, positiveRate, days }) => [
      ...[name, String(common), formatShare(meanPos?.a), formatShare(meanPos?.b), formatShift(meanPos?.shift)],
      ...[formatShare(positiveRate?.a), formatShare(positiveRate?.b), formatShift(positiveRate?.shift)],
      String(days.filter(({ a, b, firingA, firingB }) => a && b && firingA && !firingB).length),
      String(days.filter(({ a, b, firingA, firingB }) => a && b && firingB && !firingA).length),
    ]),
  );
  const alerts = brands.flatMap(({ alerts }) =>
    alerts.flatMap(({ rule, onlyA, onlyB }) => [
      ...(onlyA.length > 0 ? [`  ${rule} fires only with ${names.a}: ${spansOf(onlyA)}`] : []),
      ...(onlyB.length > 0 ? [`  ${rule} fires only with ${names.b}: ${spansOf(onlyB)}`] : []),
    ]),
  );
  return [
    `a is ${names.a}, b is ${names.b}. Mean scores and positive rates are over the days that both have:`,
    '',
    table,
    '',
    ...(alerts.length === 0 ? ['No alert would differ.'] : ['Alerts that differ:', ...alerts]),
  ].join('\n');
}

/** A brand's newest days side by side. */
export function daysText({ name, days }: BrandComparison, newest: number): string {
  const cells = (figures: DayFigures | null, firing: boolean) =>
    figures === null
      ? ['–', '–', '–', '']
      : [
          ...[
            formatShare(figures.meanPos.value),
            formatShare(figures.ma3?.value),
            formatShare(figures.positiveRate.value),
          ],
          firing ? 'firing' : '',
        ];
  const header = (side: 'a' | 'b') => [`mean ${side}`, `average ${side}`, `positive ${side}`, `alert ${side}`];
  const table = formatTable(
    ['day', 'posts', ...header('a'), ...header('b')],
    days
      .slice(-newest)
      .map(({ day, a, b, firingA, firingB }) => [
        ...[formatDay(day), String(a?.total ?? b?.total ?? 0)],
        ...cells(a, firingA),
        ...cells(b, firingB),
      ]),
  );
  return `${name}\n${table}`;
}

const SIDE = ['posts', 'mean_pos', 'ma3', 'positive_rate', 'firing'];

/** Every brand's days side by side as CSV; a side without the day has empty cells. */
export function comparisonCsv(brands: readonly BrandComparison[]): string {
  const side = (figures: DayFigures | null, firing: boolean) =>
    figures === null
      ? ['', '', '', '', '']
      : [
          ...[String(figures.total), figures.meanPos.value.toFixed(6), figures.ma3?.value.toFixed(6) ?? ''],
          ...[figures.positiveRate.value.toFixed(6), String(firing)],
        ];
  return csvOf(
    ['brand', 'day', ...SIDE.map((column) => `${column}_a`), ...SIDE.map((column) => `${column}_b`)],
    brands.flatMap(({ brand, days }) =>
      days.map(({ day, a, b, firingA, firingB }) => [brand, formatDay(day), ...side(a, firingA), ...side(b, firingB)]),
    ),
  );
}

/** The same for machines. */
export function comparisonDocument(brands: readonly BrandComparison[]): unknown[] {
  return brands.map((brand) => ({
    ...{ brand: brand.brand, name: brand.name, days: brand.common },
    ...{ mean_pos: brand.meanPos, positive_rate: brand.positiveRate },
    alerts: brand.alerts.map(({ rule, onlyA, onlyB }) => ({
      rule,
      only_a: onlyA.map(formatDay),
      only_b: onlyB.map(formatDay),
    })),
  }));
}

/** A brand's days for machines. */
export function daysDocument(days: readonly ComparedDay[]): unknown[] {
  const side = (figures: DayFigures | null, firing: boolean) =>
    figures && {
      ...{ posts: figures.total, mean_pos: figures.meanPos.value, ma3: figures.ma3?.value ?? null },
      ...{ positive_rate: figures.positiveRate.value, firing },
    };
  return days.map(({ day, a, b, firingA, firingB }) => ({
    day: formatDay(day),
    a: side(a, firingA),
    b: side(b, firingB),
  }));
}

function formatShift(value: number | undefined): string {
  return value === undefined ? '–' : `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

/** Days as people write them: 2026-03-01 to 2026-03-04, 2026-03-09. */
function spansOf(days: readonly Day[]): string {
  const spans: { from: Day; to: Day }[] = [];
  for (const day of days) {
    const last = spans.at(-1);
    if (last && day === last.to + 1) last.to = day;
    else spans.push({ from: day, to: day });
  }
  return spans
    .map(({ from, to }) => (from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`))
    .join(', ');
}
