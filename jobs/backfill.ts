import { newestDecidedDay } from '../db/alerts.ts';
import { decide } from '../src/alerts/stage.ts';
import type { Day } from '../src/calendar.ts';
import { ingest } from '../src/ingest/stage.ts';
import { type FinishedRun, recordRun } from './record.ts';
import { report } from './report.ts';
import { aggregateSeries, scoreSeries } from './series.ts';
import type { Session } from './session.ts';

/**
 * Scores and aggregates the days from `from` to `to`, both inclusive, and writes the reports as the nightly job of the next
 * morning would. The history of the alerts is folded over what changed; nobody is mailed.
 */
export function backfill(session: Session, range: { from: Day; to: Day }): Promise<FinishedRun> {
  return recordRun(session, { kind: 'backfill', asOf: range.to + 1 }, async (stage, runId) => {
    const { store } = session;
    await stage('ingest', () => ingest(session));
    await stage('score', () => scoreSeries(session, range));
    await stage('aggregate', () => aggregateSeries(session, range));
    // Days after the range that were decided already follow from days within it.
    const newestDay = Math.max(range.to, (await newestDecidedDay(store.read)) ?? range.to);
    await stage('decide', () => decide(session, { runId, newestDay }));
    await stage('report', () => report(session, range.to));
  });
}
