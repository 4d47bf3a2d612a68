import { lastSeriesDay } from '../../db/series.ts';
import type { Reader } from '../../db/store.ts';
import { brandReportsOf } from '../../jobs/brand-reports.ts';
import { seriesContext } from '../../jobs/report.ts';
import { chartSvg } from '../../reports/chart.ts';
import { count, longDate, shortDate } from '../../reports/format.ts';
import { headline } from '../../reports/headline.ts';
import { html, type Markup, raw } from '../../reports/html.ts';
import { type BrandReport, type SeriesContext, smoothedName } from '../../reports/model.ts';
import { eventList, revisionList } from '../../reports/page-history.ts';
import { legend } from '../../reports/page-notes.ts';
import { estimateCell, stateBadge } from '../../reports/page-tables.ts';
import { THEMED } from '../../reports/palette.ts';
import { dayRange } from '../../reports/scales.ts';
import { type Day, formatDay } from '../../src/calendar.ts';
import type { Page } from '../frame.ts';
import { NotFound } from '../refusal.ts';
import { type Service, snapshot } from '../service.ts';

/** How far back a brand's page looks, in days. */
export const SPANS = ['30', '90', '365', 'all'] as const;
export type Span = (typeof SPANS)[number];

export const pathOfBrand = (slug: string): string => `/brands/${encodeURIComponent(slug)}`;

/** The widths at which a chart's words are readable on a desk and on a phone. */
const WIDE = 900;
const NARROW = 400;
/** The margins of reports/chart.ts, for telling the day under the pointer. */
const MARGIN = { left: 42, right: 50 };

/** A brand's report and what it has in common with others. Errors: NotFound for a brand without figures. */
export async function brandOn(
  reader: Reader,
  { config }: Service,
  slug: string,
  from?: (newestDay: Day) => Day | undefined,
): Promise<{ brand: BrandReport; context: SeriesContext }> {
  const newestDay = await lastSeriesDay(reader);
  const [brand] =
    newestDay === null ? [] : await brandReportsOf(reader, config, newestDay, { brand: slug, from: from?.(newestDay) });
  if (newestDay === null || !brand) throw new NotFound(`There is no brand "${slug}" with figures.`);
  return { brand, context: await seriesContext(reader, config, newestDay) };
}

/** A brand's chart, as wide as the screen has room. A click on a day opens it, where `days` tells the address of days. */
export function chartFigure(
  brand: BrandReport,
  context: SeriesContext,
  options: { days: number | 'all'; link?: string },
): Markup {
  const draw = (width: number): Markup =>
    raw(chartSvg(brand, context, { colours: THEMED, heading: false, width, days: options.days }));
  const [from, to] = dayRange(
    brand.figures.filter(({ day }) => day <= context.newestDay),
    context.newestDay,
    options.days,
  );
  const clicks =
    options.link === undefined
      ? undefined
      : html` data-days="${options.link}" data-from="${from}" data-to="${to}" data-left="${MARGIN.left}" data-right="${MARGIN.right}"`;
  return html`<div class="chart"${clicks}><div class="wide">${draw(WIDE)}</div><div class="narrow">${draw(NARROW)}</div></div>`;
}

/** A brand: its chart, and its days to go into. */
export async function brandPage(service: Service, slug: string, span: Span): Promise<Page> {
  const days = span === 'all' ? 'all' : Number(span);
  const found = await snapshot(service, (reader) =>
    brandOn(reader, service, slug, (newest) => (days === 'all' ? undefined : newest - days - 7)),
  );
  const { brand, context } = found;
  const path = pathOfBrand(slug);
  const [from] = dayRange(brand.figures, context.newestDay, days);
  const shown = brand.figures.filter(({ day }) => day >= from).toReversed();
  const corrected = shown.some(({ correctedRate }) => correctedRate !== null);
  return {
    ...{ title: brand.name, section: '/' },
    body: html`<header>
<p class="kicker"><a href="/">Brands</a></p>
<h1>${brand.name} ${stateBadge(brand.state)}</h1>
<p class="lead">${headline(brand, context)}</p>
</header>
<main>
<section>
<div class="row"><h2>Sentiment by day</h2>
<div class="choices" role="group" aria-label="Days shown">${SPANS.map(
      (choice) =>
        html`<a href="${path}?days=${choice}"${choice === span ? raw(' aria-current="true"') : undefined}>${choice === 'all' ? 'All' : `${choice} days`}</a>\n`,
    )}</div></div>
${chartFigure(brand, context, { days, link: `${path}/days` })}
${legend([brand], context)}
${eventList(brand, context)}
${revisionList(brand, context)}</section>
<section>
<h2>Go on</h2>
<div class="row">
<form action="${path}/days" method="get"><label>Day <input type="date" name="day" value="${formatDay(context.newestDay)}" max="${formatDay(context.newestDay)}" required></label><button>Open</button></form>
<a href="${path}/alerts">Alerts, their reasons, another threshold</a>
<a href="/api/brands/${encodeURIComponent(slug)}/daily?format=csv">All days as CSV</a>
</div>
</section>
<section>
<h2>Days</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Days"><table class="days${corrected ? ' corrected' : ''}">
<thead><tr><th scope="col">Day</th><th scope="col">Posts</th><th scope="col">Positive</th><th scope="col">Positive rate</th>${corrected ? html`<th scope="col">Corrected rate, 90 %</th>` : undefined}<th scope="col">Mean score</th><th scope="col">${smoothedName('mean_pos', context)}</th></tr></thead>
<tbody>
${shown.map(
  ({ day, total, positives, positiveRate, correctedRate, meanPos, ma3 }) =>
    html`<tr${brand.firingDays.has(day) ? raw(' class="firing-day"') : undefined}><th scope="row"><a href="${path}/days/${formatDay(day)}" title="${longDate(day)}">${shortDate(day)}</a>${brand.firingDays.has(day) ? html`<span class="visually-hidden">, alert firing</span>` : undefined}</th><td>${count(total)}</td><td>${count(positives)}</td><td>${estimateCell(positiveRate, 'positive_rate')}</td>${corrected ? html`<td>${estimateCell(correctedRate, 'positive_rate')}</td>` : undefined}<td>${estimateCell(meanPos, 'mean_pos')}</td><td>${estimateCell(ma3, 'mean_pos')}</td></tr>\n`,
)}</tbody></table></div>
</section>
</main>`,
  };
}
