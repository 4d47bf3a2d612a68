import type { Command } from 'commander';
import { recordRun } from '../../jobs/record.ts';
import { withSession } from '../../jobs/session.ts';
import { judgeRejects } from '../alerts/stage.ts';
import { MonitorError } from '../errors.ts';
import { type IngestSummary, ingest } from '../ingest/stage.ts';
import { type CommonOptions, databaseCommand, jobInputOf, type SetExitCode, today } from './environment.ts';
import { printCheck } from './ingest-check.ts';
import { printResult } from './output.ts';
import { exitCodeOf, newPosts, RULES_CHANGED } from './run-output.ts';

export function ingestCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('ingest', 'only read what is new in the inbox', [
    'monitor ingest',
    'monitor ingest --json',
    'monitor ingest --check export.csv --source acme-export',
  ])
    .option('--check <file>', 'show what reading this file would do, by its first rows; writes nothing')
    .option('--source <name>', 'with --check: the source whose settings count')
    .action(async (options: CommonOptions & { check?: string; source?: string }) => {
      if (options.check !== undefined) return printCheck(options.check, options, setExitCode);
      if (options.source !== undefined)
        throw new MonitorError('E_USAGE', '--source goes with --check.', {
          remedy:
            'Put the file into the folder of its source inside the inbox, and run monitor ingest without --source.',
        });
      const input = jobInputOf(options);
      await withSession(input, 'monitor ingest', async (session) => {
        const run = await recordRun(session, { kind: 'ingest', asOf: today(input) }, async (stage) => {
          await stage('ingest', () => ingest(session));
          await stage('rejects', () => judgeRejects(session));
        });
        const read = run.ingest;
        const text = read ? ingestText(read) : '';
        printResult(options.json === true, run, text);
        setExitCode(exitCodeOf(run));
      });
    });
}

function ingestText(read: IngestSummary): string {
  const lines = [
    `${read.files} files, ${read.rows} rows: ${newPosts(read)}, ${read.duplicates} seen before, ${read.rejected} not usable`,
  ];
  if (read.rulesChanged) lines.push(`note      ${RULES_CHANGED}`);
  for (const { name, state, reason, notes } of read.perFile) {
    if (reason !== undefined) lines.push(`not read  ${name}: ${reason}`);
    if (state === 'waiting') lines.push(`waiting   ${name}: it is still being written`);
    for (const note of notes ?? []) lines.push(`note      ${name}: ${note}`);
  }
  return lines.join('\n');
}
