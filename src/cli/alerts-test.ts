import type { Command } from 'commander';
import { z } from 'zod';
import { alertChart } from '../../jobs/report.ts';
import { withSession } from '../../jobs/session.ts';
import { queueSample } from '../alerts/sample.ts';
import { deliver, transportsOf } from '../alerts/stage.ts';
import { EXIT, MonitorError } from '../errors.ts';
import { deliveredText } from './alerts-deliver.ts';
import { type CommonOptions, databaseCommand, jobInputOf, type SetExitCode, secrets } from './environment.ts';
import { printResult } from './output.ts';

interface Options extends CommonOptions {
  brand: string;
  to?: string[];
}

export function sampleCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('test', 'send a sample of a brand’s alert, marked as one', [
    'monitor alerts test --brand acme-air                         to its team, by mail and webhook',
    'monitor alerts test --brand acme-air --to me@acme.example    only to yourself',
  ])
    .requiredOption('--brand <slug>', 'the brand whose newest figures it shows')
    .option('--to <address...>', 'mail it to these instead of the team')
    .action(async (options: Options) => {
      for (const address of options.to ?? [])
        if (!z.email().safeParse(address).success)
          throw new MonitorError('E_USAGE', `"${address}" is not a mail address.`, {
            remedy: 'Write it as me@acme.example.',
          });
      const done = await withSession(jobInputOf(options), 'monitor alerts test', async (session) => {
        const transports = transportsOf(session.config, secrets);
        const chartFor: Parameters<typeof queueSample>[1] = (rule, day) => alertChart(session, day)(rule);
        await queueSample(session, chartFor, { brand: options.brand, to: options.to ?? [] });
        return deliver(session, transports).finally(() => transports.close());
      });
      if (done.failed.length > 0) setExitCode(EXIT.failed);
      printResult(options.json === true, done, deliveredText(done));
    });
}
