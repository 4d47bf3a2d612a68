import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { type Initialised, initialise } from '../../jobs/init.ts';
import { formatDay, zoneOf } from '../calendar.ts';
import { DEFAULT_CONFIG_FILE } from '../config/load.ts';
import { MonitorError } from '../errors.ts';
import { COLUMN_USES, type ColumnMapping } from '../ingest/column-names.ts';
import { edge, type SetExitCode, withExamples } from './environment.ts';
import { askNothing, askOnTerminal } from './init-questions.ts';
import { appended } from './option-values.ts';
import { formatShare, formatTable, printResult } from './output.ts';

interface Options {
  config: string;
  inbox: string;
  timeZone?: string;
  brands?: string;
  mail?: string;
  dateOrder?: string;
  column?: string[];
  exportTimeZone?: string;
  yes?: true;
  json?: true;
}

/** First settings, from a first export. */
export function initCommand(_setExitCode: SetExitCode): Command {
  const command = new Command('init')
    .description('look at a first export and write monitor.yaml: brands, thresholds from their history, time zone')
    .argument('[export]', 'a CSV or JSON Lines file of posts; it is copied into the inbox')
    .option(
      '-c, --config <file>',
      'the settings to write; a file that is there is never written over',
      DEFAULT_CONFIG_FILE,
    )
    .option('--inbox <folder>', 'where exports will arrive', './inbox')
    .option('--brands <names>', 'your brands, with commas between (default: those that the export is about)')
    .option('--time-zone <name>', 'the zone that days are counted in (default: the one of this machine)')
    .option('--mail <address>', 'who hears of dips (default: nobody)')
    .addOption(
      new Option('--date-order <order>', 'what 3/4/2026 means, where the export leaves that open').choices([
        'dmy',
        'mdy',
      ]),
    )
    .option(
      '--column <use=name>',
      `a column that was not found; use is ${COLUMN_USES.join(', ')}; may be given again`,
      appended,
    )
    .option('--export-time-zone <name>', 'the zone of the export’s times without an offset')
    .option('--yes', 'ask nothing, take every proposal; so it is where there is no terminal')
    .option('--json', 'print one JSON document instead of text')
    .action(async (file: string | undefined, options: Options) => {
      const request = {
        ...{ configFile: options.config, inbox: options.inbox, file: file ?? null, brands: options.brands ?? null },
        ...{ timeZone: options.timeZone ?? null, mail: options.mail ?? null, dateOrder: options.dateOrder ?? null },
        ...{ columns: columnsOf(options.column ?? []), exportTimeZone: options.exportTimeZone ?? null },
        localZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
      };
      const input = edge();
      const questions = options.yes !== true && process.stdin.isTTY === true;
      const done = await initialise(input, request, questions ? askOnTerminal : askNothing);
      const next = nextSteps(done, zoneOf(request.timeZone ?? request.localZone).dayOf(input.clock()));
      printResult(options.json === true, initDocument(done, next), initText(done, next));
    });
  return withExamples(command, [
    'monitor init posts.csv',
    'monitor init posts.csv --brands "Acme Air, Globex" --mail care@acme.example --time-zone Europe/Berlin',
    'monitor init posts.csv --column text=Snippet --date-order dmy --yes',
  ]);
}

function columnsOf(written: readonly string[]): ColumnMapping {
  return Object.fromEntries(
    written.map((pair) => {
      const [, use = '', name = ''] = /^(\w+)=(.+)$/.exec(pair) ?? [];
      if (COLUMN_USES.some((known) => known === use)) return [use, name];
      throw new MonitorError('E_USAGE', `"${pair}" does not say which column is what.`, {
        remedy: `Write --column text=Snippet; before the sign is one of ${COLUMN_USES.join(', ')}.`,
      });
    }),
  );
}

/** Commands to go on with. An export of some time ago is scored as history, which mails nobody. */
function nextSteps({ configFile, survey, history }: Initialised, today: number): string[] {
  const config = relative('.', configFile);
  const named = config === DEFAULT_CONFIG_FILE ? '' : ` --config ${config}`;
  // The survey is of the first rows alone; where no brand has posts, its days are all that is known.
  const firstDay = history?.firstDay ?? survey?.firstDay ?? null;
  const lastDay = history?.lastDay ?? survey?.lastDay ?? null;
  if (firstDay === null || lastDay === null) return [`monitor doctor${named}`];
  const range = `--from ${formatDay(firstDay)} --to ${formatDay(lastDay)}`;
  return lastDay >= today - RECENT_DAYS
    ? [`monitor run${named}`]
    : [`monitor backfill ${range}${named}`, `monitor run${named}`];
}

const RECENT_DAYS = 3;

function initDocument(done: Initialised, next: readonly string[]): object {
  const { survey, history } = done;
  return {
    ...{ config: done.configFile, inbox: done.inbox, file: done.file, copied: done.copied },
    export: survey &&
      history && {
        columns: survey.plan.header,
        ...{ date_order: survey.plan.dateOrder ?? null, rows: history.rows, posts: history.posts },
        ...{ from: history.firstDay && formatDay(history.firstDay), to: history.lastDay && formatDay(history.lastDay) },
      },
    brands: done.brands.map(({ slug, name, terms, proposal }) => ({
      ...{ brand: slug, name, terms, posts: proposal?.posts ?? null, days: proposal?.days ?? null },
      ...{ usual: proposal?.usual ?? null, below: proposal?.below ?? null, basis: proposal?.basis ?? null },
    })),
    next,
  };
}

function initText(done: Initialised, next: readonly string[]): string {
  const lines: string[] = [];
  const { survey, history } = done;
  if (survey !== null && history !== null) {
    const { posts, rejected, firstDay, lastDay } = history;
    const days =
      firstDay === null || lastDay === null
        ? ', none about these brands'
        : ` from ${formatDay(firstDay)} to ${formatDay(lastDay)}`;
    lines.push(`export    ${posts} posts${days}${rejected > 0 ? `, ${rejected} rows not usable` : ''}`);
    const { columns, header } = survey.plan;
    const used = [columns.createdAt, columns.text, columns.userId, columns.id, columns.brand];
    lines.push(`columns   ${used.flatMap((index) => header[index] ?? []).join(', ')}`, '');
  }
  lines.push(
    formatTable(
      ['brand', 'posts', 'usual', 'alert below', 'because of'],
      done.brands.map(({ name, proposal }) => [
        name,
        String(proposal?.posts ?? 0),
        formatShare(proposal?.usual),
        formatShare(proposal?.below),
        proposal === null || proposal.usual === null
          ? 'no history'
          : proposal.days === 1
            ? '1 day'
            : `${proposal.days} days`,
      ]),
    ),
    '',
    `settings  ${relative('.', done.configFile)}`,
    ...(done.file === null ? [] : [`inbox     ${relative('.', done.file)}${done.copied ? ' (copied)' : ''}`]),
    '',
    `Next:  ${next.join('\n       ')}`,
  );
  return lines.join('\n');
}
