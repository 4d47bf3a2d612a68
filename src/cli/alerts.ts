import { Command } from 'commander';
import { deliverCommand } from './alerts-deliver.ts';
import { feedbackCommand, precisionCommand } from './alerts-feedback.ts';
import { sampleCommand } from './alerts-test.ts';
import type { SetExitCode } from './environment.ts';

export function alertsCommand(setExitCode: SetExitCode): Command {
  const command = new Command('alerts').description('send, try and judge alerts');
  command.addCommand(deliverCommand(setExitCode));
  command.addCommand(sampleCommand(setExitCode));
  command.addCommand(feedbackCommand());
  command.addCommand(precisionCommand());
  return command;
}
