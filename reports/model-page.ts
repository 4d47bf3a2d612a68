import type { Interval } from '../src/model/evaluation/bootstrap.ts';
import type { Evaluation, PartMeasures } from '../src/model/evaluation/evaluate.ts';
import { FIGURE_NAMES, figureText, PART_FIGURES } from '../src/model/evaluation/wording.ts';
import { percent } from '../src/percent.ts';
import { count, countOf } from './format.ts';
import { documentHtml, html, type Markup, raw } from './html.ts';
import { CHART, confusionMarkup, precisionRecallMarkup, reliabilityMarkup } from './model-charts.ts';
import { PAGE_STYLE } from './page-style.ts';
import { THEMED } from './palette.ts';
import { svgDocument, tenth } from './svg.ts';

/** What an evaluation needs beyond the page's style. */
export const MODEL_STYLE =
  'main>h2{margin:32px 2px -10px}.brands{grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));margin-top:22px}' +
  'section>svg{max-width:420px;margin:8px auto 0}.charts h2{font-size:15px}.charts p{color:var(--muted);font-size:14px;margin:2px 0 0}' +
  '.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:14px 20px;margin:22px 0 0;padding:16px 18px;background:var(--background);border:1px solid var(--grid);border-radius:10px}' +
  '.figures dt{color:var(--muted);font-size:13px}.figures dd{margin:0;font-size:19px;font-weight:600;font-variant-numeric:tabular-nums}.figures small{display:block;font-size:13px;font-weight:400}' +
  '.summary td small{min-width:0}.summary tbody th{overflow-wrap:anywhere}' +
  '@media (max-width:700px){.figures{grid-template-columns:1fr 1fr}.summary td.spark{grid-column:1/-1}}';

/**
 * A model's evaluation as one HTML page that needs nothing else: no network, no script. Light and dark, for screens and for
 * paper. The same input gives the same text.
 */
export function modelPageHtml(evaluation: Evaluation): string {
  const { model, macro_recall } = evaluation;
  return documentHtml(
    `${model}: macro recall ${figureText(macro_recall)}`,
    PAGE_STYLE + MODEL_STYLE,
    modelPageBody(evaluation),
  );
}

/** The same without the frame around it. */
export function modelPageBody(evaluation: Evaluation): Markup {
  const { model, rows, macro_recall, accuracy, intervals, skipped, groups, lengths } = evaluation;
  const left = Object.entries(skipped).map(([reason, number]) => `${count(number)} × ${reason}`);
  return html`<header>
<p class="kicker">Model evaluation</p>
<h1>${model}</h1>
<p class="lead">On ${countOf(rows, 'labelled text')} the model finds ${percent(macro_recall)} of a class on average${within(intervals.macro_recall)}, and is right on ${percent(accuracy)} of all texts${within(intervals.accuracy)}.</p>
${left.length > 0 ? html`<p class="warning">Left out: ${left.join(', ')}.</p>` : undefined}
</header>
<main>
<dl class="figures">
${FIGURE_NAMES.map(([name, title]) => html`<div><dt>${capital(title)}</dt><dd>${figureText(evaluation[name])} <small>${ends(intervals[name])}</small></dd></div>\n`)}</dl>
<div class="brands charts">
${chart('True and predicted class', 'Each line adds up to 100 % of a true class.', confusionMarkup(evaluation, THEMED))}
${chart('Is it right as often as it is sure?', 'On the dashed line it would be.', reliabilityMarkup(evaluation, THEMED))}
${chart('Precision over recall', 'By class, with its average precision.', precisionRecallMarkup(evaluation, THEMED))}
</div>
<h2>By class</h2>
${classTable(evaluation)}
${groups === null ? undefined : html`<h2>By ${groups.by}</h2>\n${partTable(groups.by, groups.parts, macro_recall)}`}
${groups !== null && groups.more > 0 ? html`<p>and ${groups.more} smaller groups</p>` : undefined}
<h2>By length</h2>
${partTable('words', lengths, macro_recall)}
</main>
${NOTES}`;
}

function chart(title: string, remark: string, markup: string): Markup {
  const svg = svgDocument(CHART.width, CHART.height, title, THEMED, markup);
  return html`<section><h2>${title}</h2><p>${remark}</p>${raw(svg)}</section>`;
}

function classTable({ per_class, intervals }: Evaluation): Markup {
  const rows = Object.entries(per_class).map(([name, figures]) => {
    const of = intervals.per_class[name];
    return html`<tr><th scope="row">${name}</th>
${cell('Texts', count(figures.support))}${cell('Precision', figureText(figures.precision), of?.precision)}${cell('Recall', figureText(figures.recall), of?.recall)}${cell('F1', figureText(figures.f1), of?.f1)}${cell('ROC-AUC', figureText(figures.roc_auc), of?.roc_auc)}${cell('Average precision', figureText(figures.average_precision), of?.average_precision)}</tr>
`;
  });
  return table(['class', 'Texts', 'Precision', 'Recall', 'F1', 'ROC-AUC', 'Average precision'], rows);
}

/** A line a part; the last column draws the macro recall's interval, the same scale for all, with a rule at that of all texts. */
function partTable(title: string, parts: readonly PartMeasures[], all: number): Markup {
  const known = parts.flatMap(({ macro_recall, intervals }) => [macro_recall, ...(intervals.macro_recall ?? [])]);
  const scale = { from: Math.min(all, ...known) - 0.01, to: Math.max(all, ...known) + 0.01, all };
  const rows = parts.map(
    (part) => html`<tr><th scope="row">${part.name}</th>
${cell('Texts', count(part.rows))}${PART_FIGURES.map(([name, label]) => cell(capital(label), figureText(part[name]), part.intervals[name]))}<td class="spark">${intervalSvg(part, scale)}</td></tr>
`,
  );
  return table([title, 'Texts', ...PART_FIGURES.map(([, label]) => capital(label)), 'Macro recall, 95 %'], rows);
}

function table(columns: readonly string[], rows: readonly Markup[]): Markup {
  return html`<table class="summary">
<thead><tr>${columns.map((name) => html`<th scope="col">${capital(name)}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

function cell(label: string, text: string, interval?: Interval): Markup {
  return html`<td data-label="${label}">${text}${interval ? html`<br><small>${ends(interval)}</small>` : undefined}</td>`;
}

function intervalSvg(part: PartMeasures, scale: { from: number; to: number; all: number }): Markup {
  const [width, height] = [146, 26];
  const x = (value: number): string => tenth(4 + ((value - scale.from) / (scale.to - scale.from)) * (width - 8));
  const interval = part.intervals.macro_recall;
  const bar = interval
    ? `<path d="M${x(interval[0])},13H${x(interval[1])}" stroke="${THEMED.smoothed}" stroke-opacity=".55" stroke-width="2"/>`
    : '';
  return raw(
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">` +
      `<path d="M${x(scale.all)},2V24" stroke="${THEMED.muted}" stroke-dasharray="3 3" stroke-width=".8"/>${bar}` +
      `<circle cx="${x(part.macro_recall)}" cy="13" r="3.2" fill="${THEMED.smoothed}"/></svg>`,
  );
}

const NOTES = html`<footer>
<h2>What the figures mean</h2>
<p>Intervals hold the middle 95 % of resamples of the texts. Parts of fewer than 30 texts have none.</p>
<p><b>Accuracy</b>: the share of texts whose class is right. <b>Precision</b>: of the texts given a class, the share that are of it. <b>Recall</b>: of a class’s texts, the share that is found. <b>F1</b>: the harmonic mean of both. <b>Macro</b>: the mean over classes, so that a rare class counts as much as a common one.</p>
<p><b>ROC-AUC</b>: the chance that a text of a class gets a higher probability of it than one of another class; 0.5 is guessing. <b>Average precision</b>: the mean precision over all thresholds. <b>ECE</b>: how far confidence and accuracy are apart on average, in 15 bins of confidence. <b>Brier score</b>: mean squared error of the probabilities. <b>Log loss</b>: mean surprise about the true class.</p>
</footer>`;

function within(interval: Interval): string {
  return interval ? ` (95 % interval ${percent(interval[0])} to ${percent(interval[1])})` : '';
}

function ends(interval: Interval): string {
  return interval ? `${interval[0].toFixed(3)}–${interval[1].toFixed(3)}` : '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
