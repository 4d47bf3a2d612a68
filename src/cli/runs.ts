import { Command } from 'commander';
import { findRun, recentRuns } from '../../db/runs.ts';
import type { Reader } from '../../db/store.ts';
import { runLine, runLines } from '../../jobs/run-lines.ts';
import { loadConfig } from '../config/load.ts';
import { MonitorError } from '../errors.ts';
import { type CommonOptions, databaseAt, databaseCommand, type SetExitCode } from './environment.ts';
import { printResult } from './output.ts';
import { runDetails, runTable } from './run-record.ts';

/** What every run did and how it ended. */
export function runsCommand(_setExitCode: SetExitCode): Command {
  return new Command('runs')
    .description('what each run did and how it ended')
    .addCommand(listCommand())
    .addCommand(showCommand());
}

function listCommand(): Command {
  return databaseCommand('list', 'show the newest runs', ['monitor runs list', 'monitor runs list --limit 50 --json'])
    .option('--limit <n>', 'at most so many', '20')
    .action(async (options: CommonOptions & { limit: string }) => {
      const limit = wholeNumber(options.limit, '--limit');
      const runs = await reading(options, [], async (reader, locked) =>
        runLines(await recentRuns(reader, limit), locked),
      );
      printResult(options.json === true, runs, runs.length === 0 ? 'No run yet.' : runTable(runs));
    });
}

function showCommand(): Command {
  return databaseCommand('show', 'show one run: its stages, what they did, how it ended', [
    'monitor runs show 17',
    'monitor runs show 17 --json',
  ])
    .argument('<run>', 'its number, as `monitor runs list` shows it')
    .action(async (number: string, options: CommonOptions) => {
      const runId = wholeNumber(number, 'the run');
      const run = await reading(options, undefined, async (reader, locked) => {
        const row = await findRun(reader, runId);
        const newest = (await recentRuns(reader, 1)).at(0)?.run_id === runId;
        return row && runLine(row, locked && newest);
      });
      if (!run)
        throw new MonitorError('E_USAGE', `There is no run ${runId}.`, {
          remedy: '`monitor runs list` shows which there are.',
        });
      printResult(options.json === true, run, runDetails(run));
    });
}

async function reading<T>(
  options: CommonOptions,
  none: T,
  work: (reader: Reader, locked: boolean) => Promise<T>,
): Promise<T> {
  const database = databaseAt(loadConfig(options.config));
  // Asked before reading: a run that ends in between has written so, one that began in between is at work.
  const locked = (await database.lockHolder()) !== undefined;
  const store = await database.openReadOnly();
  if (!store) return none;
  try {
    return await work(store.read, locked);
  } finally {
    await store.close();
  }
}

function wholeNumber(text: string, what: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 2_147_483_647) return value;
  throw new MonitorError('E_USAGE', `"${text}" is not a whole number from 1 (${what}).`, {
    remedy: 'Give it as digits, such as 20.',
  });
}
