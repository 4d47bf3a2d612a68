import { formatDay } from '../src/calendar.ts';
import { missedText } from '../src/missed-nights.ts';
import { chartSvg } from './chart.ts';
import { bySlug } from './daily-csv.ts';
import { countOf, longDate, shortDate, weekdayName } from './format.ts';
import { headline } from './headline.ts';
import { documentHtml, html, type Markup, raw } from './html.ts';
import type { BrandReport, ReportContext, SeriesContext } from './model.ts';
import { movedMarkup } from './moved.ts';
import { multiples } from './multiples.ts';
import { eventList, revisionList } from './page-history.ts';
import { footnotes, legend, modelAndQuality } from './page-notes.ts';
import { PAGE_STYLE } from './page-style.ts';
import { daysTable, summaryTable } from './page-tables.ts';
import { THEMED } from './palette.ts';
import { sharesMarkup } from './shares.ts';

/** Charts are drawn at the width at which their text is still readable on a phone and not yet huge on a desk. */
const CHART_WIDTH = 420;

/**
 * The report as one HTML page that needs nothing else: no network, no script. Light and dark, for screens and for paper.
 * Brands with a firing alert come first, then those with more posts. The same input gives the same text.
 */
export function pageHtml(brands: readonly BrandReport[], context: ReportContext): string {
  const ordered = byUrgency(brands, context);
  const firing = ordered.filter(({ state }) => state === 'firing');
  const body = html`<header>
<p class="kicker">Sentiment report</p>
<h1>${weekdayName(context.newestDay)}, <time datetime="${formatDay(context.newestDay)}">${longDate(context.newestDay)}</time></h1>
<p class="lead">${summary(ordered, firing, context)}</p>
${context.missed && html`<p class="lead">${missedText(context.missed)}</p>`}
${context.warnings.map((warning) => html`<p class="warning">${warning}</p>\n`)}</header>
<main>
${ordered.length === 0 ? undefined : summaryTable(ordered, context)}
${ordered.length < 2 ? undefined : multiples(ordered, context)}
${ordered.length === 0 ? undefined : legend(ordered, context)}
<div class="brands">
${ordered.map((brand) => section(brand, context))}
</div>
${modelAndQuality(context)}
</main>
${footnotes(context)}`;
  return documentHtml(pageTitle(firing, context), PAGE_STYLE, body);
}

function pageTitle(firing: readonly BrandReport[], { newestDay }: ReportContext): string {
  const state = firing.length === 0 ? 'all calm' : `${countOf(firing.length, 'alert')} firing`;
  return `Sentiment ${formatDay(newestDay)}: ${state}`;
}

function summary(ordered: readonly BrandReport[], firing: readonly BrandReport[], context: ReportContext): Markup {
  const posts = ordered.reduce((sum, brand) => sum + postsOn(brand, context.newestDay), 0);
  const volume = `${countOf(posts, 'post')} about ${countOf(ordered.length, 'brand')}.`;
  if (firing.length === 0) return html`No alert is firing. ${volume}`;
  const names = firing.map(({ slug, name }, index) => html`${index === 0 ? '' : ', '}<a href="#${slug}">${name}</a>`);
  return html`<strong class="firing">${countOf(firing.length, 'alert')} firing</strong>: ${names}. ${volume}`;
}

function section(brand: BrandReport, context: ReportContext): Markup {
  const chart = chartSvg(brand, context, { colours: THEMED, heading: false, width: CHART_WIDTH });
  const newest = brand.figures.find(({ day }) => day === context.newestDay);
  return html`<section id="${brand.slug}"${brand.state === 'firing' ? raw(' class="alerting"') : undefined}>
<h2>${brand.name}</h2>
<p>${headline(brand, context)}</p>
${raw(chart)}
${newest && sharesMarkup(newest, shortDate(context.newestDay))}
${eventList(brand, context)}
${movedMarkup(brand.moved)}
${revisionList(brand, context)}${brand.figures.length === 0 ? undefined : daysTable(brand, context)}
</section>
`;
}

/** Firing first, then by posts of the last week, then by slug. */
export function byUrgency(
  brands: readonly BrandReport[],
  { newestDay }: Pick<SeriesContext, 'newestDay'>,
): BrandReport[] {
  const volume = new Map(
    brands.map((brand) => [
      brand,
      brand.figures.reduce((sum, { day, total }) => (day > newestDay - 7 && day <= newestDay ? sum + total : sum), 0),
    ]),
  );
  const urgency = (brand: BrandReport): number => (brand.state === 'firing' ? 1 : 0);
  return [...brands].sort(
    (a, b) => urgency(b) - urgency(a) || (volume.get(b) ?? 0) - (volume.get(a) ?? 0) || bySlug(a, b),
  );
}

function postsOn(brand: BrandReport, day: number): number {
  return brand.figures.find((figures) => figures.day === day)?.total ?? 0;
}
