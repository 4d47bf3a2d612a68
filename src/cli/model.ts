import { Command } from 'commander';
import { modelImportCommand } from './model-import.ts';
import { modelPredictCommand } from './model-predict.ts';

/** Everything about models; needs no config file. */
export function modelCommand(): Command {
  return new Command('model')
    .description('score files with a model, bring a model in')
    .addCommand(modelPredictCommand())
    .addCommand(modelImportCommand());
}
