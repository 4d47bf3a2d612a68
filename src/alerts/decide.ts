import { type AlertEventRow, appendEvents, latestEvents, newestEventSeq } from '../../db/alerts.ts';
import { brandIdOf } from '../../db/brands.ts';
import { dirtyDays } from '../../db/dirty-days.ts';
import { firstChangedDay, modelBreaks, modelSpans, seriesStatsOf } from '../../db/series.ts';
import { currentSeq } from '../../db/settings.ts';
import type { Reader, Tx } from '../../db/store.ts';
import type { DatedStats } from '../aggregate/day-stats.ts';
import { dailyFigures } from '../aggregate/figures.ts';
import type { Day } from '../calendar.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import { type Decision, foldDays } from './fold.ts';
import { type Rule, rulesOf } from './rule.ts';

/** What decisions and mails are made for. */
export interface AlertRun {
  readonly runId: number;
  /** The newest day that this run decides on. */
  readonly newestDay: Day;
  /** Only the rules of this brand. */
  readonly brand?: string | undefined;
}

/**
 * Decides every rule's days up to the newest one and appends what is new or has changed to the history.
 * Starts at the first day that is undecided or whose statistics changed since; a second call writes nothing.
 * Days after the newest are decided again when they were decided before, so that no history contradicts itself.
 */
export async function decide(context: Context, run: AlertRun): Promise<{ rules: number; events: number }> {
  const { store, config, signal } = context;
  const rules = rulesOf(config).filter(({ brandSlug }) => run.brand === undefined || run.brand === brandSlug);
  const settled = await settledSeqs(store.read);
  let events = 0;
  for (const rule of rules) {
    throwIfAborted(signal);
    events += await store.transaction(async (tx) => {
      const brandId = await brandIdOf(tx, rule.brandSlug);
      return brandId === undefined ? 0 : decideRule(tx, context, run, rule, brandId, settled(brandId));
    });
  }
  return { rules: rules.length, events };
}

/**
 * Decides again, after a change of the model and in its transaction, every day from `from` on that was decided before. What
 * comes out differently is appended as a revision. Returns how many days that were, by rule.
 */
export async function decideAgain(tx: Tx, context: Context, runId: number, from: Day): Promise<Map<Rule, number>> {
  const settled = await settledSeqs(tx);
  const revisions = new Map<Rule, number>();
  for (const rule of rulesOf(context.config)) {
    const brandId = await brandIdOf(tx, rule.brandSlug);
    const newestDay = (await latestEvents(tx, rule.ruleId)).at(-1)?.day;
    if (brandId === undefined || newestDay === undefined) continue;
    revisions.set(rule, await decideRule(tx, context, { runId, newestDay }, rule, brandId, settled(brandId), from));
  }
  return revisions;
}

/**
 * The tick of the logical clock up to which a brand's statistics hold every change. Days that still wait to be computed
 * keep the older tick of the change that they wait for, so theirs is not yet reached.
 */
async function settledSeqs(reader: Reader): Promise<(brandId: number) => number> {
  const current = await currentSeq(reader);
  const waiting = new Map<number, number>();
  for (const { brandId, seq } of await dirtyDays(reader))
    waiting.set(brandId, Math.min(seq, waiting.get(brandId) ?? seq));
  return (brandId) => Math.min(current, (waiting.get(brandId) ?? Number.POSITIVE_INFINITY) - 1);
}

async function decideRule(
  tx: Tx,
  { config }: Context,
  { runId, newestDay }: AlertRun,
  rule: Rule,
  brandId: number,
  seq: number,
  again: Day | null = null,
): Promise<number> {
  const known = await latestEvents(tx, rule.ruleId);
  const end = Math.max(newestDay, known.at(-1)?.day ?? newestDay);
  const stats = (await seriesStatsOf(tx, brandId, { to: end })).filter((day) => day.n > 0);
  const seen = await newestEventSeq(tx, rule.ruleId);
  const changed = again ?? (seen === null ? null : await firstChangedDay(tx, brandId, seen));
  const start = firstDayToDecide(known, stats, changed);
  if (start > end) return 0;

  const breaks = modelBreaks(await modelSpans(tx));
  // As many rows before the start as the window is long reach back as far as the window does, counted either way.
  const first = stats.findIndex((day) => day.day >= start);
  const figures = first < 0 ? [] : dailyFigures(stats.slice(Math.max(0, first - config.window + 1)), config, breaks);
  const figuresOf = new Map(figures.filter(({ day }) => day >= start).map((day) => [day.day, day]));
  const knownOf = new Map(known.filter(({ day }) => day >= start).map((event) => [event.day, event]));
  const days = [...new Set([...figuresOf.keys(), ...knownOf.keys()])].sort((a, b) => a - b);
  const initial = known.findLast(({ day }) => day < start)?.to_state ?? 'inactive';

  const decisions = foldDays(
    initial,
    days.map((day) => ({ day, figures: figuresOf.get(day) ?? null })),
    rule,
  );
  const news = decisions.filter((decision) => !isSame(decision, knownOf.get(decision.day)));
  await appendEvents(
    tx,
    news.map(({ day, from, to, reason, inputs }) => ({
      rule_id: rule.ruleId,
      day,
      run_id: runId,
      data_seq: seq,
      from_state: from,
      to_state: to,
      reason,
      inputs: JSON.stringify(inputs),
    })),
  );
  return news.length;
}

/** The first day with posts that is undecided, changed, or was decided and has lost its posts; infinite when none is. */
function firstDayToDecide(known: readonly AlertEventRow[], stats: readonly DatedStats[], changed: Day | null): Day {
  const newest = known.at(-1)?.day ?? Number.NEGATIVE_INFINITY;
  const withPosts = new Set(stats.map(({ day }) => day));
  return Math.min(
    changed ?? Number.POSITIVE_INFINITY,
    stats.find(({ day }) => day > newest)?.day ?? Number.POSITIVE_INFINITY,
    known.find(({ day, reason }) => reason !== 'no_data' && !withPosts.has(day))?.day ?? Number.POSITIVE_INFINITY,
  );
}

function isSame(decision: Decision, event: AlertEventRow | undefined): boolean {
  return (
    event !== undefined &&
    event.from_state === decision.from &&
    event.to_state === decision.to &&
    event.reason === decision.reason &&
    event.inputs === JSON.stringify(decision.inputs)
  );
}
