import { Command, CommanderError } from 'commander';
import { EXIT, MonitorError } from '../errors.ts';
import { packageVersion } from '../package.ts';
import { backfillCommand } from './backfill.ts';
import { brandsCommand } from './brands.ts';
import { demoCommand } from './demo.ts';
import { enginesCommand } from './engines.ts';
import { forgetCommand } from './forget.ts';
import { ingestCommand } from './ingest.ts';
import { modelCommand } from './model.ts';
import { rejectsCommand } from './rejects.ts';
import { reportCommand } from './report.ts';
import { retentionCommand } from './retention.ts';
import { runCommand } from './run.ts';
import { scheduleCommand } from './schedule.ts';
import { scoreCommand } from './score.ts';
import { statusCommand } from './status.ts';

/** The `monitor` command: arguments in, exit code out. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = new Command('monitor')
    .description('Scores social-media posts every night and mails a brand’s team when sentiment dips.')
    .version(packageVersion)
    .showHelpAfterError('(monitor --help shows what there is)')
    .exitOverride();
  const commands = [
    runCommand,
    backfillCommand,
    scheduleCommand,
    ingestCommand,
    scoreCommand,
    reportCommand,
    modelCommand,
    enginesCommand,
    rejectsCommand,
    retentionCommand,
    forgetCommand,
    brandsCommand,
    statusCommand,
    demoCommand,
  ];
  for (const command of commands)
    program.addCommand(
      command((code) => {
        exitCode = code;
      }),
    );
  inheritExitOverride(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return reportFailure(thrown, args.includes('--json'));
  }
}

/** Commander ends the process at a mistake unless each command is told otherwise. */
function inheritExitOverride(command: Command): void {
  for (const child of command.commands) {
    child.exitOverride();
    inheritExitOverride(child);
  }
}

function reportFailure(thrown: unknown, json: boolean): number {
  if (thrown instanceof MonitorError) {
    const { code, message, place, remedy } = thrown;
    if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, place, remedy } }, null, 2)}\n`);
    process.stderr.write(`${thrown.toText()}\n`);
    return thrown.exitCode;
  }
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  if (json)
    process.stdout.write(`${JSON.stringify({ error: { code: 'defect', message: String(thrown) } }, null, 2)}\n`);
  process.stderr.write(`This is a defect of monitor. Please report it with these lines:\n${text}\n`);
  return EXIT.failed;
}
