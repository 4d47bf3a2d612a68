import { newestDecidedDay, revisedBy } from '../db/alerts.ts';
import { type DayLevel, levelsOf, postsOfDays } from '../db/backfill.ts';
import { listBrands } from '../db/brands.ts';
import { markDaysDirty } from '../db/dirty-days.ts';
import { deleteSetting, saveSetting, setting } from '../db/settings.ts';
import type { DayRange } from '../db/texts.ts';
import { recordRevisions } from '../src/aggregate/revisions.ts';
import { decide } from '../src/alerts/stage.ts';
import { type Day, formatDay } from '../src/calendar.ts';
import { retryRejects } from '../src/ingest/retry.ts';
import { ingest } from '../src/ingest/stage.ts';
import { rescore } from '../src/model/stage.ts';
import { type AlertRevisions, alertRevisions, type FigureChanges, figureChanges } from './backfill-changes.ts';
import { knownBrandId } from './known-brand.ts';
import { type FinishedRun, recordRun } from './record.ts';
import { report } from './report.ts';
import { aggregateSeries, scoreSeries } from './series.ts';
import type { Session } from './session.ts';

export const REPROCESS = ['missing', 'failed', 'all'] as const;

export interface BackfillOptions {
  /** First and last day, both included. */
  readonly from: Day;
  readonly to: Day;
  /** The slug of the only brand to work on. */
  readonly brand?: string | undefined;
  /** What is scored: texts without a score; these, after rejected rows were tried again; or all texts. */
  readonly reprocess?: (typeof REPROCESS)[number] | undefined;
}

/** What a backfill came to, since it was first started: a run that was killed counts with the one that ended its work. */
export interface BackfillSummary {
  from: string;
  to: string;
  brand: string | null;
  days: number;
  posts: number;
  figures: FigureChanges;
  alerts: AlertRevisions;
}

/**
 * Scores and aggregates days of the past, and writes the reports as the nightly job of the morning after them would. The
 * history of the alerts is folded over what changed; nobody is mailed. Started again after it was stopped or killed, with the
 * same options, it goes on. Errors: E_USAGE for a brand that is not known, and those of the stages.
 */
export async function backfill(session: Session, options: BackfillOptions): Promise<FinishedRun> {
  const { store } = session;
  const { brand, reprocess = 'missing' } = options;
  const range = await rangeOf(session, options);
  return recordRun(session, { kind: 'backfill', asOf: range.to + 1 }, async (stage, runId) => {
    const begun = await begin(session, options, range, runId);
    if (reprocess === 'failed') await stage('retry', () => retryRejects(session));
    await stage('ingest', () => ingest(session));
    await stage('score', () => (reprocess === 'all' ? scoreAll(session, range) : scoreSeries(session, { range })));
    await stage('aggregate', () => aggregateSeries(session, range));
    const newestDay = await newestDayToDecide(session, range.to);
    await stage('decide', () => decide(session, { runId, newestDay, brand }));
    const revisedOn = session.zone.dayOf(session.clock());
    await stage('revisions', () => recordRevisions(session, { runId, newestDay: range.to, revisedOn }));
    await stage('report', () => report(session, range.to));
    await stage('backfill', () => summaryOf(session, options, range, begun));
    await store.transaction(async (tx) => {
      for (const key of [BEGUN, SCORED_TO]) await deleteSetting(tx, key);
    });
  });
}

/** The days and the brand's number. Errors: E_USAGE. */
export async function rangeOf({ store }: Pick<Session, 'store'>, options: BackfillOptions): Promise<DayRange> {
  const { from, to, brand } = options;
  if (brand === undefined) return { from, to };
  return { from, to, brandId: await knownBrandId(store.read, brand) };
}

/** Keys of the settings that hold what a backfill that was killed needs to go on. */
const BEGUN = 'backfill';
const SCORED_TO = 'backfill_scored_to';

/** What was so when the backfill was started for the first time. */
interface Begun {
  /** The same for a backfill that is started again. */
  work: string;
  firstRun: number;
  before: [brandId: number, day: Day, n: number, nPositive: number, sumScore: number][];
}

async function begin(session: Session, options: BackfillOptions, range: DayRange, runId: number): Promise<Begun> {
  const { store, model } = session;
  const { reprocess = 'missing' } = options;
  const work = JSON.stringify([range.from, range.to, range.brandId ?? null, reprocess, model.modelId]);
  const known = await setting(store.read, BEGUN);
  const begun = known === undefined ? undefined : (JSON.parse(known) as Begun);
  if (begun?.work === work) return begun;
  const levels = await levelsOf(store.read, range);
  const fresh: Begun = {
    work,
    firstRun: runId,
    before: levels.map(({ brandId, day, n, nPositive, sumScore }) => [brandId, day, n, nPositive, sumScore]),
  };
  await store.transaction(async (tx) => {
    await saveSetting(tx, BEGUN, JSON.stringify(fresh));
    await deleteSetting(tx, SCORED_TO);
    // The same scores may come out again, and the days are computed again all the same.
    if (reprocess === 'all') await markDaysDirty(tx, range);
  });
  return fresh;
}

async function scoreAll(session: Session, range: DayRange): Promise<{ texts: number }> {
  const { store, model, pool } = session;
  return rescore(session, model, pool, {
    range,
    after: Number((await setting(store.read, SCORED_TO)) ?? '-1'),
    saved: (tx, textId) => saveSetting(tx, SCORED_TO, String(textId)),
  });
}

/** Days after the range that were decided already follow from days within it. A day that is not over is never decided. */
async function newestDayToDecide({ store, zone, clock }: Session, to: Day): Promise<Day> {
  const over = Math.min(to, zone.dayOf(clock()) - 1);
  return Math.max(over, (await newestDecidedDay(store.read)) ?? over);
}

async function summaryOf(
  { store }: Session,
  { from, to, brand }: BackfillOptions,
  range: DayRange,
  { before, firstRun }: Begun,
): Promise<BackfillSummary> {
  const earlier = before.map(
    ([brandId, day, n, nPositive, sumScore]): DayLevel => ({ brandId, day, n, nPositive, sumScore }),
  );
  const now = await levelsOf(store.read, range);
  return {
    from: formatDay(from),
    to: formatDay(to),
    brand: brand ?? null,
    ...(await postsOfDays(store.read, range)),
    figures: figureChanges(earlier, now, await listBrands(store.read)),
    alerts: alertRevisions(await revisedBy(store.read, firstRun)),
  };
}
