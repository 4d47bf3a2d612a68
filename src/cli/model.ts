import { Command } from 'commander';
import { modelCalibrateCommand } from './model-calibrate.ts';
import { modelCompareCommand } from './model-compare.ts';
import { modelListCommand, modelPruneCommand } from './model-database.ts';
import { modelEvaluateCommand } from './model-evaluate.ts';
import { modelExportCommand } from './model-export.ts';
import { modelImportCommand } from './model-import.ts';
import { modelPredictCommand } from './model-predict.ts';
import { modelRatesCommand } from './model-rates.ts';
import { modelSearchCommand } from './model-search.ts';
import { modelSynthCommand } from './model-synth.ts';
import { modelTeachCommand } from './model-teach.ts';
import { modelTrainCommand } from './model-train.ts';
import { modelUseCommand } from './model-use.ts';
import { modelVectorsCommand } from './model-vectors.ts';

/** Everything about models. Those that work on files need no config file. */
export function modelCommand(): Command {
  return new Command('model')
    .description('score files with a model, measure one, train one, bring one in or out, change the one in use')
    .addCommand(modelPredictCommand())
    .addCommand(modelEvaluateCommand())
    .addCommand(modelTrainCommand())
    .addCommand(modelTeachCommand())
    .addCommand(modelSearchCommand())
    .addCommand(modelVectorsCommand())
    .addCommand(modelCalibrateCommand())
    .addCommand(modelRatesCommand())
    .addCommand(modelSynthCommand())
    .addCommand(modelImportCommand())
    .addCommand(modelExportCommand())
    .addCommand(modelListCommand())
    .addCommand(modelUseCommand())
    .addCommand(modelCompareCommand())
    .addCommand(modelPruneCommand());
}
