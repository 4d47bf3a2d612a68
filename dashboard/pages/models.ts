import { activeModel, countDays, type KnownModel, knownModels } from '../../db/networks.ts';
import { modelSpans } from '../../db/series.ts';
import { compareSeries } from '../../jobs/model-compare.ts';
import { count, longDate } from '../../reports/format.ts';
import { html, type Markup, raw } from '../../reports/html.ts';
import { CHART, confusionMarkup, precisionRecallMarkup, reliabilityMarkup } from '../../reports/model-charts.ts';
import { modelPageBody } from '../../reports/model-page.ts';
import { THEMED } from '../../reports/palette.ts';
import { svgDocument } from '../../reports/svg.ts';
import type { Evaluation } from '../../src/model/evaluation/evaluate.ts';
import { FIGURE_NAMES, figureText } from '../../src/model/evaluation/wording.ts';
import { modelLabel } from '../../src/model/pinned.ts';
import { type KeptEvaluation, keptEvaluations } from '../evaluations.ts';
import { type Page, select } from '../frame.ts';
import { NotFound } from '../refusal.ts';
import { type Service, snapshot } from '../service.ts';

/** The models that the database knows, and the evaluations that were kept. */
export async function modelsPage(service: Service): Promise<Page> {
  const models = service.database.store() ? await knownOf(service) : [];
  const { kept, unreadable } = await keptEvaluations(service.config);
  const computed = models.filter(({ days }) => days > 0);
  return {
    ...{ title: 'Models', section: '/models' },
    body: html`<header><h1>Models</h1></header>
<main>
<section><h2>Known to the database</h2>
${
  models.length === 0
    ? html`<p>None yet: the first run adds one.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Models"><table class="lines"><thead><tr><th scope="col">Model</th><th scope="col">In use</th><th scope="col" class="number">Brand-days</th></tr></thead>
<tbody>${models.map(
        ({ model, state, days }) =>
          html`<tr><th scope="row">${modelLabel(model)}</th><td>${state}</td><td class="number">${count(days)}</td></tr>\n`,
      )}</tbody></table></div>`
}
${
  computed.length < 2
    ? html`<p class="hint">A second model’s figures beside these: <code>monitor model backfill NAME</code>.</p>`
    : html`<form action="/models/series" method="get">${pair(
        computed.map(({ model }) => [model.sha256, modelLabel(model)]),
      )}<button>Compare their figures</button></form>`
}
</section>
<section><h2>Evaluations</h2>
${
  kept.length === 0
    ? html`<p>None kept yet. Measure a model on labelled texts and keep what it prints in the data folder:</p>
<pre>monitor model evaluate --data labelled.csv --json &gt; ${`${service.config.data_dir}/evaluations/labelled.json`}</pre>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Evaluations"><table class="lines"><thead><tr><th scope="col">Evaluation</th><th scope="col">Model</th><th scope="col" class="number">Texts</th><th scope="col" class="number">Accuracy</th><th scope="col" class="number">Macro recall</th></tr></thead>
<tbody>${kept.map(
        ({ name, evaluation }) =>
          html`<tr><th scope="row" dir="auto"><a href="/models/evaluations/${encodeURIComponent(name)}">${name}</a></th><td>${evaluation.model}</td><td class="number">${count(evaluation.rows)}</td><td class="number">${figureText(evaluation.accuracy)}</td><td class="number">${figureText(evaluation.macro_recall)}</td></tr>\n`,
      )}</tbody></table></div>`
}
${
  kept.length < 2
    ? undefined
    : html`<form action="/models/evaluations" method="get">${pair(kept.map(({ name }) => [name, name]))}<button>Compare</button></form>`
}
${unreadable.map((name) => html`<p class="warning">${name} is no evaluation of this program.</p>\n`)}
</section>
</main>`,
  };
}

function pair(choices: readonly (readonly [string, string])[]): Markup {
  const [first = ['', ''], second = ['', '']] = choices;
  return html`${select('a', 'One', choices, first[0])}${select('b', 'Other', choices, second[0])}`;
}

async function knownOf(service: Service): Promise<{ model: KnownModel; state: string; days: number }[]> {
  return snapshot(service, async (reader) => {
    const active = await activeModel(reader);
    const spans = await modelSpans(reader);
    const lines = [];
    for (const model of await knownModels(reader)) {
      const kept = spans.find(({ modelId, to }) => modelId === model.modelId && to !== null);
      const state =
        model.modelId === active?.modelId ? 'yes' : kept ? `for days up to ${longDate(kept.to ?? 0)}` : 'no';
      // Not the texts that its network scored: counting millions takes longer than the rest of the page.
      lines.push({ model, state, days: await countDays(reader, model.modelId) });
    }
    return lines;
  });
}

async function keptOf(service: Service, name: string): Promise<KeptEvaluation> {
  // Looked for among the names that are there: what an address says never becomes a path.
  const found = (await keptEvaluations(service.config)).kept.find((evaluation) => evaluation.name === name);
  if (!found) throw new NotFound('There is no such evaluation.');
  return found;
}

/** One evaluation at length. Errors: NotFound. */
export async function evaluationPage(service: Service, name: string): Promise<Page> {
  const { evaluation } = await keptOf(service, name);
  const body = html`<p class="kicker"><a href="/models">Models</a> › <span dir="auto">${name}</span></p>
${modelPageBody(evaluation)}`;
  return { title: `${evaluation.model} on ${name}`, section: '/models', body, isEvaluation: true };
}

/** Two evaluations side by side. Errors: NotFound. */
export async function comparisonPage(service: Service, names: { a: string; b: string }): Promise<Page> {
  const sides = [await keptOf(service, names.a), await keptOf(service, names.b)] as const;
  const [a, b] = sides;
  const sameTexts = a.evaluation.rows === b.evaluation.rows;
  const row = (name: (typeof FIGURE_NAMES)[number][0], title: string): Markup => {
    const [one, other] = [a.evaluation[name], b.evaluation[name]];
    const difference = one === null || other === null ? '–' : signed(other - one);
    return html`<tr><th scope="row">${title}</th>${sides.map(
      ({ evaluation }) =>
        html`<td class="number">${figureText(evaluation[name])} <small>${ends(evaluation.intervals[name])}</small></td>`,
    )}<td class="number">${difference}</td></tr>\n`;
  };
  return {
    ...{ title: 'Two evaluations', section: '/models', isEvaluation: true },
    body: html`<header><p class="kicker"><a href="/models">Models</a></p>
<h1>${a.evaluation.model} and ${b.evaluation.model}</h1>
${sameTexts ? undefined : html`<p class="warning">They were measured on ${count(a.evaluation.rows)} and ${count(b.evaluation.rows)} texts: figures of different texts don’t compare.</p>`}</header>
<main>
<section><h2>Figures</h2><div class="scroll" tabindex="0" role="region" aria-label="Figures"><table class="lines">
<thead><tr><th scope="col">Figure</th>${sides.map(({ name }) => html`<th scope="col" class="number" dir="auto">${name}</th>`)}<th scope="col" class="number">Difference</th></tr></thead>
<tbody>${FIGURE_NAMES.map(([name, title]) => row(name, title))}</tbody></table></div>
<p class="hint">Whether a difference is more than chance, on the same texts: <code>monitor model compare</code> with <code>--data</code> tests it pair by pair.</p></section>
<div class="two">${sides.map(
      ({ name, evaluation }) =>
        html`<section><h2 dir="auto">${evaluation.model} on ${name}</h2>${charts(evaluation)}</section>`,
    )}</div>
</main>`,
  };
}

function charts(evaluation: Evaluation): Markup {
  const draw = (title: string, markup: string): Markup =>
    html`<h3>${title}</h3><div class="chart">${raw(svgDocument(CHART.width, CHART.height, `${title}: ${evaluation.model}`, THEMED, markup))}</div>`;
  return html`${draw('True and predicted class', confusionMarkup(evaluation, THEMED))}${draw('Is it right as often as it is sure?', reliabilityMarkup(evaluation, THEMED))}${draw('Precision over recall', precisionRecallMarkup(evaluation, THEMED))}`;
}

/** The daily figures of two models. Errors: NotFound. */
export async function seriesPage(service: Service, hashes: { a: string; b: string }): Promise<Page> {
  return snapshot(service, async (reader) => {
    const known = await knownModels(reader);
    const modelOf = (sha256: string): KnownModel => {
      const found = known.find((model) => model.sha256 === sha256);
      if (!found) throw new NotFound('There is no such model.');
      return found;
    };
    const [a, b] = [modelOf(hashes.a), modelOf(hashes.b)];
    const compared = await compareSeries(reader, service.config, {
      a: { modelId: a.modelId, from: null },
      b: { modelId: b.modelId, from: null },
    });
    return {
      ...{ title: 'Two models', section: '/models' },
      body: html`<header><p class="kicker"><a href="/models">Models</a></p><h1>${modelLabel(a)} and ${modelLabel(b)}</h1>
<p class="lead">The same days by both models.</p></header>
<main><section><h2>Brands</h2><div class="scroll" tabindex="0" role="region" aria-label="Brands"><table class="lines">
<thead><tr><th scope="col">Brand</th><th scope="col" class="number">Common days</th><th scope="col" class="number">Mean score</th><th scope="col" class="number">Shift</th><th scope="col">Alerts that differ</th></tr></thead>
<tbody>${compared.map(
        ({ brand, name, common, meanPos, alerts }) =>
          html`<tr><th scope="row"><a href="/brands/${encodeURIComponent(brand)}">${name}</a></th><td class="number">${count(common)}</td><td class="number">${meanPos === null ? '–' : `${meanPos.a.toFixed(3)} → ${meanPos.b.toFixed(3)}`}</td><td class="number">${meanPos === null ? '–' : signed(meanPos.shift)}</td><td>${alerts.length === 0 ? 'none' : alerts.map(({ rule, onlyA, onlyB }) => `${rule}: ${onlyA.length} days only by the first, ${onlyB.length} only by the second`).join('; ')}</td></tr>\n`,
      )}</tbody></table></div></section></main>`,
    };
  });
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}

function ends(interval: readonly [number, number] | null | undefined): string {
  return interval ? `${interval[0].toFixed(3)}–${interval[1].toFixed(3)}` : '';
}
