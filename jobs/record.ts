import { hostname } from 'node:os';
import { beginRun, enterStage, finishRun, saveRunSummary } from '../db/runs.ts';
import type { RunKind, RunOutcome } from '../db/schema.ts';
import type { DriftWarning } from '../src/aggregate/drift-stage.ts';
import type { Delivered, NotifySummary } from '../src/alerts/stage.ts';
import type { Day } from '../src/calendar.ts';
import { MonitorError, messageOf } from '../src/errors.ts';
import type { BadSource } from '../src/ingest/judge.ts';
import type { RetrySummary } from '../src/ingest/retry.ts';
import { type IngestSummary, unusableRows } from '../src/ingest/stage.ts';
import { canonicalJson, sha256 } from '../src/model/canonical-json.ts';
import { packageVersion } from '../src/package.ts';
import type { SampleSummary } from '../src/second-opinion/sample-stage.ts';
import { systemError } from '../src/system-errors.ts';
import type { BackfillSummary } from './backfill.ts';
import type { MissedSummary } from './missed.ts';
import type { SwitchSummary } from './model-switch.ts';
import type { RetentionSummary } from './retention.ts';
import type { Session } from './session.ts';

/** What the stages of a run did; written as the run goes. */
interface RunSummary {
  retry?: RetrySummary;
  ingest?: IngestSummary;
  rejects?: { sources: BadSource[] };
  score?: { texts: number };
  aggregate?: { days: number; posts: number };
  sample?: SampleSummary;
  decide?: { rules: number; events: number };
  drift?: { warnings: DriftWarning[] };
  notify?: NotifySummary;
  digests?: { teams: number };
  deliver?: Delivered;
  missed?: MissedSummary;
  backfill?: BackfillSummary;
  revisions?: { published: number; revised: number };
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

/** Words of an error that are kept with the run. */
const MESSAGE_LENGTH = 1_000;

/** Keeps the record of one run: begun, each stage as it begins and ends, and how the run ended. */
export async function recordRun(
  session: Session,
  run: { kind: RunKind; asOf: Day },
  work: (stage: RunStage, runId: number) => Promise<void>,
): Promise<FinishedRun> {
  const { store, clock, log, config, model } = session;
  const origin = {
    modelId: model.modelId,
    // Passwords are not in it, only the names of the variables that hold them.
    configHash: sha256(canonicalJson(config)),
    ...{ program: packageVersion, process: process.pid, host: hostname() },
  };
  const runId = await store.transaction((tx) => beginRun(tx, { ...run, startedMs: clock(), origin }));
  const summary: RunSummary = { seconds: {} };
  const stage: RunStage = async (name, body) => {
    const startedMs = clock();
    await store.transaction((tx) => enterStage(tx, runId, name));
    try {
      const result = await body();
      (summary as Record<StageName, unknown>)[name] = result;
      return result;
    } finally {
      // A clock that is set back in between must not make it less than nothing.
      const seconds = Math.max(0, clock() - startedMs) / 1000;
      summary.seconds[name] = seconds;
      log.debug({ seconds }, name);
      if (summary[name] !== undefined) await store.transaction((tx) => saveRunSummary(tx, runId, summary));
    }
  };
  const finish = (outcome: RunOutcome, errorCode: string | null, errorMessage?: string) =>
    store.transaction(async (tx) => {
      await saveRunSummary(tx, runId, summary);
      const end = { outcome, errorCode, finishedMs: clock() };
      await finishRun(tx, runId, errorMessage === undefined ? end : { ...end, errorMessage });
    });
  try {
    await work(stage, runId);
  } catch (cause) {
    const thrown = systemError(cause) ?? cause;
    const code = thrown instanceof MonitorError ? thrown.code : 'defect';
    const message = messageOf(thrown).slice(0, MESSAGE_LENGTH);
    // The first error is what counts; a database that can't even record it says nothing better.
    await finish(code === 'E_INTERRUPTED' ? 'interrupted' : 'failed', code, message).catch(() => undefined);
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
