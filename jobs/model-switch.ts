import { newestDecidedDay } from '../db/alerts.ts';
import { staleDays } from '../db/beside.ts';
import { activeModel } from '../db/networks.ts';
import { newestReportedDay } from '../db/runs.ts';
import { sealedBefore } from '../db/sealed.ts';
import { firstSeriesDay, modelSpans, switchSeries } from '../db/series.ts';
import type { Reader } from '../db/store.ts';
import { countTextsWithoutScore, type DayRange } from '../db/texts.ts';
import { aggregateBeside } from '../src/aggregate/stage.ts';
import { decideAgain } from '../src/alerts/stage.ts';
import type { Day } from '../src/calendar.ts';
import { MonitorError } from '../src/errors.ts';
import { score } from '../src/model/stage.ts';
import { type BrandComparison, compareSeries } from './model-compare.ts';
import { type FinishedRun, recordRun } from './record.ts';
import { FIRST_DAY, LAST_DAY } from './series.ts';
import type { Session } from './session.ts';

export interface SwitchOptions {
  /** Leave old days with the model that they have. */
  readonly keepHistory: boolean;
  /** The first day of the new model when the history is kept; by default the first that nobody was told about. */
  readonly fromDay: Day | null;
}

/** What a switch will do. */
export interface SwitchPlan {
  /** Whether the series is this model's already, as it is asked for. */
  readonly done: boolean;
  /** The first day that the new model shows; null for all days. */
  readonly from: Day | null;
  /** Days before this one can't be computed again: their texts were deleted by age. Null without such days. */
  readonly sealedBefore: Day | null;
  /** Texts that the network has still to score, and brand-days to compute. */
  readonly texts: number;
  readonly days: number;
}

/** Looks what a switch to a model would do. A model that the database doesn't know yet has the numbers -1. Writes nothing. */
export async function planSwitch(
  reader: Reader,
  model: { readonly modelId: number; readonly networkId: number },
  { keepHistory, fromDay }: SwitchOptions,
): Promise<SwitchPlan> {
  const first = await firstSeriesDay(reader);
  const sealed = await sealedBefore(reader);
  const kept = keepHistory ? (fromDay ?? (await firstUntoldDay(reader))) : Number.NEGATIVE_INFINITY;
  const boundary = Math.max(sealed, kept);
  const from = first === null || boundary <= first ? null : boundary;
  const spans = await modelSpans(reader);
  const range = rangeFrom(from);
  return {
    done:
      spans.at(-1)?.modelId === model.modelId &&
      spans.every((span) => span.to === null || (from !== null && span.to < from)),
    from,
    sealedBefore: first !== null && sealed > first ? sealed : null,
    texts: await countTextsWithoutScore(reader, model.networkId, from === null ? undefined : range),
    days: (await staleDays(reader, model.modelId, range)).length,
  };
}

/** The first day that was neither decided nor reported. */
async function firstUntoldDay(reader: Reader): Promise<Day> {
  const decided = (await newestDecidedDay(reader)) ?? Number.NEGATIVE_INFINITY;
  return Math.max(decided, (await newestReportedDay(reader)) ?? Number.NEGATIVE_INFINITY) + 1;
}

/** What a switch changed. */
export interface SwitchSummary {
  model: string;
  from: Day | null;
  /** Decisions that came out differently, by rule. */
  revised: Record<string, number>;
}

export interface FinishedSwitch {
  readonly plan: SwitchPlan;
  readonly run: FinishedRun | null;
  readonly comparison: readonly BrandComparison[];
}

/**
 * Makes the session's model the one that figures are computed with. Its scores and statistics are made beside the old ones,
 * batch by batch, and stay where this is stopped; then one transaction changes the series and folds the alerts' history again.
 * Mails nobody. Errors: E_INTERRUPTED between batches; a second call goes on.
 */
export async function switchModel(session: Session, options: SwitchOptions, asOf: Day): Promise<FinishedSwitch> {
  const { store, model, config } = session;
  const plan = await planSwitch(store.read, model, options);
  if (plan.done) return { plan, run: null, comparison: [] };
  const { from } = plan;
  let comparison: BrandComparison[] = [];
  const run = await recordRun(session, { kind: 'model', asOf }, async (stage, runId) => {
    const range = rangeFrom(from);
    await stage('score', () => score(session, model, session.pool, { range: from === null ? undefined : range }));
    await stage('aggregate', () => aggregateBeside(session, model, range));
    comparison = await store.snapshot((reader) =>
      compareSeries(reader, config, { a: 'shown', b: { modelId: model.modelId, from } }),
    );
    await stage('switch', () =>
      store.transaction(async (tx) => {
        await switchSeries(tx, { modelId: model.modelId, sha256: model.modelSha256 }, from);
        const revisions = await decideAgain(tx, session, runId, from ?? FIRST_DAY);
        const revised = Object.fromEntries([...revisions].map(([rule, days]) => [rule.ruleId, days]));
        return { model: model.modelSha256, from, revised };
      }),
    );
  });
  return { plan, run, comparison };
}

/**
 * Scores and computes a range of days with the session's model beside the active one. Nothing that is shown changes; a later
 * switch, or a comparison, finds the work done. Errors: E_USAGE for the active model, E_INTERRUPTED between batches.
 */
export async function backfillBeside(session: Session, range: DayRange): Promise<FinishedRun> {
  const { store, model } = session;
  if ((await activeModel(store.read))?.modelId === model.modelId)
    throw new MonitorError('E_USAGE', 'This is the active model.', {
      remedy: 'Leave --model out: backfill works with the active model.',
    });
  const days = { from: Math.max(range.from, await sealedBefore(store.read)), to: range.to };
  return recordRun(session, { kind: 'backfill', asOf: range.to + 1 }, async (stage) => {
    await stage('score', () => score(session, model, session.pool, { range: days }));
    await stage('aggregate', () => aggregateBeside(session, model, days));
  });
}

function rangeFrom(from: Day | null): DayRange {
  return { from: from ?? FIRST_DAY, to: LAST_DAY };
}
