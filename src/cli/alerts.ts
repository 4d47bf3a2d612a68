import { Command } from 'commander';
import { deliverCommand } from './alerts-deliver.ts';
import { explainCommand } from './alerts-explain.ts';
import { feedbackCommand, precisionCommand } from './alerts-feedback.ts';
import { listCommand } from './alerts-list.ts';
import { silenceCommand, silencesCommand } from './alerts-silence.ts';
import { simulateCommand } from './alerts-simulate.ts';
import { sampleCommand } from './alerts-test.ts';
import type { SetExitCode } from './environment.ts';

export function alertsCommand(setExitCode: SetExitCode): Command {
  const command = new Command('alerts').description(
    'where alerts stand and why, silences, thresholds, and their mails',
  );
  command.addCommand(listCommand());
  command.addCommand(explainCommand());
  command.addCommand(silenceCommand());
  command.addCommand(silencesCommand());
  command.addCommand(simulateCommand());
  command.addCommand(deliverCommand(setExitCode));
  command.addCommand(sampleCommand(setExitCode));
  command.addCommand(feedbackCommand());
  command.addCommand(precisionCommand());
  return command;
}
