import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { MonitorError, throwIfAborted } from '../errors.ts';
import { findModel, loadModel, type Model } from '../model/artifact.ts';
import { explainTexts } from '../model/explain.ts';
import { DEFAULT_MODEL } from '../model/names.ts';
import { createPool, type Pool } from '../model/pool.ts';
import { predictFile } from '../model/predict.ts';
import { predictTexts } from '../model/predict-texts.ts';
import { edge, withExamples } from './environment.ts';
import { printResult } from './output.ts';
import { predictionDocument, predictionHeader, predictionText } from './prediction-output.ts';

interface Options {
  input?: string;
  output?: string;
  explain?: true;
  model: string;
  json?: true;
}

export function modelPredictCommand(): Command {
  const command = new Command('predict')
    .description('tell what a model makes of texts, or add its columns to a CSV file')
    .argument('[texts...]', 'the texts; - reads standard input, a text a line')
    .option('--explain', 'show which words carried it: how much each one moves the score')
    .option('--input <file>', 'a CSV file with a column text; .gz is read as gzip')
    .option('--output <file>', 'where it goes with p_negative,p_neutral,p_positive,score,predicted added')
    .option('--model <name>', 'a model that ships with the program, or the path of a model folder', DEFAULT_MODEL)
    .option('--json', 'print one JSON document instead of text')
    .action(async (texts: string[], options: Options) => {
      const { input, output } = options;
      const isFile = input !== undefined && output !== undefined;
      if (
        isFile ? texts.length > 0 || options.explain : texts.length === 0 || input !== undefined || output !== undefined
      )
        throw new MonitorError('E_USAGE', 'Give either texts, or - for standard input, or --input with --output.', {
          remedy: 'Write: monitor model predict "great service". --explain goes with texts, not with a file.',
        });
      if (texts.filter((text) => text === '-').length > 1)
        throw new MonitorError('E_USAGE', 'Standard input can be read once.', { remedy: 'Write - once.' });
      const model = await loadModel(findModel(options.model));
      const pool = createPool({ model, workers: availableParallelism() });
      try {
        if (isFile) await toFile({ input, output }, model, pool, options.json === true);
        else await toOutput(texts, model, pool, options);
      } finally {
        await pool.close();
      }
    });
  return withExamples(command, [
    'monitor model predict "great service" "never again"',
    'monitor model predict --explain "the crew was great, the delay was not"',
    'monitor model predict - --json < lines.txt',
    'monitor model predict --input posts.csv --output scored.csv',
    'monitor model predict --input posts.csv.gz --output scored.csv --model ./my-model --json',
  ]);
}

async function toFile(files: { input: string; output: string }, model: Model, pool: Pool, json: boolean) {
  const { signal, progress } = edge();
  const done = await predictFile({ ...files, model, pool, signal, progress });
  const document = { ...done, output: files.output, model: model.spec.name };
  const repaired = done.repaired > 0 ? ` (${done.repaired} with broken quotes, read as well as they can be)` : '';
  printResult(json, document, `${done.rows} rows${repaired} written to ${files.output}`);
}

async function toOutput(texts: readonly string[], model: Model, pool: Pool, options: Options): Promise<void> {
  const { signal } = edge();
  const json = options.json === true;
  const style = {
    colour: process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '',
    width: process.stdout.isTTY === true ? process.stdout.columns : undefined,
  };
  const score = (batch: readonly string[]) => pool.score(batch, signal);
  const documents: unknown[] = [];
  let shown = 0;
  // A text to be explained is scored once for each of its words.
  for await (const page of pagesOf(texts, options.explain ? 32 : 1_024, signal)) {
    throwIfAborted(signal);
    const predictions = options.explain
      ? await explainTexts(model, page, score)
      : await predictTexts(model, page, score);
    if (shown === 0 && !json && predictions.length > 0) process.stdout.write(`${predictionHeader()}\n`);
    shown += predictions.length;
    if (json) documents.push(...predictions.map(predictionDocument));
    else for (const prediction of predictions) process.stdout.write(`${predictionText(prediction, style)}\n`);
    // Nobody reads any more: `| head` has seen enough.
    if (process.stdout.errored) return;
  }
  throwIfAborted(signal);
  if (shown === 0)
    throw new MonitorError('E_INPUT', 'Standard input has no text.', { remedy: 'Give it a text a line.' });
  if (json) printResult(true, { model: model.spec.name, texts: documents }, '');
}

/** The texts, with the lines of standard input in the place of `-`, some at a time. Lines without a text are no texts. Ends at the signal. */
async function* pagesOf(texts: readonly string[], size: number, signal: AbortSignal): AsyncGenerator<string[]> {
  let page: string[] = [];
  for (const text of texts)
    for await (const line of text === '-'
      ? createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY, signal })
      : [text]) {
      if (text === '-' && line.trim() === '') continue;
      page.push(line);
      if (page.length < size) continue;
      yield page;
      page = [];
    }
  if (page.length > 0) yield page;
}
