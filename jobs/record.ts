import { beginRun, finishRun, saveRunSummary } from '../db/runs.ts';
import type { RunKind, RunOutcome } from '../db/schema.ts';
import type { Delivered } from '../src/alerts/stage.ts';
import type { Day } from '../src/calendar.ts';
import { MonitorError } from '../src/errors.ts';
import type { BadSource } from '../src/ingest/judge.ts';
import { type IngestSummary, unusableRows } from '../src/ingest/stage.ts';
import type { SwitchSummary } from './model-switch.ts';
import type { RetentionSummary } from './retention.ts';
import type { Session } from './session.ts';

/** What the stages of a run did; written as the run goes. */
interface RunSummary {
  ingest?: IngestSummary;
  rejects?: { sources: BadSource[] };
  score?: { texts: number };
  aggregate?: { days: number; posts: number };
  decide?: { rules: number; events: number };
  notify?: { firing: number; mails: number };
  deliver?: Delivered;
  report?: { csv: string[]; plot: string; page: string };
  retention?: RetentionSummary;
  switch?: SwitchSummary;
  /** Seconds spent in each stage. */
  seconds: Record<string, number>;
}

type StageName = Exclude<keyof RunSummary, 'seconds'>;

/** Runs one stage: times it and keeps what it did in the run's record. */
export type RunStage = <Name extends StageName>(
  name: Name,
  stage: () => Promise<NonNullable<RunSummary[Name]>>,
) => Promise<NonNullable<RunSummary[Name]>>;

export interface FinishedRun extends RunSummary {
  runId: number;
  outcome: RunOutcome;
}

/** Keeps the record of one run: begun, each stage as it ends, and how it ended. */
export async function recordRun(
  session: Session,
  run: { kind: RunKind; asOf: Day },
  work: (stage: RunStage, runId: number) => Promise<void>,
): Promise<FinishedRun> {
  const { store, clock, log } = session;
  const runId = await store.transaction((tx) => beginRun(tx, { ...run, startedMs: clock() }));
  const summary: RunSummary = { seconds: {} };
  const stage: RunStage = async (name, body) => {
    const startedMs = clock();
    const result = await body();
    (summary as Record<StageName, unknown>)[name] = result;
    summary.seconds[name] = (clock() - startedMs) / 1000;
    await store.transaction((tx) => saveRunSummary(tx, runId, summary));
    log.debug({ seconds: summary.seconds[name] }, name);
    return result;
  };
  const finish = (outcome: RunOutcome, errorCode: string | null) =>
    store.transaction((tx) => finishRun(tx, runId, { outcome, errorCode, finishedMs: clock() }));
  try {
    await work(stage, runId);
  } catch (thrown) {
    const code = thrown instanceof MonitorError ? thrown.code : 'defect';
    // The first error is what counts; a database that can't even record it says nothing better.
    await finish(code === 'E_INTERRUPTED' ? 'interrupted' : 'failed', code).catch(() => undefined);
    throw thrown;
  }
  const outcome = outcomeOf(summary);
  await finish(outcome, null);
  return { ...summary, runId, outcome };
}

/** A mail that could not be sent weighs more than rows that could not be read: somebody waits for it. */
function outcomeOf({ ingest, deliver }: RunSummary): RunOutcome {
  if (deliver && deliver.failed.length > 0) return 'mail_failed';
  return ingest && unusableRows(ingest) + ingest.failed > 0 ? 'rejected_input' : 'ok';
}
