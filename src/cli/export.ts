import { Argument, type Command, Option } from 'commander';
import { noDatabase } from '../../db/database.ts';
import { EXPORT_KINDS, type ExportRequest, exportTable } from '../../jobs/export.ts';
import { knownBrandId } from '../../jobs/known-brand.ts';
import { type Sink, TABLE_FORMATS, type TableFormat } from '../../reports/tables.ts';
import { loadConfig } from '../config/load.ts';
import { MonitorError } from '../errors.ts';
import { writeFileInParts } from '../files.ts';
import { type CommonOptions, databaseAt, databaseCommand, dayOption, edge, type SetExitCode } from './environment.ts';

interface Options extends CommonOptions {
  brand?: string;
  from?: string;
  to?: string;
  format: TableFormat;
  output?: string;
}

/** Posts or daily figures for other programs. Only reads, so it works while a run is at work. */
export function exportCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('export', 'write posts with their scores, or daily figures, for other programs', [
    'monitor export daily --brand acme-air',
    'monitor export posts --from 2026-03-01 --to 2026-03-31 --format parquet --output march.parquet',
    'monitor export posts --brand acme-air --format jsonl | gzip > posts.jsonl.gz',
  ])
    .addArgument(new Argument('<what>', 'what to write').choices(EXPORT_KINDS))
    .option('--brand <slug>', 'only this brand')
    .option('--from <date>', 'first day')
    .option('--to <date>', 'last day, included')
    .addOption(new Option('--format <format>', 'how to write it').choices(TABLE_FORMATS).default('csv'))
    .option('--output <file>', 'the file to write (default: standard output)')
    .action(async (kind: ExportRequest['kind'], options: Options) => {
      const request: ExportRequest = {
        ...{ kind, format: options.format, brand: options.brand },
        from: options.from === undefined ? undefined : dayOption(options.from),
        to: options.to === undefined ? undefined : dayOption(options.to),
      };
      check(request, options);
      const rows = await write(request, options);
      if (rows === undefined || options.output === undefined) return;
      const document = { file: options.output, rows };
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(document, null, 2)}\n`
          : `${rows} ${rows === 1 ? 'row' : 'rows'} in ${options.output}\n`,
      );
    });
}

function check({ format, from, to }: ExportRequest, { output }: Options): void {
  if (from !== undefined && to !== undefined && from > to)
    throw new MonitorError('E_USAGE', '--from is after --to.', { remedy: 'Give the earlier day as --from.' });
  if (format === 'parquet' && output === undefined)
    throw new MonitorError('E_USAGE', 'Parquet is not text for a terminal.', {
      remedy: 'Name the file to write with --output.',
    });
}

/** The number of rows written, or undefined when the reader of standard output went away. */
async function write(request: ExportRequest, options: Options): Promise<number | undefined> {
  const config = loadConfig(options.config);
  const database = databaseAt(config);
  if (!(await database.exists())) throw noDatabase(database);
  const { signal } = edge();
  const store = await database.open();
  try {
    if (request.brand !== undefined) await knownBrandId(store.read, request.brand);
    const run = (sink: Sink) => exportTable(store, config, request, sink, signal);
    return await (options.output === undefined ? toStandardOutput(run) : writeFileInParts(options.output, run));
  } finally {
    await store.close();
  }
}

/** Undefined where the reader, such as `| head`, saw enough before the end. */
async function toStandardOutput(run: (sink: Sink) => Promise<number>): Promise<number | undefined> {
  try {
    return await run(
      (part) =>
        new Promise((resolve, reject) => {
          process.stdout.write(part, (error) => (error ? reject(error) : resolve()));
        }),
    );
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EPIPE') return undefined;
    throw thrown;
  }
}
