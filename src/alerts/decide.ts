import { type AlertEventRow, appendEvents, latestEvents, newestEventSeq } from '../../db/alerts.ts';
import { brandIdOf } from '../../db/brands.ts';
import { dirtyDays } from '../../db/dirty-days.ts';
import { firstChangedDay } from '../../db/series.ts';
import { currentSeq } from '../../db/settings.ts';
import type { Reader, Tx } from '../../db/store.ts';
import type { DatedStats } from '../aggregate/day-stats.ts';
import type { Day } from '../calendar.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import { type Delivery, deliveryOf } from './complete.ts';
import { type Decision, foldDays } from './fold.ts';
import { brandSources, freshnessInputs, momentOf, seriesOfBrand } from './inputs.ts';
import { type DayInput, dayInputs, emptyDay } from './measure.ts';
import { type AlertRule, type FreshnessRule, rulesOf } from './rule.ts';
import { standingAfter } from './step.ts';

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
      return brandId === undefined ? 0 : decideRule(tx, context, { ...run, rule, brandId, seq: settled(brandId) });
    });
  }
  return { rules: rules.length, events };
}

/**
 * Decides again, after a change of the model and in its transaction, every day from `from` on that was decided before. What
 * comes out differently is appended as a revision. Returns how many days that were, by rule.
 */
export async function decideAgain(tx: Tx, context: Context, runId: number, from: Day): Promise<Map<AlertRule, number>> {
  const settled = await settledSeqs(tx);
  const revisions = new Map<AlertRule, number>();
  for (const rule of rulesOf(context.config)) {
    const brandId = await brandIdOf(tx, rule.brandSlug);
    const newestDay = (await latestEvents(tx, rule.ruleId)).at(-1)?.day;
    if (rule.type === 'freshness' || brandId === undefined || newestDay === undefined) continue;
    const seq = settled(brandId);
    revisions.set(rule, await decideRule(tx, context, { rule, brandId, runId, newestDay, seq, again: from }));
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

interface RuleDecision {
  readonly rule: AlertRule;
  readonly brandId: number;
  readonly runId: number;
  readonly newestDay: Day;
  /** The tick of the logical clock that the brand's statistics hold. */
  readonly seq: number;
  /** Decide all days from here on again. */
  readonly again?: Day;
}

async function decideRule(tx: Tx, context: Context, decision: RuleDecision): Promise<number> {
  const { rule, runId, seq } = decision;
  const known = await latestEvents(tx, rule.ruleId);
  const days =
    rule.type === 'freshness'
      ? await freshnessInputs(tx, context, decision, known)
      : await changedInputs(tx, context, decision, rule, known);
  const [first] = days;
  if (first === undefined) return 0;
  const knownOf = new Map(known.map((event) => [event.day, event]));
  const initial = standingAfter(known.findLast(({ day }) => day < first.day));
  const news = foldDays(initial, days, rule).filter((decided) => !isSame(decided, knownOf.get(decided.day), rule));
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

/** The days of a rule on figures that are to be decided, or decided again. */
async function changedInputs(
  tx: Tx,
  { config, zone, clock }: Context,
  { brandId, newestDay, again }: RuleDecision,
  rule: Exclude<AlertRule, FreshnessRule>,
  known: readonly AlertEventRow[],
): Promise<DayInput[]> {
  const sources = await brandSources(tx, brandId, newestDay);
  const delivery = deliveryOf(sources, {
    ...{ newestDay, zone, settleHours: config.alerts.settle_hours },
    nowMs: momentOf(newestDay, clock(), zone),
  });
  const newestKnown = known.at(-1)?.day ?? Number.NEGATIVE_INFINITY;
  const end = Math.max(delivery.newestDay, newestKnown);
  const series = await seriesOfBrand(tx, brandId, end);
  const changed = again ?? (await firstChangedDay(tx, brandId, (await newestEventSeq(tx, rule.ruleId)) ?? 0));
  const outdated = firstOutdated(rule, known, series.stats, delivery);
  const start = Math.min(newestKnown + 1, changed ?? Number.POSITIVE_INFINITY, outdated ?? Number.POSITIVE_INFINITY);
  const inputs = new Map(
    dayInputs(rule, series, config, { from: start, to: end }).map((input) => [
      input.day,
      { ...input, missingSources: delivery.missing(input.day) },
    ]),
  );
  const lost = known.filter(({ day }) => day >= start && !inputs.has(day)).map(({ day }) => emptyDay(day));
  return [...inputs.values(), ...lost].sort((a, b) => a.day - b.day);
}

/**
 * The first day whose decision no change of its figures will correct: on posts that are gone, or as stale when all is delivered since.
 * Without posts, a day is decided by rules on volume alone.
 */
function firstOutdated(
  rule: AlertRule,
  known: readonly AlertEventRow[],
  stats: readonly DatedStats[],
  delivery: Delivery,
): Day | undefined {
  const withPosts = new Set(stats.map(({ day }) => day));
  const isLost = ({ day, reason }: AlertEventRow) =>
    rule.type !== 'volume' && reason !== 'no_data' && !withPosts.has(day);
  const isDelivered = ({ day, reason }: AlertEventRow) => reason === 'stale' && delivery.missing(day).length === 0;
  return known.find((event) => isLost(event) || isDelivered(event))?.day;
}

/** That an hour has passed without an export is no news while nothing else has changed. */
function isSame(decision: Decision, event: AlertEventRow | undefined, rule: AlertRule): boolean {
  return (
    event !== undefined &&
    event.from_state === decision.from &&
    event.to_state === decision.to &&
    event.reason === decision.reason &&
    (rule.type === 'freshness' || event.inputs === JSON.stringify(decision.inputs))
  );
}
