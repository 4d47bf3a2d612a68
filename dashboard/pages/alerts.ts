import { type AlertEventRow, latestEvents } from '../../db/alerts.ts';
import { count, countOf, measure, shortDate, thresholdText } from '../../reports/format.ts';
import { html, type Markup, raw } from '../../reports/html.ts';
import { firingSpans } from '../../reports/model.ts';
import { type Rule, rulesOf, type StepInputs } from '../../src/alerts/stage.ts';
import { formatDay } from '../../src/calendar.ts';
import type { Page } from '../frame.ts';
import { NotFound } from '../refusal.ts';
import { replay, type Settings } from '../replay.ts';
import { type Service, snapshot } from '../service.ts';
import { brandOn, chartFigure, pathOfBrand } from './brand.ts';

/** Decisions that the page lists; all are in the CSV. */
const LISTED = 60;

/** A brand's alerts: what was decided and why, and what another threshold would have decided. */
export async function alertsPage(
  service: Service,
  query: { slug: string; rule?: string | undefined; settings: Partial<Settings> },
): Promise<Page> {
  const { slug, settings } = query;
  const rules = rulesOf(service.config).filter(({ brandSlug }) => brandSlug === slug);
  return snapshot(service, async (reader) => {
    const { brand, context } = await brandOn(reader, service, slug);
    const rule = query.rule === undefined ? rules[0] : rules.find(({ ruleId }) => ruleId === query.rule);
    const path = `${pathOfBrand(slug)}/alerts`;
    const head = (body: Markup): Page => ({
      ...{ title: `Alerts of ${brand.name}`, section: '/' },
      body: html`<header>
<p class="kicker"><a href="/">Brands</a> › <a href="${pathOfBrand(slug)}">${brand.name}</a></p>
<h1>Alerts of ${brand.name}</h1>
</header>
${body}`,
    });
    if (rule === undefined) {
      if (query.rule !== undefined) throw new NotFound('The brand has no such alert.');
      return head(html`<main><section><p>The settings name no alert for this brand.</p></section></main>`);
    }
    const events = await latestEvents(reader, rule.ruleId);
    const chosen = {
      below: settings.below ?? rule.below,
      // As far above as in the settings, unless told otherwise.
      recoverAbove: Math.max(
        settings.recoverAbove ?? Math.min(1, (settings.below ?? rule.below) + rule.recoverAbove - rule.below),
        settings.below ?? rule.below,
      ),
      minPosts: settings.minPosts ?? rule.minPosts,
    };
    const other = replay(brand, brand.figures, rule, chosen);
    const actual = { ...brand, firingDays: new Set(events.filter((e) => e.to_state === 'firing').map((e) => e.day)) };
    return head(html`<main>
${rules.length > 1 ? ruleChoice(path, rules, rule) : undefined}
<section>
<h2>Try another threshold</h2>
<p class="hint">The same days, decided anew. Nothing is stored or mailed; what you choose goes into the settings by hand.</p>
<form action="${path}" method="get" data-live="replay">
<input type="hidden" name="rule" value="${rule.ruleId}">
<label for="below">Alert below <output for="below">${chosen.below.toFixed(2)}</output><input type="range" id="below" name="below" min="0" max="1" step="0.01" value="${chosen.below}"></label>
<label>Over at <input type="number" name="recover_above" min="0" max="1" step="0.01" value="${settings.recoverAbove ?? ''}" placeholder="${chosen.recoverAbove.toFixed(2)}"></label>
<label>Least posts <input type="number" name="min_posts" min="1" step="1" value="${chosen.minPosts}"></label>
<button>Replay</button> <progress hidden aria-label="Replaying"></progress>
</form>
<div id="replay" aria-live="polite">
<p role="status">Below ${thresholdText(chosen.below, rule.metric)} there would have been <strong>${countOf(other.alerts, 'alert')}</strong> on ${countOf(other.firingDays, 'day')} of ${count(brand.figures.length)}. The settings have ${thresholdText(rule.below, rule.metric)}: ${countOf(firingSpans(actual).length, 'alert')} on ${countOf(actual.firingDays.size, 'day')}.</p>
${chartFigure(other.brand, context, { days: 'all', link: `${pathOfBrand(slug)}/days` })}
${spanList(firingSpans(other.brand))}
</div>
</section>
<section>
<div class="row"><h2>What was decided, and why</h2><a href="/api/brands/${encodeURIComponent(slug)}/alerts?format=csv">All as CSV</a></div>
${timeline(events, rule, slug)}
</section>
</main>`);
  });
}

function ruleChoice(path: string, rules: readonly Rule[], chosen: Rule): Markup {
  return html`<div class="choices" role="group" aria-label="Alert">${rules.map(
    (rule) =>
      html`<a href="${path}?rule=${encodeURIComponent(rule.ruleId)}"${rule === chosen ? raw(' aria-current="true"') : undefined}>${rule.metric === 'mean_pos' ? 'Mean score' : 'Positive rate'} below ${thresholdText(rule.below, rule.metric)}</a>\n`,
  )}</div>`;
}

function spanList(spans: readonly { from: number; to: number }[]): Markup {
  if (spans.length === 0) return html`<p>No alert.</p>`;
  return html`<p>Alerts: ${spans.map(({ from, to }, index) => html`${index === 0 ? '' : ', '}${shortDate(from)}${from === to ? '' : ` to ${shortDate(to)}`}`)}.</p>`;
}

function timeline(events: readonly AlertEventRow[], rule: Rule, slug: string): Markup {
  if (events.length === 0) return html`<p>Nothing was decided yet.</p>`;
  const listed = events.toReversed().slice(0, LISTED);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Decisions"><table class="lines">
<thead><tr><th scope="col">Day</th><th scope="col">State</th><th scope="col">Why</th></tr></thead>
<tbody>
${listed.map(
  (event) =>
    html`<tr${event.to_state === 'firing' ? raw(' class="firing-day"') : undefined}><th scope="row"><a href="${pathOfBrand(slug)}/days/${formatDay(event.day)}">${shortDate(event.day)}</a></th><td>${stateText(event)}</td><td>${reasonText(event, rule)}</td></tr>\n`,
)}</tbody></table></div>${events.length > LISTED ? html`<p class="hint">The newest ${LISTED} of ${countOf(events.length, 'decision')}.</p>` : undefined}`;
}

function stateText({ from_state, to_state }: AlertEventRow): string {
  if (from_state === to_state) return to_state === 'firing' ? 'firing' : 'calm';
  return to_state === 'firing' ? 'begins to fire' : 'is over';
}

/** Why a day was decided as it was, with the figures that were looked at. */
export function reasonText(event: Pick<AlertEventRow, 'reason' | 'inputs'>, rule: Pick<Rule, 'metric'>): string {
  const { value, low, high, posts, threshold, recover_above, min_posts } = JSON.parse(event.inputs) as StepInputs;
  if (event.reason === 'no_data') return 'The day has no posts any more.';
  if (event.reason === 'too_few_posts' || value === null)
    return `${countOf(posts, 'post')} in the window, and ${count(min_posts)} are needed: the state stays.`;
  const figure = `${measure(value, rule.metric)}${low === null || high === null ? '' : ` (${measure(low, rule.metric)} to ${measure(high, rule.metric)})`} on ${countOf(posts, 'post')}`;
  const below = thresholdText(threshold, rule.metric);
  if (event.reason === 'below_threshold') return `${figure}: below ${below}.`;
  if (event.reason === 'recovered')
    return `${figure}: not below ${thresholdText(recover_above, rule.metric)} any more.`;
  if (event.reason === 'between')
    return `${figure}: above ${below} again, but not yet at ${thresholdText(recover_above, rule.metric)}, where the alert ends.`;
  return `${figure}: not below ${below}.`;
}
