import { Command } from 'commander';
import { modelEvaluateCommand } from './model-evaluate.ts';
import { modelExportCommand } from './model-export.ts';
import { modelImportCommand } from './model-import.ts';
import { modelPredictCommand } from './model-predict.ts';
import { modelTrainCommand } from './model-train.ts';

/** Everything about models; needs no config file. */
export function modelCommand(): Command {
  return new Command('model')
    .description('score files with a model, measure one, train one, bring one in or out')
    .addCommand(modelPredictCommand())
    .addCommand(modelEvaluateCommand())
    .addCommand(modelTrainCommand())
    .addCommand(modelImportCommand())
    .addCommand(modelExportCommand());
}
