import { basename } from 'node:path';
import { count } from '../../reports/format.ts';
import { html, type Markup, raw } from '../../reports/html.ts';
import { tenth } from '../../reports/svg.ts';
import type { Explanation, Piece } from '../../src/model/explain.ts';
import type { Prediction } from '../../src/model/predict-texts.ts';
import { percent } from '../../src/percent.ts';
import { hidden, type Page, select } from '../frame.ts';
import { LIMITS } from '../limits.ts';

/** What a person asked, and what the model says of it. */
export interface Tried {
  readonly model: string;
  /** A single text with its words, or several without. */
  readonly explanation?: Explanation;
  readonly predictions?: readonly Prediction[];
}

/** What was asked: a text, and whether another model than the one in use is to say. */
export interface Asked {
  readonly text?: string;
  readonly other?: string | undefined;
}

/** Texts that the page lists; the download has all. */
const LISTED = 200;

/** A box for a text, one for several or a file, and the answer. */
export function tryPage(
  formKey: string,
  others: readonly string[],
  { text = '', other = '' }: Asked = {},
  tried?: Tried,
  problem?: string,
): Page {
  return {
    ...{ title: 'Try a text', section: '/try' },
    body: html`<header><h1>Try a text</h1>
<p class="lead">What a model makes of it. Nothing is stored.</p></header>
<main>
<section><h2>One text</h2>
<form class="block" action="/try" method="post" data-live="answer">${hidden('key', formKey)}
<label>Text <textarea name="text" maxlength="${LIMITS.explainedCharacters}" required dir="auto">${text}</textarea></label>
${others.length === 0 ? undefined : select('model', 'Model', [['', 'the one in use'], ...others.map((name) => [name, basename(name)] as const)], other)}
<div class="row"><button class="main">Predict</button> <progress hidden aria-label="Predicting"></progress></div>
</form></section>
<section><h2>Several texts</h2>
<form class="block" action="/try/batch" method="post" enctype="multipart/form-data" data-live="answer">${hidden('key', formKey)}
<label>A text a line <textarea name="texts" dir="auto"></textarea></label>
<label>or a CSV file with a column “text”, at most ${count(LIMITS.texts)} rows <input type="file" name="file" accept=".csv,text/csv"></label>
<div class="row"><button class="main">Predict</button> <button name="as" value="csv" data-download>Predict and download CSV</button> <progress hidden aria-label="Predicting"></progress></div>
</form></section>
<div id="answer" aria-live="polite">
${problem === undefined ? undefined : html`<section><p class="warning" role="alert">${problem}</p></section>`}
${tried?.explanation ? explained(tried.explanation, tried.model) : undefined}
${tried?.predictions ? listed(tried.predictions, tried.model) : undefined}
</div>
</main>`,
  };
}

function explained(explanation: Explanation, model: string): Markup {
  const { predicted, score, pNegative, pNeutral, pPositive, more } = explanation;
  const probability = { negative: pNegative, neutral: pNeutral, positive: pPositive }[predicted];
  return html`<section><h2>Answer</h2>
<p class="lead"><span class="class ${predicted}">${predicted}</span> with a probability of <strong>${percent(probability)}</strong>; score ${score.toFixed(2)}.</p>
<div class="bars">${bar('negative', pNegative, '--threshold')}${bar('neutral', pNeutral, '--daily')}${bar('positive', pPositive, '--calm')}</div>
${notLikeliest(explanation)}
<h3>Words that carried it</h3>
<p class="words" dir="auto">${words(explanation)}</p>
<p class="hint">The number after a word is how much the score falls without it: above zero it makes the text more positive.${more ? ' Of the rest of the text no word was looked at.' : ''} Model ${model}.</p>
${strongest(explanation.pieces)}
</section>`;
}

/** Why the class is not the most probable one, where it isn't. */
function notLikeliest({ predicted, pNegative, pNeutral, pPositive }: Explanation): Markup | undefined {
  const probabilities = { negative: pNegative, neutral: pNeutral, positive: pPositive };
  const [likeliest] = Object.entries(probabilities).toSorted(([, a], [, b]) => b - a);
  if (likeliest === undefined || likeliest[1] <= probabilities[predicted]) return undefined;
  return html`<p class="hint">More probable is ${likeliest[0]}, but the model weighs the classes, so that the rarer ones are found too.</p>`;
}

/** Less than this moves nothing that people would see. */
const SLIGHT = 0.01;
const STRONG = 0.1;

function words({ text, pieces }: Explanation): Markup[] {
  const parts: Markup[] = [];
  let position = 0;
  for (const { token, effect, start, end } of pieces) {
    parts.push(html`${text.slice(position, start)}`);
    const kind = `${effect > 0 ? 'up' : 'down'}${Math.abs(effect) >= STRONG ? ' strong' : ''}`;
    parts.push(
      Math.abs(effect) < SLIGHT
        ? html`${token}`
        : html`<mark class="${kind}">${token}<sup>${signed(effect)}</sup></mark>`,
    );
    position = end;
  }
  return [...parts, html`${text.slice(position)}`];
}

/** The same as a table, for those who don't see colours. */
function strongest(pieces: readonly Piece[]): Markup | undefined {
  const found = pieces
    .filter(({ effect }) => Math.abs(effect) >= SLIGHT)
    .toSorted((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
    .slice(0, 10);
  if (found.length === 0) return html`<p>No word alone carries it.</p>`;
  return html`<details><summary>The strongest words as a table</summary><table class="lines"><thead><tr><th scope="col">Word</th><th scope="col" class="number">Effect on the score</th></tr></thead>
<tbody>${found.map(({ token, effect }) => html`<tr><th scope="row" dir="auto">${token}</th><td class="number">${signed(effect)}</td></tr>\n`)}</tbody></table></details>`;
}

function listed(predictions: readonly Prediction[], model: string): Markup {
  const counts = (['negative', 'neutral', 'positive'] as const).map(
    (name) => `${count(predictions.filter(({ predicted }) => predicted === name).length)} ${name}`,
  );
  return html`<section><h2>Answer</h2>
<p class="lead">${count(predictions.length)} texts: ${counts.join(', ')}. Model ${model}.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Predictions"><table class="lines">
<thead><tr><th scope="col">Class</th><th scope="col" class="number">Probability</th><th scope="col" class="number">Score</th><th scope="col">Text</th></tr></thead>
<tbody>${predictions
    .slice(0, LISTED)
    .map(
      ({ text, predicted, score, pNegative, pNeutral, pPositive }) =>
        html`<tr><td><span class="class ${predicted}">${predicted}</span></td><td class="number">${percent({ negative: pNegative, neutral: pNeutral, positive: pPositive }[predicted])}</td><td class="number">${score.toFixed(2)}</td><td dir="auto">${text}</td></tr>\n`,
    )}</tbody></table></div>
${predictions.length > LISTED ? html`<p class="hint">The first ${LISTED}; the download has all.</p>` : undefined}</section>`;
}

function bar(name: string, probability: number, colour: string): Markup {
  return html`<span>${name}</span>${raw(
    `<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="4" fill="var(--grid)"/><rect width="${tenth(100 * probability)}" height="4" fill="var(${colour})"/></svg>`,
  )}<span>${percent(probability)}</span>`;
}

function signed(effect: number): string {
  return `${effect < 0 ? '−' : '+'}${Math.abs(effect).toFixed(2)}`;
}
