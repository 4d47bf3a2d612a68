import { newestDecidedDay } from '../db/alerts.ts';
import { recordRevisions } from '../src/aggregate/revisions.ts';
import { aggregate } from '../src/aggregate/stage.ts';
import { decide } from '../src/alerts/stage.ts';
import type { Day } from '../src/calendar.ts';
import { ingest } from '../src/ingest/stage.ts';
import { score } from '../src/model/stage.ts';
import { type FinishedRun, recordRun } from './record.ts';
import { report } from './report.ts';
import type { Session } from './session.ts';

/**
 * Scores and aggregates the days from `from` to `to`, both inclusive, and writes the reports as the nightly job of the next
 * morning would. The history of the alerts is folded over what changed; nobody is mailed.
 */
export function backfill(session: Session, range: { from: Day; to: Day }): Promise<FinishedRun> {
  return recordRun(session, { kind: 'backfill', asOf: range.to + 1 }, async (stage, runId) => {
    const { model, store } = session;
    await stage('ingest', () => ingest(session));
    await stage('score', () => score(session, model, session.pool, range));
    await stage('aggregate', () => aggregate(session, model, range));
    // Days after the range that were decided already follow from days within it.
    const newestDay = Math.max(range.to, (await newestDecidedDay(store.read)) ?? range.to);
    await stage('decide', () => decide(session, { modelId: model.modelId, runId, newestDay }));
    const revisedOn = session.zone.dayOf(session.clock());
    await stage('revisions', () => recordRevisions(session, { ...model, runId, newestDay: range.to, revisedOn }));
    await stage('report', () => report(session, range.to));
  });
}
