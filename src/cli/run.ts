import type { Command } from 'commander';
import { nightly } from '../../jobs/nightly.ts';
import { pingAfter } from '../../jobs/ping.ts';
import { withSession } from '../../jobs/session.ts';
import {
  type CommonOptions,
  databaseCommand,
  jobInputOf,
  morningOption,
  type SetExitCode,
  secrets,
} from './environment.ts';
import { printResult } from './output.ts';
import { exitCodeOf, runDocument, runText } from './run-output.ts';

export function runCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('run', 'do the nightly job: read, score, aggregate, alert, report', [
    'monitor run',
    'monitor run --as-of 2026-03-31      as on the morning of 31 March: decides on days up to the 30th',
    'monitor run --config /etc/monitor.yaml --json',
  ])
    .option('--as-of <date>', 'run as on the morning of this day (default: today)')
    .action(async (options: CommonOptions & { asOf?: string }) => {
      const input = jobInputOf(options, secrets);
      const asOf = morningOption(input, options.asOf);
      await pingAfter(input, () =>
        withSession(input, 'monitor run', async (session) => {
          const run = await nightly(session, asOf, secrets, { fromClock: options.asOf === undefined });
          const document = await runDocument(session, run, asOf - 1);
          printResult(options.json === true, document, runText(document));
          setExitCode(exitCodeOf(run));
          return run;
        }),
      );
    });
}
