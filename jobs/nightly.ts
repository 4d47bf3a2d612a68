import { checkDrift } from '../src/aggregate/drift-stage.ts';
import { recordRevisions } from '../src/aggregate/revisions.ts';
import { askSecond, decide, deliver, judgeRejects, notify, queueDigests, transportsOf } from '../src/alerts/stage.ts';
import type { Day } from '../src/calendar.ts';
import { ingest } from '../src/ingest/stage.ts';
import type { createPool } from '../src/model/pool.ts';
import { sampleDays } from '../src/second-opinion/sample-stage.ts';
import { checkClock, missedNights, reportMissed } from './missed.ts';
import { type FinishedRun, recordRun } from './record.ts';
import { alertChart, report } from './report.ts';
import { retention } from './retention.ts';
import { secondReaders } from './second-opinion.ts';
import { aggregateSeries, scoreSeries, seriesAhead } from './series.ts';
import type { Session } from './session.ts';

interface NightOptions {
  /** Whether the day comes from the clock, which may be behind, and not from a person. */
  fromClock?: boolean;
  /** False leaves the reports out. */
  reports?: boolean;
  /** Starts the processes of a second model. */
  startPool?: typeof createPool;
}

/**
 * The nightly job of the morning of `asOf`: reads what arrived, scores it, brings the daily figures up to date, decides on
 * every brand up to the day before, mails the teams whose brand dipped, and writes that day's reports.
 * Mornings missed since the last job are made up: their days are decided one by one like all others, their reports are
 * written, and mails say where things stand now. Errors: E_CLOCK, and those of the stages.
 */
export function nightly(
  session: Session,
  asOf: Day,
  secrets: (name: string) => string | undefined,
  { fromClock = false, reports = true, startPool }: NightOptions = {},
): Promise<FinishedRun> {
  const newestDay = asOf - 1;
  // Before the long work, so that a missing password is told at once.
  const transports = transportsOf(session.config, secrets);
  const second = secondReaders(session, startPool);
  const { open, judgeOf } = second;
  return recordRun(session, { kind: 'nightly', asOf }, async (stage, runId) => {
    const { model } = session;
    if (fromClock) await checkClock(session, asOf);
    const missed = await missedNights(session, asOf);
    const ahead = await seriesAhead(session);
    await stage('ingest', () => ingest(session, { ...(ahead && { beside: ahead }) }));
    await stage('rejects', () => judgeRejects(session));
    await stage('score', () => scoreSeries(session, { ahead }));
    // What follows needs their memory: the days' posts, and a second opinion's model.
    await session.pool.close();
    await stage('aggregate', () => aggregateSeries(session));
    const { sampled_rate } = session.config;
    if (sampled_rate) await stage('sample', () => sampleDays(session, open, judgeOf, sampled_rate));
    await stage('decide', () => decide(session, { runId, newestDay }));
    const drift = await stage('drift', () => checkDrift(session, { model, runId, newestDay }));
    const held = new Map(drift.warnings.flatMap(({ held: slugs, text }) => slugs.map((slug) => [slug, text] as const)));
    await stage('notify', () =>
      notify(session, {
        ...{ runId, newestDay, missed, held, chartFor: alertChart(session, newestDay) },
        askSecond: (dip) => askSecond(session, open, judgeOf, dip),
      }),
    );
    await stage('digests', () => queueDigests(session, newestDay));
    await stage('deliver', () => deliver(session, transports).finally(() => transports.close()));
    await stage('revisions', () => recordRevisions(session, { runId, newestDay, revisedOn: asOf }));
    if (reports && missed) await stage('missed', () => reportMissed(session, missed));
    if (reports) await stage('report', () => report(session, newestDay, missed));
    if (session.config.retention) await stage('retention', () => retention(session));
  }).finally(() => second.close());
}
