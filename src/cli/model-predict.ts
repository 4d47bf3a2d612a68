import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { DEFAULT_MODEL } from '../config/schema.ts';
import { findModel, loadModel } from '../model/artifact.ts';
import { createPool } from '../model/pool.ts';
import { predictFile } from '../model/predict.ts';
import { edge, withExamples } from './environment.ts';
import { printResult } from './output.ts';

export function modelPredictCommand(): Command {
  const command = new Command('predict')
    .description('add p_negative,p_neutral,p_positive,score,predicted to the columns of a CSV file')
    .requiredOption('--input <file>', 'a CSV file with a column text; .gz is read as gzip')
    .requiredOption('--output <file>', 'where the CSV with the new columns goes')
    .option('--model <name>', 'a model that ships with the program, or the path of a model folder', DEFAULT_MODEL)
    .option('--json', 'print one JSON document instead of text')
    .action(async (options: { input: string; output: string; model: string; json?: true }) => {
      const { signal, progress } = edge();
      const model = await loadModel(findModel(options.model));
      const pool = createPool({ model, workers: availableParallelism() });
      try {
        const done = await predictFile({ input: options.input, output: options.output, model, pool, signal, progress });
        const document = { ...done, output: options.output, model: model.spec.name };
        const repaired = done.repaired > 0 ? ` (${done.repaired} with broken quotes, read as well as they can be)` : '';
        printResult(options.json === true, document, `${done.rows} rows${repaired} written to ${options.output}`);
      } finally {
        await pool.close();
      }
    });
  return withExamples(command, [
    'monitor model predict --input posts.csv --output scored.csv',
    'monitor model predict --input posts.csv.gz --output scored.csv --model ./my-model --json',
  ]);
}
