import type { Command } from 'commander';
import { recordRun } from '../../jobs/record.ts';
import { withSession } from '../../jobs/session.ts';
import { judgeRejects } from '../alerts/stage.ts';
import { ingest } from '../ingest/stage.ts';
import { type CommonOptions, databaseCommand, jobInputOf, type SetExitCode, today } from './environment.ts';
import { printResult } from './output.ts';
import { exitCodeOf } from './run-output.ts';

export function ingestCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('ingest', 'only read what is new in the inbox', [
    'monitor ingest',
    'monitor ingest --json',
  ]).action(async (options: CommonOptions) => {
    const input = jobInputOf(options);
    await withSession(input, 'monitor ingest', async (session) => {
      const run = await recordRun(session, { kind: 'ingest', asOf: today(input) }, async (stage) => {
        await stage('ingest', () => ingest(session));
        await stage('rejects', () => judgeRejects(session));
      });
      const read = run.ingest;
      const text = read
        ? `${read.files} files, ${read.rows} rows: ${read.stored} new posts, ${read.duplicates} seen before, ${read.rejected} not usable`
        : '';
      printResult(options.json === true, run, text);
      setExitCode(exitCodeOf(run));
    });
  });
}
