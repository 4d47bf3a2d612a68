import { decide, deliver, judgeRejects, notify, transportsOf } from '../src/alerts/stage.ts';
import type { Day } from '../src/calendar.ts';
import { ingest } from '../src/ingest/stage.ts';
import { type FinishedRun, recordRun } from './record.ts';
import { alertChart, report } from './report.ts';
import { retention } from './retention.ts';
import { aggregateSeries, scoreSeries } from './series.ts';
import type { Session } from './session.ts';

/**
 * The nightly job of the morning of `asOf`: reads what arrived, scores it, brings the daily figures up to date, decides on
 * every brand up to the day before, mails the teams whose brand dipped, and writes that day's reports.
 */
export function nightly(
  session: Session,
  asOf: Day,
  secrets: (name: string) => string | undefined,
): Promise<FinishedRun> {
  const newestDay = asOf - 1;
  // Before the long work, so that a missing password is told at once.
  const transports = transportsOf(session.config, secrets);
  return recordRun(session, { kind: 'nightly', asOf }, async (stage, runId) => {
    await stage('ingest', () => ingest(session));
    await stage('rejects', () => judgeRejects(session));
    await stage('score', () => scoreSeries(session));
    await stage('aggregate', () => aggregateSeries(session));
    await stage('decide', () => decide(session, { runId, newestDay }));
    await stage('notify', () => notify(session, { runId, newestDay, chartFor: alertChart(session, newestDay) }));
    await stage('deliver', () => deliver(session, transports));
    await stage('report', () => report(session, newestDay));
    if (session.config.retention) await stage('retention', () => retention(session));
  });
}
