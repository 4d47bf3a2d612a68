import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { findModel, loadModel } from '../model/artifact.ts';
import { type CalibrateOptions, calibrateModel } from '../model/calibrate.ts';
import { modelLabel } from '../model/pinned.ts';
import { createPool } from '../model/pool.ts';
import { readRecipe } from '../model/training/recipe.ts';
import { edge, withExamples } from './environment.ts';
import { appended } from './option-values.ts';
import { printResult } from './output.ts';

interface Flags extends Pick<CalibrateOptions, 'method' | 'decision' | 'data' | 'out'> {
  recipe?: string;
  teacher: string[];
  textColumn: string;
  labelColumn: string;
  json?: true;
}

export function modelCalibrateCommand(): Command {
  const command = new Command('calibrate')
    .description(
      'make honest probabilities, a threshold and a rate correction from labelled texts that the model never saw',
    )
    .argument('<model>', 'a model that ships with the program, or the path of a model folder')
    .requiredOption('--data <file>', 'CSV or JSONL with text and label; .gz too; may be given again', appended)
    .requiredOption('--out <folder>', 'the model folder to make')
    .option('--recipe <file>', 'the recipe of its training: of --data only the rows count that it held out')
    .option('--teacher <file>', "with --recipe: the training's teacher file; may be given again", appended, [])
    .addOption(
      new Option('--method <name>', 'a scale and a bias for each class, or one scale')
        .choices(['vector', 'temperature'])
        .default('vector'),
    )
    .addOption(
      new Option('--decision <name>', 'three classes: which class a post gets')
        .choices(['most_probable', 'macro_recall'])
        .default('most_probable'),
    )
    .option('--text-column <name>', 'the column with the text', 'text')
    .option('--label-column <name>', 'the column with the label', 'label')
    .option('--json', 'print one JSON document instead of text')
    .action(async (use: string, flags: Flags) => {
      const { signal, progress } = edge();
      const recipe = flags.recipe === undefined ? undefined : await readRecipe(flags.recipe);
      const model = await loadModel(findModel(use));
      const pool = createPool({ model, workers: availableParallelism() });
      try {
        const columns = { text: flags.textColumn, label: flags.labelColumn };
        const { method, decision, data, out, teacher: teachers } = flags;
        const done = await calibrateModel({
          ...{ model, method, decision, data, out, recipe, teachers, columns },
          pool,
          signal,
          progress,
        });
        const { calibration, threshold, decision_weights, rates, labels, name } = done.model.spec;
        const { before, after } = done.logLoss;
        printResult(
          flags.json === true,
          {
            model: done.model.directory,
            sha256: done.model.modelSha256,
            rows: done.rows,
            ...{ log_loss: done.logLoss, calibration, threshold, decision_weights, rates },
          },
          [
            `${modelLabel({ name, sha256: done.model.modelSha256 })} written to ${done.model.directory}, by ${done.rows} texts`,
            `log loss ${before.toFixed(4)}, calibrated ${after.toFixed(4)}`,
            ...(labels.length === 2 ? [`positive from ${threshold.toFixed(4)} on, which has the highest F1`] : []),
            ...(decision_weights
              ? [`classes weighted ${decision_weights.map((weight) => weight.toFixed(3)).join(', ')}`]
              : []),
          ].join('\n'),
        );
      } finally {
        await pool.close();
      }
    });
  return withExamples(command, [
    'monitor model calibrate ./my-model --data held-out.csv --out ./my-model-2',
    'monitor model calibrate social --data train.csv.gz --recipe recipes/social.yaml --out ./social-2',
  ]);
}
