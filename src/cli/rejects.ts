import { Command } from 'commander';
import Papa from 'papaparse';
import { listRejects, type RejectRow } from '../../db/rejects.ts';
import type { Store } from '../../db/store.ts';
import { withSession } from '../../jobs/session.ts';
import { loadConfig } from '../config/load.ts';
import { writeFileAtomic } from '../files.ts';
import { retryRejects } from '../ingest/retry.ts';
import { type CommonOptions, databaseAt, databaseCommand, jobInputOf, type SetExitCode } from './environment.ts';
import { wholeNumber } from './option-values.ts';
import { formatTable, printResult } from './output.ts';

interface Filter {
  source?: string;
  code?: string;
}

/** Rows that could not be used: look at them, take them elsewhere, read them again. */
export function rejectsCommand(_setExitCode: SetExitCode): Command {
  return new Command('rejects')
    .description('rows that could not be used: list them, export them, try them again')
    .addCommand(listCommand())
    .addCommand(exportCommand())
    .addCommand(retryCommand());
}

function filtered(name: string, description: string, examples: readonly string[]): Command {
  return databaseCommand(name, description, examples)
    .option('--source <name>', 'only those of a source (a folder of the inbox)')
    .option('--code <code>', 'only those with this reason, such as R_DATE');
}

function listCommand(): Command {
  return filtered('list', 'show rejected rows and what is wrong with each', [
    'monitor rejects list',
    'monitor rejects list --source twitter --code R_DATE --limit 100',
  ])
    .option('--limit <n>', 'at most so many', wholeNumber(1), 20)
    .action(async (options: CommonOptions & Filter & { limit: number }) => {
      const rejects = await reading(options, (store) => listRejects(store.read, options));
      const lines = rejects.map(plain);
      const table = formatTable(
        ['source', 'file', 'row', 'line', 'code', 'reason'],
        lines.map((line) => [line.source, line.file, String(line.row), String(line.line), line.code, line.reason]),
      );
      printResult(options.json === true, lines, lines.length === 0 ? noneText(options) : table);
    });
}

function noneText({ source, code }: Filter): string {
  const of = [
    ...(source === undefined ? [] : [`of the source "${source}"`]),
    ...(code === undefined ? [] : [`with the reason ${code}`]),
  ];
  return `${['No rejected rows', ...of].join(' ')}.`;
}

function exportCommand(): Command {
  return filtered('export', 'write rejected rows with their content to a CSV file', [
    'monitor rejects export rejects.csv',
    'monitor rejects export dates.csv --code R_DATE',
  ])
    .argument('<file>', 'the CSV file to write')
    .action(async (file: string, options: CommonOptions & Filter) => {
      const rows: unknown[][] = [['source', 'file', 'row', 'line', 'code', 'reason', 'raw']];
      await reading(options, async (store) => {
        let after: RejectRow | undefined;
        for (;;) {
          const page = await listRejects(store.read, { ...options, after, limit: 5_000 });
          for (const reject of page) rows.push(Object.values(plain(reject)));
          after = page.at(-1);
          if (!after) return;
        }
      });
      // A cell that a spreadsheet would compute gets a quote before it.
      await writeFileAtomic(file, `${Papa.unparse(rows, { escapeFormulae: true, newline: '\n' })}\n`);
      const count = rows.length - 1;
      printResult(options.json === true, { file, rows: count }, `${count} rejected rows in ${file}`);
    });
}

function retryCommand(): Command {
  return databaseCommand('retry', 'read the rejected rows again with the settings of today', [
    'monitor rejects retry',
    'monitor rejects retry --json',
  ]).action(async (options: CommonOptions) => {
    await withSession(jobInputOf(options), 'monitor rejects retry', async (session) => {
      const done = await retryRejects(session);
      const lines = [
        `${done.rows} rows read again: ${done.stored} new posts, ${done.duplicates} seen before, ${done.rejected} still not usable`,
      ];
      if (done.withoutContent > 0)
        lines.push(`${done.withoutContent} rows can't be read again, as their content was not kept; export them anew`);
      if (done.reopened > 0) lines.push(`${done.reopened} files that failed are read again by the next run`);
      if (done.stored > 0) lines.push('The next run scores the new posts.');
      printResult(options.json === true, done, lines.join('\n'));
    });
  });
}

function plain({ source, file, row, line, code, reason, raw }: RejectRow) {
  return { source, file, row, line, code, reason, raw: Buffer.from(raw).toString() };
}

async function reading<T>(options: CommonOptions, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await databaseAt(loadConfig(options.config)).open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
