import { type AlertEventRow, latestEvents } from '../../db/alerts.ts';
import type { AlertState } from '../../db/schema.ts';
import type { Reader } from '../../db/store.ts';
import { simulateBrand } from '../../jobs/alert-simulation.ts';
import { count, countOf, shortDate } from '../../reports/format.ts';
import { html, type Markup, raw } from '../../reports/html.ts';
import { type BrandReport, firingSpans, type SeriesContext } from '../../reports/model.ts';
import { decisionText, ruleText, stateText, storedDecision } from '../../src/alerts/explain.ts';
import type { AlertRule, ThresholdRule } from '../../src/alerts/rule.ts';
import { type Simulation, simulateNights } from '../../src/alerts/simulate.ts';
import { rulesOf } from '../../src/alerts/stage.ts';
import { figureText } from '../../src/alerts/words.ts';
import { formatDay } from '../../src/calendar.ts';
import type { Page } from '../frame.ts';
import { NotFound } from '../refusal.ts';
import { type Service, snapshot } from '../service.ts';
import { brandOn, chartFigure, pathOfBrand } from './brand.ts';

/** Decisions that the page lists; all are in the CSV. */
const LISTED = 60;

/** What the slider's form sets of a rule. */
export interface Settings {
  readonly below: number;
  readonly recoverAbove: number;
  readonly minPosts: number;
}

/** A brand's alerts: what was decided and why, and what another threshold would have decided. */
export async function alertsPage(
  service: Service,
  query: { slug: string; rule?: string | undefined; settings: Partial<Settings> },
): Promise<Page> {
  const { slug } = query;
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
    return head(html`<main>
${rules.length > 1 ? ruleChoice(path, rules, rule) : undefined}
${rule.type === 'threshold' ? await replaySection(reader, service, { brand, context, rule, rules, path, settings: query.settings }) : undefined}
<section>
<div class="row"><h2>What was decided, and why</h2><a href="/api/brands/${encodeURIComponent(slug)}/alerts?format=csv">All as CSV</a></div>
<p class="hint">The rule: ${ruleText(rule)}.</p>
${timeline(events, rule, slug)}
</section>
</main>`);
  });
}

/** The days decided anew by the rule with other settings, as the nightly run would have: `monitor alerts simulate` in a page. */
async function replaySection(
  reader: Reader,
  service: Service,
  {
    brand,
    context,
    rule,
    rules,
    path,
    settings,
  }: {
    brand: BrandReport;
    context: SeriesContext;
    rule: ThresholdRule;
    rules: readonly AlertRule[];
    path: string;
    settings: Partial<Settings>;
  },
): Promise<Markup | undefined> {
  const from = brand.figures[0]?.day;
  if (from === undefined) return undefined;
  const below = settings.below ?? rule.below;
  // As far above as in the settings, unless told otherwise.
  const recoverAbove = Math.max(settings.recoverAbove ?? Math.min(1, below + rule.recoverAbove - rule.below), below);
  const minPosts = settings.minPosts ?? rule.minPosts;
  const asked = { brand: brand.slug, from, to: context.newestDay, rule: rules.indexOf(rule) + 1, perMonth: 1 };
  const change = { below, recover_above: recoverAbove, min_posts: minPosts };
  const tried = await simulateBrand(reader, service.config, { ...asked, change });
  // What a day looks like doesn't depend on the threshold, so the same days serve the settings' own.
  const actual = simulateNights(rule, tried.days, tried.range);
  const days = ({ decisions }: Simulation): number => decisions.filter(({ to }) => to === 'firing').length;
  const level = (share: number): string => figureText(rule.metric, share);
  const { metric } = rule;
  const replayed: BrandReport = {
    ...brand,
    threshold: { metric, below },
    window: rule.window === context.window ? undefined : rule.window,
    series: tried.days.flatMap(({ day, total, daily, smoothed }) => (daily ? { day, total, daily, smoothed } : [])),
    otherAlert: undefined,
    firingDays: new Set(tried.decisions.filter(({ to }) => to === 'firing').map(({ day }) => day)),
    state: tried.decisions.at(-1)?.to === 'firing' ? 'firing' : 'inactive',
  };
  const { recommended } = tried;
  const least = metric === 'net_sentiment' ? -1 : 0;
  return html`<section>
<h2>Try another threshold</h2>
<p class="hint">The same days, decided anew. Nothing is stored or mailed; what you choose goes into the settings by hand.</p>
<form action="${path}" method="get" data-live="replay">
<input type="hidden" name="rule" value="${rule.ruleId}">
<label for="below">Alert below <output for="below">${below.toFixed(2)}</output><input type="range" id="below" name="below" min="${least}" max="1" step="0.01" value="${below}"></label>
<label>Over at <input type="number" name="recover_above" min="${least}" max="1" step="0.01" value="${settings.recoverAbove ?? ''}" placeholder="${recoverAbove.toFixed(2)}"></label>
<label>Least posts <input type="number" name="min_posts" min="1" step="1" value="${minPosts}"></label>
<button>Replay</button> <progress hidden aria-label="Replaying"></progress>
</form>
<div id="replay" aria-live="polite">
<p role="status">Below ${level(below)} there would have been <strong>${countOf(tried.alerts.length, 'alert')}</strong> on ${countOf(days(tried), 'day')} of ${count(brand.figures.length)}. The settings have ${level(rule.below)}: ${countOf(actual.alerts.length, 'alert')} on ${countOf(days(actual), 'day')}.${recommended === null ? '' : ` For about one alert a month: ${level(recommended.below)}.`}</p>
${chartFigure(replayed, context, { days: 365, link: `${pathOfBrand(brand.slug)}/days` })}
${spanList(firingSpans(replayed))}
</div>
</section>`;
}

function ruleChoice(path: string, rules: readonly AlertRule[], chosen: AlertRule): Markup {
  return html`<div class="choices" role="group" aria-label="Alert">${rules.map(
    (rule) =>
      html`<a href="${path}?rule=${encodeURIComponent(rule.ruleId)}"${rule === chosen ? raw(' aria-current="true"') : undefined}>${ruleText(rule)}</a>\n`,
  )}</div>`;
}

function spanList(spans: readonly { from: number; to: number }[]): Markup {
  if (spans.length === 0) return html`<p>No alert.</p>`;
  return html`<p>Alerts: ${spans.map(({ from, to }, index) => html`${index === 0 ? '' : ', '}${shortDate(from)}${from === to ? '' : ` to ${shortDate(to)}`}`)}.</p>`;
}

function timeline(events: readonly AlertEventRow[], rule: AlertRule, slug: string): Markup {
  if (events.length === 0) return html`<p>Nothing was decided yet.</p>`;
  const listed = events.toReversed().slice(0, LISTED);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Decisions"><table class="lines">
<thead><tr><th scope="col">Day</th><th scope="col">State</th><th scope="col">Why</th></tr></thead>
<tbody>
${listed.map(
  (event) =>
    html`<tr${event.to_state === 'firing' ? raw(' class="firing-day"') : undefined}><th scope="row" class="day"><a href="${pathOfBrand(slug)}/days/${formatDay(event.day)}">${shortDate(event.day)}</a></th><td>${standingText(event)}</td><td>${decisionText(rule, storedDecision(event))}</td></tr>\n`,
)}</tbody></table></div>${events.length > LISTED ? html`<p class="hint">The newest ${LISTED} of ${countOf(events.length, 'decision')}.</p>` : undefined}`;
}

/** A state where it begins, and where it goes on. */
function standingText({ from_state: from, to_state: to }: AlertEventRow): string {
  const begins: Partial<Record<AlertState, string>> = { firing: 'begins to fire', resolved: 'is over' };
  return from === to ? stateText(to) : (begins[to] ?? stateText(to));
}
