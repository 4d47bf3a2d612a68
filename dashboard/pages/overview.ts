import { dataVersion } from '../../db/data-version.ts';
import { activeModel } from '../../db/networks.ts';
import { lastSeriesDay } from '../../db/series.ts';
import type { Reader, Store } from '../../db/store.ts';
import { brandReportsOf } from '../../jobs/brand-reports.ts';
import { reportContext } from '../../jobs/report.ts';
import { countOf, longDate } from '../../reports/format.ts';
import { html, type Markup } from '../../reports/html.ts';
import type { ReportContext } from '../../reports/model.ts';
import { byUrgency } from '../../reports/page.ts';
import { legend, modelAndQuality } from '../../reports/page-notes.ts';
import { summaryTable } from '../../reports/page-tables.ts';
import type { Day } from '../../src/calendar.ts';
import type { Config } from '../../src/config/schema.ts';
import { modelLabel } from '../../src/model/pinned.ts';
import type { Page } from '../frame.ts';
import type { Service } from '../service.ts';

/** Days that a sparkline shows. */
const DAYS = 30;

/** The newest day with figures and how good its data is; undefined before the first. */
async function newestContext(reader: Reader, config: Config): Promise<ReportContext | undefined> {
  const newestDay = await lastSeriesDay(reader);
  const model = await activeModel(reader);
  if (newestDay === null || !model) return undefined;
  return reportContext(reader, config, modelLabel(model), newestDay);
}

/** Overviews as they were made last, each with what the database was then: of all pages it takes the most figures. */
const made = new WeakMap<Store, { readonly version: string; readonly page: Page }>();

/** All brands: where each stands, those with a firing alert first. Made anew when anything was written. */
export async function overviewPage(service: Service): Promise<Page> {
  const store = service.database.store();
  if (!store) return noFigures('There is no database yet.');
  return store.snapshot(async (reader) => {
    const version = await dataVersion(reader);
    const known = made.get(store);
    if (known?.version === version) return known.page;
    const page = await makeOverview(reader, service);
    made.set(store, { version, page });
    return page;
  });
}

async function makeOverview(reader: Reader, service: Service): Promise<Page> {
  const context = await newestContext(reader, service.config);
  if (!context) return noFigures('The database has no figures yet.');
  const from: Day = context.newestDay - DAYS + 1;
  const brands = byUrgency(await brandReportsOf(reader, service.config, context.newestDay, { from }), context);
  const firing = brands.filter(({ state }) => state === 'firing').length;
  return {
    ...{ title: 'Brands', section: '/' },
    body: html`<header>
<h1>${longDate(context.newestDay)}</h1>
<p class="lead">${firing === 0 ? 'No alert is firing.' : html`<strong class="firing">${countOf(firing, 'alert')} firing.</strong>`} ${countOf(brands.length, 'brand')} with posts in the last ${DAYS} days.</p>
${context.warnings.map((warning) => html`<p class="warning">${warning}</p>\n`)}</header>
<main>
${brands.length === 0 ? undefined : summaryTable(brands, context, (slug) => `/brands/${encodeURIComponent(slug)}`)}
${brands.length === 0 ? undefined : legend(brands, context, 'lines')}
${modelAndQuality(context)}
</main>`,
  };
}

function noFigures(what: string): Page {
  const body: Markup = html`<header><h1>Nothing to show yet</h1></header>
<main><section><p>${what} Put exports into the inbox and do the first night:</p><pre>monitor run</pre><p>Until then you can <a href="/try">try a text</a>.</p></section></main>`;
  return { title: 'Brands', section: '/', body };
}
