import { type Day, formatDay } from '../src/calendar.ts';
import { languageList } from '../src/ingest/language.ts';
import { percent } from '../src/percent.ts';
import { swatches } from './chart.ts';
import { count, longDate } from './format.ts';
import { daysText } from './headline.ts';
import { html, type Markup, raw } from './html.ts';
import {
  averageName,
  type BrandReport,
  modelChanges,
  type ReportContext,
  type SeriesContext,
  smoothedName,
} from './model.ts';
import { THEMED } from './palette.ts';

/** How to read the charts, once for all of them; lines alone are all that a table's small charts have. */
export function legend(brands: readonly BrandReport[], context: SeriesContext, marks: 'all' | 'lines' = 'all'): Markup {
  const swatch = swatches(THEMED);
  const lines = [
    { mark: swatch.smoothed, text: averageName(brands, context) },
    { mark: swatch.threshold, text: 'Alert threshold' },
  ];
  const entries =
    marks === 'lines'
      ? lines
      : [
          { mark: swatch.daily, text: 'A day, with its 95 % interval' },
          ...lines,
          { mark: swatch.firing, text: 'Alert firing' },
        ];
  return html`<p class="legend">${entries.map(
    ({ mark, text }) =>
      html`<span><svg viewBox="0 -8 18 16" width="18" height="16" aria-hidden="true">${raw(mark)}</svg>${text}</span> `,
  )}</p>`;
}

/** What went into the figures: files and rows, and the model that read them. */
export function modelAndQuality({ quality, modelName, models = [], newestDay, timeZone }: ReportContext): Markup {
  const { sources = [], drift } = quality;
  const shown = models.at(-1);
  const codes = Object.entries(quality.rejectsByCode).sort(([a], [b]) => (a < b ? -1 : 1));
  const others = Object.values(quality.otherLanguages).reduce((sum, posts) => sum + posts, 0);
  const share = quality.rows === 0 ? '' : ` (${percent(quality.rejected / quality.rows, 2)})`;
  const entries: [string, string][] = [
    ['Files', count(quality.files)],
    ['Rows', count(quality.rows)],
    ['Posts stored', count(quality.stored)],
    ...(others === 0 ? [] : ([['In other languages', count(others)]] as [string, string][])),
    ['Duplicates', count(quality.duplicates)],
    ['Rejected', count(quality.rejected) + share],
    ...(drift === undefined ? [] : [['Input against the weeks before', driftText(drift)] as [string, string]]),
    ['Model', modelName],
    ...(shown?.calibrated === undefined
      ? []
      : [['Its probabilities', shown.calibrated ? 'calibrated' : 'as they come'] as [string, string]]),
    ...(shown?.corrects === undefined
      ? []
      : [['Its rates', shown.corrects ? 'corrected for its known mistakes' : 'not corrected'] as [string, string]]),
    ['Time zone', timeZone],
  ];
  return html`<section class="quality">
<h2>Data and model</h2>
<dl>${entries.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
${sources.length === 0 ? undefined : sourcesText(sources, newestDay)}
${
  codes.length === 0
    ? undefined
    : html`<p>Rejected rows by reason: ${codes.map(
        ([code, rows], index) => html`${index === 0 ? '' : ', '}<code>${code}</code> ${count(rows)}`,
      )}.</p>`
}
${
  others === 0
    ? undefined
    : html`<p>Posts in other languages are stored and in no brand’s figures: ${languageList(quality.otherLanguages)}.</p>`
}
</section>`;
}

function driftText({ compared, unusual }: { compared: number; unusual: number }): string {
  if (compared === 0) return 'not compared';
  return unusual === 0 ? 'as usual' : `unusual in ${unusual} of ${compared}`;
}

/** How fresh the data is: what the newest post of each source is, those that stay behind first. */
function sourcesText(sources: NonNullable<ReportContext['quality']['sources']>, newestDay: Day): Markup {
  const newest = formatDay(newestDay);
  const isBehind = (time: string | null): boolean => time === null || time.slice(0, 10) < newest;
  const ordered = [...sources].sort((a, b) => Number(isBehind(b.newest)) - Number(isBehind(a.newest)));
  return html`<p>Newest post by source: ${ordered.map(
    ({ name, newest: time }, index) =>
      html`${index === 0 ? '' : ', '}<span dir="auto">${name}</span> <span${isBehind(time) ? raw(' class="firing"') : undefined}>${time ?? 'none yet'}</span>`,
  )}.</p>`;
}

/** What the numbers mean, for someone who reads this page for the first time. */
export function footnotes(context: SeriesContext): Markup {
  return html`<footer>
<h2>What the numbers mean</h2>
<p>The model gives each post a <b>score</b> from 0 (negative) to 1 (positive). The <b>mean score</b> is the average over a day’s posts; the <b>positive rate</b> is the share of posts that the model calls positive. The <b>${smoothedName('mean_pos', context)}</b> averages the mean scores of the last ${daysText(context)}, each day weighing the same. A day without posts is missing, not zero.</p>
<p>The ranges are <b>95 % intervals</b>: how far chance alone may have moved a figure. One person’s ten posts are not ten people, so posts of one user count together. An interval says nothing about errors that the model makes on all posts alike: trust the changes more than the level.</p>
<p>Days are calendar days in ${context.timeZone}; the newest one here is ${longDate(context.newestDay)}. A day’s figures change when posts of that day arrive late.</p>
${changesNote(context)}</footer>`;
}

/** What a vertical rule in the charts is; nothing where one model made all days. */
function changesNote(context: SeriesContext): Markup | undefined {
  const changes = modelChanges(context);
  if (changes.length === 0) return undefined;
  const list = changes.map(({ day, name }, index) => html`${index === 0 ? '' : ', '}${longDate(day)} (${name})`);
  return html`<p>Another model reads the posts from ${list} on: a dotted rule in the charts. Figures on its two sides don’t compare, and the average starts anew there.</p>
`;
}
