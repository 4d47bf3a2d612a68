import { Command } from 'commander';
import { explainCommand } from './alerts-explain.ts';
import { listCommand } from './alerts-list.ts';
import { silenceCommand, silencesCommand } from './alerts-silence.ts';
import { simulateCommand } from './alerts-simulate.ts';
import type { SetExitCode } from './environment.ts';

export function alertsCommand(_setExitCode: SetExitCode): Command {
  const command = new Command('alerts').description('where alerts stand and why, silences, and choosing a threshold');
  command.addCommand(listCommand());
  command.addCommand(explainCommand());
  command.addCommand(silenceCommand());
  command.addCommand(silencesCommand());
  command.addCommand(simulateCommand());
  return command;
}
