import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { work } from '../../jobs/worker.ts';
import { MonitorError } from '../errors.ts';
import { type CommonOptions, databaseCommand, jobInputOf, type SetExitCode } from './environment.ts';
import { printResult } from './output.ts';

export function workerCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('worker', 'help runs on a PostgreSQL database: score batches of texts until stopped', [
    'monitor worker',
    'monitor worker --concurrency 8 --config /etc/monitor.yaml',
  ])
    .option('--concurrency <number>', 'scoring processes: auto, one a processor, or a number', 'auto')
    .action(async (options: CommonOptions & { concurrency: string }) => {
      const input = jobInputOf(options);
      const done = await work(input, { concurrency: concurrencyOf(options.concurrency) });
      printResult(options.json === true, done, `${done.texts} texts scored in ${done.batches} batches`);
    });
}

function concurrencyOf(value: string): number {
  if (value === 'auto') return availableParallelism();
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 256) return number;
  throw new MonitorError('E_USAGE', `"${value}" is not a number of processes.`, {
    remedy: 'Write auto, or a whole number from 1 to 256.',
  });
}
