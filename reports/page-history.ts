import { bySize, revisionText } from '../src/aggregate/revision-text.ts';
import { isScore, shortDate } from './format.ts';
import { html, type Markup } from './html.ts';
import { type BrandReport, metricOf, type SeriesContext } from './model.ts';
import { dayRange } from './scales.ts';

/** Revisions listed of a brand; a change of the model changes every day. */
const MOST_REVISIONS = 6;

/** Published figures of a brand that changed in the last days. */
export function revisionList(brand: BrandReport, { newestDay }: SeriesContext): Markup | undefined {
  const { revisions } = brand;
  if (revisions.length === 0) return undefined;
  const shown = [...revisions].sort(bySize).slice(0, MOST_REVISIONS);
  const more = revisions.length - shown.length;
  return html`<h3>Changed since published</h3>
<ul class="notes">
${shown.sort((a, b) => b.day - a.day).map((revision) => html`<li>${revisionText(revision, isScore(metricOf(brand)) ? 'mean_pos' : 'positive_rate', newestDay)}</li>\n`)}${
  more > 0 ? html`<li>and ${more} more ${more === 1 ? 'day' : 'days'}, by less</li>\n` : undefined
}</ul>
`;
}

/** The events in a brand's chart, in words that need no room in the picture. */
export function eventList(brand: BrandReport, { newestDay }: SeriesContext): Markup | undefined {
  const [from, to] = dayRange(brand.figures, newestDay, 30);
  const events = brand.events.filter(({ day }) => day >= from && day <= to);
  if (events.length === 0) return undefined;
  return html`<ul class="notes">
${events.map(({ day, text }) => html`<li><b>${shortDate(day)}</b> <span dir="auto">${text}</span></li>\n`)}</ul>
`;
}
