import type { Command } from 'commander';
import { recordRun } from '../../jobs/record.ts';
import { aggregateSeries, scoreSeries } from '../../jobs/series.ts';
import { withSession } from '../../jobs/session.ts';
import { type CommonOptions, databaseCommand, jobInputOf, type SetExitCode, today } from './environment.ts';
import { printResult } from './output.ts';

export function scoreCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('score', 'only score what has no score yet, and bring the daily figures up to date', [
    'monitor score',
    'monitor score --json',
  ]).action(async (options: CommonOptions) => {
    const input = jobInputOf(options);
    await withSession(input, 'monitor score', async (session) => {
      const run = await recordRun(session, { kind: 'score', asOf: today(input) }, async (stage) => {
        await stage('score', () => scoreSeries(session));
        await stage('aggregate', () => aggregateSeries(session));
      });
      const text = `${run.score?.texts ?? 0} texts scored, ${run.aggregate?.days ?? 0} brand-days brought up to date`;
      printResult(options.json === true, run, text);
    });
  });
}
