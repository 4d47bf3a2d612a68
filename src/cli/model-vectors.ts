import { Command } from 'commander';
import { type LearnVectorsOptions, learnVectors } from '../model/training/learn-vectors.ts';
import { edge, withExamples } from './environment.ts';
import { appended, wholeNumber } from './option-values.ts';
import { printResult } from './output.ts';

interface Flags extends Omit<LearnVectorsOptions, 'signal' | 'progress'> {
  json?: true;
}

export function modelVectorsCommand(): Command {
  const command = new Command('vectors')
    .description('learn word vectors from texts without labels, for --vectors of a training')
    .requiredOption('--data <file>', 'CSV or JSONL with a text; .gz too; may be given again', appended)
    .requiredOption('--out <file>', 'the text file to write, in the format of word2vec')
    .option('--size <n>', 'numbers of a vector: what the recipe has as network.embedding', wholeNumber(1, 1_000), 100)
    .option('--epochs <n>', 'how often the texts are read', wholeNumber(1, 100), 5)
    .option('--window <n>', 'most words on either side that belong together', wholeNumber(1, 20), 5)
    .option('--min-count <n>', 'words that occur less often get no vector', wholeNumber(1), 5)
    .option('--text-column <name>', 'the column with the text', 'text')
    .option(
      '--seed <n>',
      'another number gives other vectors, the same number the same ones',
      wholeNumber(0, 2 ** 31 - 1),
      1,
    )
    .option('--json', 'print one JSON document instead of text')
    .action(async (flags: Flags) => {
      const { signal, progress } = edge();
      const { json, ...options } = flags;
      const learnt = await learnVectors({ ...options, signal, progress });
      printResult(
        json === true,
        { ...learnt, file: flags.out },
        `vectors of ${learnt.words} words written to ${flags.out}, from ${learnt.texts} different texts`,
      );
    });
  return withExamples(command, [
    'monitor model vectors --data posts.csv.gz --out vectors.txt',
    'monitor model train --data train.csv --recipe my-recipe.yaml --vectors vectors.txt --out my-model',
  ]);
}
