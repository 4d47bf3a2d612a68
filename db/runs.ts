import type { Selectable } from 'kysely';
import type { Day } from '../src/calendar.ts';
import type { RunKind, RunOutcome, Schema } from './schema.ts';
import type { Reader, Tx } from './store.ts';

export type RunRow = Selectable<Schema['runs']>;

/** Starts a run's record. */
export async function beginRun(tx: Tx, run: { kind: RunKind; asOf: Day; startedMs: number }): Promise<number> {
  const row = await tx.db
    .insertInto('runs')
    .values({
      kind: run.kind,
      as_of: run.asOf,
      started_ms: run.startedMs,
      finished_ms: null,
      outcome: 'running',
      error_code: null,
      summary: '{}',
    })
    .returning('run_id')
    .executeTakeFirstOrThrow();
  return row.run_id;
}

/** Writes what a run has done so far. */
export async function saveRunSummary(tx: Tx, runId: number, summary: unknown): Promise<void> {
  await tx.db
    .updateTable('runs')
    .set({ summary: JSON.stringify(summary) })
    .where('run_id', '=', runId)
    .execute();
}

export async function finishRun(
  tx: Tx,
  runId: number,
  end: { outcome: RunOutcome; errorCode: string | null; finishedMs: number },
): Promise<void> {
  await tx.db
    .updateTable('runs')
    .set({ outcome: end.outcome, error_code: end.errorCode, finished_ms: end.finishedMs })
    .where('run_id', '=', runId)
    .execute();
}

/** The newest runs, newest first. */
export async function recentRuns(reader: Reader, limit: number): Promise<RunRow[]> {
  const rows = await reader.db.selectFrom('runs').selectAll().orderBy('run_id', 'desc').limit(limit).execute();
  return rows.map((row) => ({
    ...row,
    started_ms: Number(row.started_ms),
    finished_ms: row.finished_ms === null ? null : Number(row.finished_ms),
  }));
}

/** The newest day that a nightly run reported, or null before the first report. */
export async function newestReportedDay(reader: Reader): Promise<Day | null> {
  const row = await reader.db
    .selectFrom('runs')
    .select((eb) => eb.fn.max('as_of').as('as_of'))
    .where('kind', '=', 'nightly')
    .where('outcome', 'in', ['ok', 'rejected_input', 'mail_failed'])
    .executeTakeFirst();
  return row?.as_of === null || row?.as_of === undefined ? null : row.as_of - 1;
}
