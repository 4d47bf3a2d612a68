import { Command } from 'commander';
import { MonitorError } from '../errors.ts';
import { loadTensorFlow, tensorFlowKindOf } from '../model/engines/tensorflow/load.ts';
import { readRecipe } from '../model/training/recipe.ts';
import { type SearchResult, searchModels, type Trial } from '../model/training/search.ts';
import { readSpace } from '../model/training/search-space.ts';
import { edge, secrets, withExamples } from './environment.ts';
import { appended, wholeNumber } from './option-values.ts';
import { formatTable, printResult } from './output.ts';

interface SearchFlags {
  data: string[];
  teacher: string[];
  recipe: string;
  space: string;
  vectors?: string;
  trials: number;
  seed: number;
  out: string;
  json?: true;
}

export function modelSearchCommand(): Command {
  const command = new Command('search')
    .description(
      'train a recipe with settings drawn by chance, and show which were best; goes on with the same command',
    )
    .requiredOption('--data <file>', 'CSV or JSONL with text and label; .gz too; may be given again', appended)
    .requiredOption('--recipe <file>', 'YAML: what is the same in all trials')
    .requiredOption('--space <file>', 'YAML: values to try, or a range, by the recipe’s key')
    .requiredOption('--out <folder>', 'a folder for the trials’ models and results.json')
    .option('--vectors <path>', 'word vectors, as for train')
    .option('--teacher <file>', 'CSV with id and a teacher’s probabilities; may be given again', appended, [])
    .option('--trials <n>', 'how many to train', wholeNumber(1), 20)
    .option('--seed <n>', 'what is drawn follows from it', wholeNumber(1), 1)
    .option('--json', 'print one JSON document instead of text')
    .action(async (flags: SearchFlags) => {
      const { signal, progress, clock, log } = edge();
      const [recipe, space] = [await readRecipe(flags.recipe), await readSpace(flags.space)];
      if ('linear' in recipe)
        throw new MonitorError('E_USAGE', 'Only recipes of networks can be searched.', {
          remedy: 'Give a recipe with network.',
        });
      const result = await searchModels({
        data: flags.data,
        teachers: flags.teacher,
        recipe,
        space,
        trials: flags.trials,
        seed: flags.seed,
        out: flags.out,
        tensorFlow: await loadTensorFlow({ kind: tensorFlowKindOf(secrets('MONITOR_TENSORFLOW')) }),
        clock,
        signal,
        progress,
        onTrial: ({ trial, validation, epochs }) =>
          log.info({ trial, epochs }, `trial ${trial}: macro recall ${validation.macro_recall.toFixed(4)}`),
        ...(flags.vectors === undefined ? {} : { vectors: flags.vectors }),
      });
      printResult(flags.json === true, result, tableOf(result));
    });
  return withExamples(command, [
    'monitor model search --data train.csv.gz --recipe my-recipe.yaml --space space.yaml --trials 20 --out search',
  ]);
}

function tableOf({ metric, trials }: SearchResult): string {
  const names = ['macro recall', 'accuracy', 'loss'];
  const row = ({ trial, validation, epochs, given_up, seconds, settings }: Trial) => [
    String(trial),
    validation.macro_recall.toFixed(4),
    validation.accuracy.toFixed(4),
    validation.loss.toFixed(4),
    `${epochs}${given_up ? ' (given up)' : ''}`,
    String(Math.round(seconds)),
    Object.entries(settings)
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' '),
  ];
  const table = formatTable(['trial', ...names, 'epochs', 'seconds', 'settings'], trials.map(row));
  const [best] = trials;
  return [table, '', `Best by ${metric.replaceAll('_', ' ')} on held-out rows: ${best?.model ?? 'none'}`].join('\n');
}
