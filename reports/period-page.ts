import type { Estimate } from '../src/aggregate/estimate.ts';
import { formatDay } from '../src/calendar.ts';
import { chartSvg } from './chart.ts';
import { count, countOf, dateSpan, interval, measure } from './format.ts';
import { documentHtml, html, type Markup, raw } from './html.ts';
import type { ReportContext } from './model.ts';
import { movedMarkup } from './moved.ts';
import { multiples } from './multiples.ts';
import { byUrgency } from './page.ts';
import { eventList } from './page-history.ts';
import { footnotes, legend, modelAndQuality } from './page-notes.ts';
import { PAGE_STYLE } from './page-style.ts';
import { estimateCell, stateBadge } from './page-tables.ts';
import { THEMED } from './palette.ts';
import type { Period, PeriodBrand } from './period-model.ts';
import { sharesMarkup } from './shares.ts';

const CHART_WIDTH = 420;

/** The summary of a week or month as one HTML page that needs nothing else. The same input gives the same text. */
export function periodPage(brands: readonly PeriodBrand[], period: Period, context: ReportContext): string {
  const ordered = byUrgency(brands, context).flatMap(({ slug }) => brands.filter((brand) => brand.slug === slug));
  const posts = brands.reduce((sum, brand) => sum + (brand.period?.total ?? 0), 0);
  const alerted = brands.filter(({ firingDaysInPeriod }) => firingDaysInPeriod > 0).length;
  const body = html`<header>
<p class="kicker">Sentiment of the ${period.kind}</p>
<h1>${dateSpan([period.from, period.to])}</h1>
<p class="lead">${countOf(posts, 'post')} about ${countOf(brands.length, 'brand')}; ${alerted === 0 ? 'no alert fired' : `alerts fired for ${countOf(alerted, 'brand')}`}.</p>
</header>
<main>
${ordered.length === 0 ? undefined : periodTable(ordered, period)}
${ordered.length < 2 ? undefined : multiples(ordered, context)}
${ordered.length === 0 ? undefined : legend(ordered, context)}
<div class="brands">
${ordered.map((brand) => section(brand, period, context))}
</div>
${modelAndQuality(context)}
</main>
${footnotes(context)}`;
  return documentHtml(`Sentiment ${formatDay(period.from)} to ${formatDay(period.to)}`, PAGE_STYLE, body);
}

function periodTable(brands: readonly PeriodBrand[], { kind }: Period): Markup {
  const columns = ['Posts', 'Positive rate', 'Mean score', `Against the ${kind} before`, 'Days with an alert', 'State'];
  const rows = brands.map(({ name, slug, period, change, firingDaysInPeriod, threshold, state }) => {
    const cells = [
      count(period?.total ?? 0),
      estimateCell(period?.positiveRate, 'positive_rate'),
      estimateCell(period?.meanPos, 'mean_pos'),
      changeCell(change),
      threshold === null ? '–' : count(firingDaysInPeriod),
      stateBadge(state),
    ];
    return html`<tr>
<th scope="row"><a href="#${slug}">${name}</a></th>
${cells.map((cell, index) => html`<td data-label="${columns[index] ?? ''}">${cell}</td>\n`)}</tr>
`;
  });
  return html`<table class="summary">
<thead><tr><th scope="col">Brand</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

function changeCell(change: Estimate | null): Markup {
  if (change === null) return html`–`;
  const { low, high } = change;
  return html`${signed(change.value)}${low === null || high === null ? undefined : html` <small>${signed(low)} to ${signed(high)}</small>`}`;
}

function signed(value: number, digits = 3): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

function section(brand: PeriodBrand, period: Period, context: ReportContext): Markup {
  const days = Math.max(30, period.to - period.from + 1);
  const chart = chartSvg(brand, context, { colours: THEMED, heading: false, width: CHART_WIDTH, days });
  return html`<section id="${brand.slug}"${brand.state === 'firing' ? raw(' class="alerting"') : undefined}>
<h2>${brand.name}</h2>
<p>${sentence(brand, period)}</p>
${raw(chart)}
${brand.period === null ? undefined : sharesMarkup(brand.period, `The ${period.kind}`)}
${eventList(brand, context)}
${movedMarkup(brand.moved)}
</section>
`;
}

/** "Acme’s mean score was 0.41 (0.38–0.44), surely down by 0.05 from the week before. 2,312 posts; an alert fired on 3 days." */
function sentence({ name, period, change, threshold, firingDaysInPeriod }: PeriodBrand, { kind }: Period): string {
  if (period === null) return `${name} has no posts in this ${kind}.`;
  const ends = interval(period.meanPos, 'mean_pos', 2);
  const value = `${measure(period.meanPos.value, 'mean_pos', 2)}${ends === undefined ? '' : ` (${ends})`}`;
  const alerts =
    threshold === null
      ? ''
      : firingDaysInPeriod === 0
        ? '; no alert fired'
        : `; an alert fired on ${countOf(firingDaysInPeriod, 'day')}`;
  return `${name}’s mean score was ${value}${changeText(change, kind)}. ${countOf(period.total, 'post')}${alerts}.`;
}

function changeText(change: Estimate | null, kind: string): string {
  if (change === null) return '';
  const { low, high } = change;
  const before = `the ${kind} before`;
  if (low === null || high === null || (low <= 0 && high >= 0))
    return `, within chance of ${before} (${signed(change.value)})`;
  return `, ${change.value < 0 ? 'down' : 'up'} by ${Math.abs(change.value).toFixed(3)} from ${before}`;
}
