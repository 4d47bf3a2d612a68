import { Command } from 'commander';
import { type Database, databaseOf } from '../../db/database.ts';
import type { JobInput } from '../../jobs/session.ts';
import { type Day, formatDay, parseDay, zoneOf } from '../calendar.ts';
import { DEFAULT_CONFIG_FILE, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { Secrets } from '../config/secrets.ts';
import { EXIT, MonitorError } from '../errors.ts';
import { createLog } from './log.ts';
import { createProgress } from './progress.ts';

/** Tells the program how a command ended. */
export type SetExitCode = (code: number) => void;

/** Options of every command that works on a database. */
export interface CommonOptions {
  config: string;
  json?: true;
}

/** A command with the options that all commands on a database share, and its examples in the help. */
export function databaseCommand(name: string, description: string, examples: readonly string[]): Command {
  return withExamples(
    new Command(name)
      .description(description)
      .option('-c, --config <file>', 'the settings', DEFAULT_CONFIG_FILE)
      .option('--json', 'print one JSON document instead of text'),
    examples,
  );
}

export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
}

export const secrets: Secrets = (name) => process.env[name];

/**
 * Clock, log, progress, and a signal that Ctrl-C raises. The first Ctrl-C lets the batch at work finish; a second one ends
 * the process at once.
 */
export function edge(): Omit<JobInput, 'config'> {
  const terminal = process.stderr.isTTY === true;
  const log = createLog(terminal);
  const clock = Date.now;
  return { clock, log, signal: interruptSignal(), progress: createProgress(terminal, log, clock) };
}

/** With `expected`, for a job that sends mail, also what the settings expect of the environment is checked. */
export function jobInputOf(options: CommonOptions, expected?: Secrets): JobInput {
  const config = loadConfig(options.config, expected);
  return { ...edge(), config, secrets };
}

/** The database of these settings, with its password from the environment. */
export function databaseAt(config: Config): Database {
  return databaseOf(config, secrets);
}

const STOPPING = ['SIGINT', 'SIGTERM'] as const;
let interrupted: AbortController | undefined;

function interruptSignal(): AbortSignal {
  if (interrupted) return interrupted.signal;
  const controller = new AbortController();
  interrupted = controller;
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('Stopping after this batch. Once more stops at once.\n');
    controller.abort();
    // From now on the system itself ends the process, even while a batch keeps this thread busy; but not process 1 of a container.
    if (process.pid !== 1) for (const signal of STOPPING) process.off(signal, stop);
  };
  for (const signal of STOPPING) process.on(signal, stop);
  return controller.signal;
}

/** A day given on the command line. */
export function dayOption(value: string): Day {
  const day = parseDay(value);
  if (day === undefined)
    throw new MonitorError('E_USAGE', `"${value}" is not a day.`, { remedy: 'Write days as 2026-03-31.' });
  return day;
}

/** Today in the configured zone. */
export function today(input: JobInput): Day {
  return zoneOf(input.config.time_zone).dayOf(input.clock());
}

/** The morning that --as-of names, or today's. Errors: E_USAGE, also for one so far ahead that its year must be a slip. */
export function morningOption(input: JobInput, asOf: string | undefined): Day {
  if (asOf === undefined) return today(input);
  const day = dayOption(asOf);
  if (day <= today(input) + A_YEAR) return day;
  throw new MonitorError('E_USAGE', `${asOf} is more than a year ahead of today, ${formatDay(today(input))}.`, {
    remedy: 'Check the year of --as-of, and the clock of this machine.',
  });
}

const A_YEAR = 366;
