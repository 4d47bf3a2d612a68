import type { RunLine } from '../../jobs/run-lines.ts';
import { formatTable } from './output.ts';

/** How a run stands, in a few words. */
function standing(run: RunLine): string {
  const where = run.stage === null ? '' : ` in ${run.stage}`;
  return `${run.error_code ?? run.outcome}${where}`;
}

export function runTable(runs: readonly RunLine[]): string {
  return formatTable(
    ['run', 'kind', 'as of', 'started', 'seconds', 'outcome'],
    runs.map((run) => [
      ...[String(run.run), run.kind, run.as_of, run.started, run.seconds?.toFixed(1) ?? '–'],
      standing(run),
    ]),
  );
}

/** One run at length. */
export function runDetails(run: RunLine): string {
  const line = (name: string, value: string | number | null) => `${name.padEnd(9)} ${value ?? 'not known'}`;
  const stages = run.stages.map(({ stage, seconds, counts }) => [
    stage,
    seconds.toFixed(1),
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  ]);
  return [
    line('run', `${run.run}, ${run.kind} as of ${run.as_of}`),
    line('outcome', standing(run)),
    ...(run.error_message === null ? [] : [line('error', run.error_message)]),
    line('started', run.started),
    line('finished', run.finished ?? (run.outcome === 'running' ? 'at work' : 'nobody saw it end')),
    line('process', run.process === null ? null : `${run.process} on ${run.host}`),
    line('program', run.program),
    line('model', run.model),
    line('settings', run.config_hash?.slice(0, 12) ?? null),
    ...(stages.length === 0 ? [] : ['', formatTable(['stage', 'seconds', 'what it did'], stages)]),
  ].join('\n');
}
