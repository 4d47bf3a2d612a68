import type { Selectable } from 'kysely';
import type { Day } from '../src/calendar.ts';
import type { RunKind, RunOutcome, Schema } from './schema.ts';
import type { Reader, Tx } from './store.ts';

/** A run's record with the name of its model. */
/** How a run ends that came to its end, whatever it found on the way. */
const DONE: readonly RunOutcome[] = ['ok', 'rejected_input', 'mail_failed'];

export type RunRow = Selectable<Schema['runs']> & { model: string | null };

/** Who does a run, and with what. */
export interface RunOrigin {
  modelId: number;
  configHash: string;
  program: string;
  process: number;
  host: string;
}

/** Starts a run's record. */
export async function beginRun(
  tx: Tx,
  run: { kind: RunKind; asOf: Day; startedMs: number; origin?: RunOrigin },
): Promise<number> {
  const { origin } = run;
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
      model_id: origin?.modelId ?? null,
      config_hash: origin?.configHash ?? null,
      program: origin?.program ?? null,
      process: origin?.process ?? null,
      host: origin?.host ?? null,
    })
    .returning('run_id')
    .executeTakeFirstOrThrow();
  return row.run_id;
}

/** Writes which stage a run has begun. */
export async function enterStage(tx: Tx, runId: number, stage: string): Promise<void> {
  await tx.db.updateTable('runs').set({ stage }).where('run_id', '=', runId).execute();
}

/** Writes what a run has done so far. */
export async function saveRunSummary(tx: Tx, runId: number, summary: unknown): Promise<void> {
  await tx.db
    .updateTable('runs')
    .set({ summary: JSON.stringify(summary) })
    .where('run_id', '=', runId)
    .execute();
}

/** Ends a run's record. One that ended early keeps the stage in which it did. */
export async function finishRun(
  tx: Tx,
  runId: number,
  end: { outcome: RunOutcome; errorCode: string | null; errorMessage?: string; finishedMs: number },
): Promise<void> {
  const { outcome, errorCode, errorMessage, finishedMs } = end;
  await tx.db
    .updateTable('runs')
    .set({
      outcome,
      error_code: errorCode,
      error_message: errorMessage ?? null,
      finished_ms: finishedMs,
      ...(errorCode === null ? { stage: null } : {}),
    })
    .where('run_id', '=', runId)
    .execute();
}

/** Marks runs as killed whose record says that they still run. Only for the holder of the lock: nobody else can be at work. */
export async function closeKilledRuns(tx: Tx): Promise<void> {
  await tx.db.updateTable('runs').set({ outcome: 'killed' }).where('outcome', '=', 'running').execute();
}

function runs(reader: Reader) {
  return reader.db
    .selectFrom('runs')
    .leftJoin('models', 'models.model_id', 'runs.model_id')
    .selectAll('runs')
    .select('models.name as model');
}

/** The newest runs, newest first. */
export async function recentRuns(reader: Reader, limit: number): Promise<RunRow[]> {
  return (await runs(reader).orderBy('runs.run_id', 'desc').limit(limit).execute()).map(plain);
}

/** One run, or undefined when there is none of that number. */
export async function findRun(reader: Reader, runId: number): Promise<RunRow | undefined> {
  const row = await runs(reader).where('runs.run_id', '=', runId).executeTakeFirst();
  return row && plain(row);
}

/** The newest nightly run that came to its end, whatever it had to complain about. */
export async function newestNight(reader: Reader): Promise<RunRow | undefined> {
  const row = await runs(reader)
    .where('runs.kind', '=', 'nightly')
    .where('runs.outcome', 'in', DONE)
    .orderBy('runs.run_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && plain(row);
}

/** PostgreSQL gives its long integers as text. */
function plain(row: RunRow): RunRow {
  return {
    ...row,
    started_ms: Number(row.started_ms),
    finished_ms: row.finished_ms === null ? null : Number(row.finished_ms),
  };
}

/** A nightly job that was done: it came to its end, whatever it found on the way. */
interface DoneNight {
  asOf: Day;
  startedMs: number;
}

/** The last morning before `asOf` whose nightly job was done, if any. */
export async function doneNightBefore(reader: Reader, asOf: Day): Promise<Day | undefined> {
  const row = await reader.db
    .selectFrom('runs')
    .select((eb) => eb.fn.max('as_of').as('as_of'))
    .where('kind', '=', 'nightly')
    .where('outcome', 'in', DONE)
    .where('as_of', '<', asOf)
    .executeTakeFirst();
  return row?.as_of ?? undefined;
}

/** The nightly jobs of later mornings that were done, newest morning first. */
export async function doneNightsAfter(reader: Reader, asOf: Day): Promise<DoneNight[]> {
  const rows = await reader.db
    .selectFrom('runs')
    .select(['as_of', 'started_ms'])
    .where('kind', '=', 'nightly')
    .where('outcome', 'in', DONE)
    .where('as_of', '>', asOf)
    .orderBy('as_of', 'desc')
    .execute();
  return rows.map((row) => ({ asOf: row.as_of, startedMs: Number(row.started_ms) }));
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

/** A page of runs, newest first, before the run that is given. */
export async function runsBefore(reader: Reader, before: number | undefined, limit: number): Promise<RunRow[]> {
  const query = before === undefined ? runs(reader) : runs(reader).where('runs.run_id', '<', before);
  return (await query.orderBy('runs.run_id', 'desc').limit(limit).execute()).map(plain);
}
