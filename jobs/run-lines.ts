import type { RunRow } from '../db/runs.ts';
import { formatDay } from '../src/calendar.ts';

/** A run's record as `status --json` and `runs --json` print it. */
export interface RunLine {
  run: number;
  kind: string;
  as_of: string;
  started: string;
  /** null while it runs, and for one that was killed: nobody saw it end. */
  finished: string | null;
  seconds: number | null;
  /** running, ok, rejected_input, mail_failed, failed, interrupted or killed. */
  outcome: string;
  /** The stage under way, or the one in which it ended early. */
  stage: string | null;
  error_code: string | null;
  error_message: string | null;
  model: string | null;
  config_hash: string | null;
  program: string | null;
  process: number | null;
  host: string | null;
  stages: { stage: string; seconds: number; counts: Record<string, number> }[];
}

/** A record that says `running` tells the truth only while somebody holds the lock. */
export function runLine(row: RunRow, locked: boolean): RunLine {
  const { seconds = {}, ...stages } = JSON.parse(row.summary) as Record<string, Record<string, unknown>>;
  return {
    run: row.run_id,
    kind: row.kind,
    as_of: formatDay(row.as_of),
    started: new Date(row.started_ms).toISOString(),
    finished: row.finished_ms === null ? null : new Date(row.finished_ms).toISOString(),
    seconds: row.finished_ms === null ? null : Math.max(0, row.finished_ms - row.started_ms) / 1000,
    outcome: row.outcome === 'running' && !locked ? 'killed' : row.outcome,
    stage: row.stage,
    error_code: row.error_code,
    error_message: row.error_message,
    model: row.model,
    config_hash: row.config_hash,
    program: row.program,
    process: row.process,
    host: row.host,
    stages: Object.entries(stages).map(([stage, did]) => ({
      stage,
      seconds: Number(seconds[stage] ?? 0),
      counts: countsOf(did),
    })),
  };
}

/** The records of the newest run first, where none but the newest can be at work. */
export function runLines(rows: readonly RunRow[], locked: boolean): RunLine[] {
  return rows.map((row, index) => runLine(row, locked && index === 0));
}

/** The numbers among what a stage did, and the lengths of its lists. */
function countsOf(did: Record<string, unknown>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, value] of Object.entries(did)) {
    if (typeof value === 'number') counts[name] = value;
    else if (Array.isArray(value)) counts[name] = value.length;
  }
  return counts;
}
