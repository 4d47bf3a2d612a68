import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { modelPageHtml } from '../../reports/model-page.ts';
import { modelPictureSvg, PICTURE_WIDTH } from '../../reports/model-picture.ts';
import { svgToPng } from '../../reports/png.ts';
import { writeFileAtomic } from '../files.ts';
import { findModel, loadModel } from '../model/artifact.ts';
import { evaluateModel } from '../model/evaluation/evaluate.ts';
import { DEFAULT_MODEL } from '../model/names.ts';
import { createPool } from '../model/pool.ts';
import { edge, withExamples } from './environment.ts';
import { evaluationText } from './evaluation-output.ts';
import { type LabelledFlags, labelledOptions, withLabelledOptions } from './labelled-options.ts';
import { printResult } from './output.ts';

interface EvaluateFlags extends LabelledFlags {
  data: string;
  model: string;
  page?: string;
  picture?: string;
  json?: true;
}

export function modelEvaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('measure a model on labelled texts, with intervals: how often it is right, and how well it knows')
    .requiredOption(
      '--data <file>',
      'CSV or JSONL with text and label (negative, neutral, positive, or 0 and 1); .gz too',
    )
    .option('--model <name>', 'a model that ships with the program, or the path of a model folder', DEFAULT_MODEL)
    .option('--page <file>', 'write all of it as one HTML page')
    .option('--picture <file>', 'write confusions, reliability and precision over recall as a PNG picture')
    .option('--json', 'print one JSON document instead of text');
  withLabelledOptions(command).action(async (flags: EvaluateFlags) => {
    const { signal, progress } = edge();
    const model = await loadModel(findModel(flags.model));
    const pool = createPool({ model, workers: availableParallelism() });
    try {
      const options = labelledOptions(flags);
      const evaluation = await evaluateModel({ data: flags.data, ...options, model, pool, signal, progress });
      // First of all, so that a page that can't be written doesn't take the figures with it.
      printResult(flags.json === true, evaluation, evaluationText(evaluation));
      if (flags.page !== undefined) await writeFileAtomic(flags.page, modelPageHtml(evaluation));
      if (flags.picture !== undefined)
        await writeFileAtomic(flags.picture, svgToPng(modelPictureSvg(evaluation), PICTURE_WIDTH));
    } finally {
      await pool.close();
    }
  });
  return withExamples(command, [
    'monitor model evaluate --data labelled.csv',
    'monitor model evaluate --data labelled.csv.gz --model ./my-model --json',
    'monitor model evaluate --data labelled.csv --by country --page my-model.html --picture my-model.png',
  ]);
}
