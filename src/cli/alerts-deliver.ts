import type { Command } from 'commander';
import { deliverDue } from '../../jobs/deliver.ts';
import type { Delivered } from '../alerts/stage.ts';
import { EXIT } from '../errors.ts';
import { type CommonOptions, databaseCommand, jobInputOf, type SetExitCode, secrets } from './environment.ts';
import { printResult } from './output.ts';

export function deliverCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('deliver', 'send what waits in the outbox and is due', [
    'monitor alerts deliver            from cron, every ten minutes; `monitor schedule` does it by itself',
    'monitor alerts deliver --again    also what was given up',
  ])
    .option('--again', 'try once more what was given up')
    .action(async (options: CommonOptions & { again?: true }) => {
      const done = await deliverDue(jobInputOf(options), secrets, { again: options.again === true });
      if (done.failed.length > 0) setExitCode(EXIT.failed);
      printResult(options.json === true, done, deliveredText(done));
    });
}

/** What became of the messages, a line each. */
export function deliveredText({ sent, failed }: Delivered): string {
  const lines = [
    ...sent.map(({ subject, to, file }) => `sent      ${subject}\n          ${file ?? `to ${to.join(', ')}`}`),
    ...failed.map(
      ({ subject, error, attempts, dead }) =>
        `${dead ? 'given up' : 'not sent'}  ${subject} (attempt ${attempts}): ${error}`,
    ),
  ];
  return lines.length === 0 ? 'Nothing is due.' : lines.join('\n');
}
