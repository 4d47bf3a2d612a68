import type { Estimate } from '../src/aggregate/estimate.ts';
import type { DayFigures } from '../src/aggregate/figures.ts';
import type { Metric } from '../src/config/schema.ts';
import { sparklineSvg } from './chart.ts';
import { count, countOf, interval, measure, shortDate, thresholdText } from './format.ts';
import { html, type Markup, raw } from './html.ts';
import {
  averageName,
  type BrandReport,
  commonWindow,
  metricOf,
  type SeriesContext,
  seriesOf,
  smoothedName,
} from './model.ts';
import { THEMED } from './palette.ts';

/** Days in a brand's own table. */
const DAYS_LISTED = 14;

/** One line a brand: how the newest day and the average stand. On a phone each line becomes a card. A brand's name leads to its section. */
export function summaryTable(
  brands: readonly BrandReport[],
  context: SeriesContext,
  hrefOf: (slug: string) => string = (slug) => `#${slug}`,
): Markup {
  const window = commonWindow(brands, context);
  const average =
    window !== undefined && brands.every((brand) => metricOf(brand) === 'mean_pos')
      ? smoothedName('mean_pos', { ...context, window })
      : averageName(brands, context);
  const rows = brands.map((brand) => {
    const { name, slug, state } = brand;
    const metric = metricOf(brand);
    const newest = brand.figures.findLast(({ day }) => day <= context.newestDay);
    const today = newest?.day === context.newestDay ? newest : undefined;
    const smoothed = seriesOf(brand).findLast(({ day }) => day === context.newestDay)?.smoothed;
    const threshold = brand.threshold === null ? '–' : thresholdText(brand.threshold.below, metric);
    return html`<tr>
<th scope="row"><a href="${hrefOf(slug)}">${name}</a></th>
<td data-label="Posts">${today ? count(today.total) : '0'}</td>
<td data-label="Positive rate">${estimateCell(today?.positiveRate, 'positive_rate')}</td>
<td data-label="${average}">${estimateCell(smoothed, metric)}${window !== undefined || !smoothed ? undefined : html` <small>over ${countOf(brand.window ?? context.window, 'day')}</small>`}</td>
<td data-label="Threshold">${threshold}</td>
<td data-label="State">${stateBadge(state)}</td>
<td class="spark">${raw(sparklineSvg(brand, context, THEMED))}</td>
</tr>
`;
  });
  return html`<table class="summary">
<thead><tr><th scope="col">Brand</th><th scope="col">Posts</th><th scope="col">Positive rate</th><th scope="col">${average}</th><th scope="col">Threshold</th><th scope="col">State</th><th scope="col">30 days</th></tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

/** A brand's newest days with their figures, newest first, folded away until asked for. */
export function daysTable(brand: BrandReport, context: SeriesContext): Markup {
  const listed = brand.figures
    .filter(({ day }) => day <= context.newestDay)
    .slice(-DAYS_LISTED)
    .reverse();
  // Only where a model has a correction: a column of dashes tells nothing.
  const corrected = listed.some(({ correctedRate }) => correctedRate !== null);
  return html`<details><summary>Figures of the last ${listed.length === 1 ? 'day' : `${listed.length} days`} with posts</summary>
<div class="scroll"><table class="days${corrected ? ' corrected' : ''}">
<thead><tr><th scope="col">Day</th><th scope="col">Posts</th><th scope="col">Positive</th><th scope="col">Positive rate</th>${corrected ? raw('<th scope="col">Corrected rate, 90&nbsp;%</th>') : undefined}<th scope="col">Mean score</th><th scope="col">${smoothedName('mean_pos', context)}</th></tr></thead>
<tbody>
${listed.map((figures) => dayRow(brand, figures, corrected))}</tbody>
</table></div></details>`;
}

function dayRow(brand: BrandReport, figures: DayFigures, corrected: boolean): Markup {
  const { day, total, positives, positiveRate, correctedRate, meanPos, ma3 } = figures;
  const firing = brand.firingDays.has(day);
  return html`<tr${firing ? raw(' class="firing-day"') : undefined}><th scope="row">${shortDate(day)}</th><td>${count(total)}<td>${count(positives)}<td>${estimateCell(positiveRate, 'positive_rate')}${corrected ? html`<td>${estimateCell(correctedRate, 'positive_rate')}` : undefined}<td>${estimateCell(meanPos, 'mean_pos')}<td>${estimateCell(ma3, 'mean_pos')}</tr>
`;
}

/** A figure with its interval in small print. */
export function estimateCell(estimate: Estimate | null | undefined, metric: Metric): Markup {
  if (!estimate) return html`–`;
  const ends = interval(estimate, metric);
  return html`${measure(estimate.value, metric)} <small>${ends}</small>`;
}

/** Where a brand's alert stands. */
export function stateBadge(state: BrandReport['state']): Markup {
  if (state === null) return html`<span class="state">no alerts</span>`;
  return state === 'firing'
    ? html`<span class="state firing">firing</span>`
    : html`<span class="state calm">calm</span>`;
}
