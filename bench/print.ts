import { formatTable } from '../src/cli/output.ts';
import type { IngestFigures } from './ingest.ts';
import type { PathFigures } from './paths.ts';
import type { PipelineFigures } from './pipeline.ts';

export interface Figures {
  readonly machine: { readonly processor: string; readonly processors: number; readonly node: string };
  readonly paths: readonly PathFigures[];
  readonly pipeline: Readonly<Record<string, PipelineFigures>>;
  readonly ingest: IngestFigures | null;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const tenth = (value: number): string => value.toFixed(1);

/** Prints what was measured: ratios first, then what they are made of. */
export function printFigures({ machine, paths, pipeline, ingest }: Figures): void {
  const [operation, own, threads, tutorial] = paths;
  const blocks: string[] = [];
  const ratios: string[][] = [];
  if (operation && own && threads && tutorial) {
    ratios.push(['texts to logits: this program : GRU op, sorted, per worker', '1.7', ratioOf(operation, own)]);
    for (const [name, { posts, night, stages }] of Object.entries(pipeline)) {
      const scoring = stages.find((stage) => stage.name === 'score')?.usage.wall ?? Number.NaN;
      const others = stages.filter((stage) => stage.name !== 'score');
      const spent = others.reduce((sum, { usage }) => sum + usage.own + usage.workers, 0);
      if (name === 'tutorial-sized')
        ratios.push([
          'scoring stage : GRU op, sorted, one thread (wall)',
          '3',
          ((operation.wall_microseconds * posts) / 1e6 / scoring).toFixed(2),
        ]);
      const goal = name === 'shipped' ? '40' : '18';
      ratios.push([
        `whole pipeline, ${name} : the tutorial's way (wall)`,
        goal,
        tenth((tutorial.wall_microseconds * posts) / 1e6 / night.wall),
      ]);
      ratios.push([
        `ingest, figures and report, ${name} : GRU op sorted (processor, at most)`,
        '0.25',
        ((spent / posts) * (1e6 / operation.processor_microseconds)).toFixed(2),
      ]);
    }
    blocks.push(formatTable(['ratio', 'wanted', 'measured'], ratios));
    blocks.push(
      formatTable(
        ['texts to logits, 128/128 network', 'µs of processor a post', 'µs on the wall', 'largest difference'],
        paths.map((path) => [
          path.name,
          tenth(path.processor_microseconds),
          tenth(path.wall_microseconds),
          path === tutorial ? '' : path.difference.toExponential(0),
        ]),
      ),
    );
  }
  for (const [name, figures] of Object.entries(pipeline)) blocks.push(pipelineText(name, figures));
  if (ingest) blocks.push(ingestText(ingest));
  blocks.push(`${machine.processors} × ${machine.processor}, Node ${machine.node}`);
  console.log(blocks.join('\n\n'));
}

function ratioOf(operation: PathFigures, own: PathFigures): string {
  return (operation.processor_microseconds / own.processor_microseconds).toFixed(2);
}

function pipelineText(name: string, figures: PipelineFigures): string {
  const { posts, night, stages } = figures;
  const table = formatTable(
    [`pipeline, ${name}, ${whole(posts)} posts`, 'posts/s', 'µs of processor a post', 'of them in workers'],
    [...stages, { name: 'a night, where they overlap', usage: night }].map(({ name: stage, usage }) => [
      stage,
      whole(posts / usage.wall),
      tenth(((usage.own + usage.workers) / posts) * 1e6),
      tenth((usage.workers / posts) * 1e6),
    ]),
  );
  const millions = figures.seconds_by_million;
  return [
    table,
    `memory at most ${whole(figures.peak_mb.own)} MB and ${whole(figures.peak_mb.workers)} MB in workers; database ${figures.database_bytes_a_post} bytes a post`,
    ...(millions.length > 0
      ? [
          `processor seconds for each million read and scored, and those of the workers among them: ${millions
            .map(({ own, workers }) => `${tenth(own + workers)} (${tenth(workers)})`)
            .join(', ')}; for all figures and the report: ${tenth(figures.seconds_of_figures)}`,
        ]
      : []),
  ].join('\n');
}

function ingestText(ingest: IngestFigures): string {
  const share = (value: number): string => `1/${tenth(1 / value)}`;
  return [
    `reading CSV into SQLite: ${share(ingest.share)} of papaparse's rows/s (at least 1/20 is wanted; processor time)`,
    ...(ingest.share_with_language === null ? [] : [`with the language filter: ${share(ingest.share_with_language)}`]),
    `by the clock on the wall: ${share(ingest.share_by_wall)}`,
    formatTable(
      ['', 'rows per second of processor time'],
      [
        ['papaparse alone', whole(ingest.papaparse)],
        ['CSV into SQLite', whole(ingest.ingest)],
      ],
    ),
    `memory at most ${ingest.peak_mb} MB for ${whole(ingest.rows)} rows, ${ingest.peak_of_four_times_mb} MB for four times as many`,
  ].join('\n');
}
