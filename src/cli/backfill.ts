import type { Command } from 'commander';
import { backfill } from '../../jobs/backfill.ts';
import { withSession } from '../../jobs/session.ts';
import { MonitorError } from '../errors.ts';
import { type CommonOptions, databaseCommand, dayOption, jobInputOf, type SetExitCode, today } from './environment.ts';
import { backfillWithModel } from './model-backfill.ts';
import { printResult } from './output.ts';
import { exitCodeOf, runDocument, runText } from './run-output.ts';

export function backfillCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('backfill', 'score and aggregate past days; mails nobody', [
    'monitor backfill --from 2026-01-01',
    'monitor backfill --from 2026-01-01 --to 2026-03-31',
    'monitor backfill --from 2026-01-01 --model ./my-model    beside the model in use, to compare or switch later',
  ])
    .requiredOption('--from <date>', 'first day')
    .option('--to <date>', 'last day, included (default: yesterday)')
    .option(
      '--model <model>',
      'score and compute with this model, beside the one in use; nothing that is shown changes',
    )
    .action(async (options: CommonOptions & { from: string; to?: string; model?: string }) => {
      const input = jobInputOf(options);
      const range = {
        from: dayOption(options.from),
        to: options.to === undefined ? today(input) - 1 : dayOption(options.to),
      };
      if (range.from > range.to)
        throw new MonitorError('E_USAGE', '--from is after --to.', { remedy: 'Give the earlier day as --from.' });
      if (options.model !== undefined) return backfillWithModel(input, options.model, range, options.json === true);
      await withSession(input, 'monitor backfill', async (session) => {
        const run = await backfill(session, range);
        const document = await runDocument(session, run, range.to);
        printResult(options.json === true, document, runText(document));
        setExitCode(exitCodeOf(run));
      });
    });
}
