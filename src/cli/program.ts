import { Command, CommanderError } from 'commander';
import { EXIT, MonitorError, type Place } from '../errors.ts';
import { packageVersion } from '../package.ts';
import { systemError } from '../system-errors.ts';
import type { SetExitCode } from './environment.ts';

/** In the order of the help. Loaded when needed: together they take seconds, most alone a fraction of one. */
const COMMANDS: Readonly<Record<string, () => Promise<(setExitCode: SetExitCode) => Command>>> = {
  init: async () => (await import('./init.ts')).initCommand,
  run: async () => (await import('./run.ts')).runCommand,
  backfill: async () => (await import('./backfill.ts')).backfillCommand,
  schedule: async () => (await import('./schedule.ts')).scheduleCommand,
  worker: async () => (await import('./worker.ts')).workerCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  ingest: async () => (await import('./ingest.ts')).ingestCommand,
  score: async () => (await import('./score.ts')).scoreCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  model: async () => (await import('./model.ts')).modelCommand,
  engines: async () => (await import('./engines.ts')).enginesCommand,
  audit: async () => (await import('./audit.ts')).auditCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  alerts: async () => (await import('./alerts.ts')).alertsCommand,
  annotate: async () => (await import('./annotate.ts')).annotateCommand,
  rejects: async () => (await import('./rejects.ts')).rejectsCommand,
  retention: async () => (await import('./retention.ts')).retentionCommand,
  forget: async () => (await import('./forget.ts')).forgetCommand,
  brands: async () => (await import('./brands.ts')).brandsCommand,
  db: async () => (await import('./db.ts')).dbCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  runs: async () => (await import('./runs.ts')).runsCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
};

/** The `monitor` command with the commands of these names, or all. It throws a CommanderError instead of ending the process. */
export async function createProgram(setExitCode: SetExitCode, names = Object.keys(COMMANDS)): Promise<Command> {
  const program = new Command('monitor')
    .description('Scores social-media posts every night and mails a brand’s team when sentiment dips.')
    .version(packageVersion)
    .showHelpAfterError('(monitor --help shows what there is)')
    .exitOverride();
  for (const [name, load] of Object.entries(COMMANDS))
    if (names.includes(name)) program.addCommand((await load())(setExitCode));
  inheritExitOverride(program);
  return program;
}

/** Arguments in, exit code out. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const setExitCode = (code: number): void => {
    exitCode = code;
  };
  const first = args[0] ?? '--help';
  const names = Object.hasOwn(COMMANDS, first) ? [first] : first === '--version' ? [] : undefined;
  const program = await createProgram(setExitCode, names);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok;
    if (thrown instanceof CommanderError) {
      // Commander has written it for people.
      if (args.includes('--json')) printError('E_USAGE', thrown.message, {}, '--help shows the options with examples.');
      return EXIT.usage;
    }
    return reportFailure(thrown, args.includes('--json'));
  }
}

/** Commander ends the process at a mistake unless each command is told otherwise. */
function inheritExitOverride(command: Command, path = 'monitor'): void {
  for (const child of command.commands) {
    const name = `${path} ${child.name()}`;
    child.exitOverride().showHelpAfterError(`(${name} --help shows its options, with examples)`);
    inheritExitOverride(child, name);
  }
}

function printError(code: string, message: string, place: Place, remedy: string): void {
  process.stdout.write(`${JSON.stringify({ error: { code, message, place, remedy } }, null, 2)}\n`);
}

function reportFailure(cause: unknown, json: boolean): number {
  const thrown = systemError(cause) ?? cause;
  if (thrown instanceof MonitorError) {
    const { code, message, place, remedy } = thrown;
    if (json) printError(code, message, place, remedy);
    process.stderr.write(`${thrown.toText()}\n`);
    return thrown.exitCode;
  }
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  if (json)
    process.stdout.write(`${JSON.stringify({ error: { code: 'defect', message: String(thrown) } }, null, 2)}\n`);
  process.stderr.write(`This is a defect of monitor. Please report it with these lines:\n${text}\n`);
  return EXIT.failed;
}
