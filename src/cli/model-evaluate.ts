import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { DEFAULT_MODEL } from '../config/schema.ts';
import { findModel, loadModel } from '../model/artifact.ts';
import { type Evaluation, evaluateModel } from '../model/evaluation/evaluate.ts';
import { createPool } from '../model/pool.ts';
import { edge, withExamples } from './environment.ts';
import { formatTable, printResult } from './output.ts';

export function modelEvaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('measure a model on labelled texts: accuracy, recall, F1 and the confusion matrix')
    .requiredOption(
      '--data <file>',
      'CSV or JSONL with text and label (negative, neutral, positive, or 0 and 1); .gz too',
    )
    .option('--model <name>', 'a model that ships with the program, or the path of a model folder', DEFAULT_MODEL)
    .option('--text-column <name>', 'the column with the text', 'text')
    .option('--label-column <name>', 'the column with the label', 'label')
    .option('--json', 'print one JSON document instead of text')
    .action(async (flags: { data: string; model: string; textColumn: string; labelColumn: string; json?: true }) => {
      const { signal, progress } = edge();
      const model = await loadModel(findModel(flags.model));
      const pool = createPool({ model, workers: availableParallelism() });
      try {
        const columns = { text: flags.textColumn, label: flags.labelColumn };
        const evaluation = await evaluateModel({ data: flags.data, columns, model, pool, signal, progress });
        printResult(flags.json === true, evaluation, evaluationText(evaluation));
      } finally {
        await pool.close();
      }
    });
  return withExamples(command, [
    'monitor model evaluate --data labelled.csv',
    'monitor model evaluate --data labelled.csv.gz --model ./my-model --json',
  ]);
}

/** The figures as tables for people. */
export function evaluationText(evaluation: Evaluation): string {
  const { rows, accuracy, macro_recall, macro_f1, per_class, confusion, skipped, model } = evaluation;
  const figure = (value: number) => value.toFixed(4);
  const classes = formatTable(
    ['class', 'precision', 'recall', 'f1', 'texts'],
    Object.entries(per_class).map(([name, { precision, recall, f1, support }]) => [
      name,
      figure(precision),
      figure(recall),
      figure(f1),
      String(support),
    ]),
  );
  const matrix = formatTable(
    ['true \\ predicted', ...confusion.labels],
    confusion.matrix.map((counts, index) => [confusion.labels[index] ?? '', ...counts.map(String)]),
  );
  const left = Object.entries(skipped).map(([reason, count]) => `${count} × ${reason}`);
  return [
    `${model} on ${rows} texts: accuracy ${figure(accuracy)}, macro recall ${figure(macro_recall)}, macro F1 ${figure(macro_f1)}`,
    ...(left.length > 0 ? [`Left out: ${left.join(', ')}`] : []),
    '',
    classes,
    '',
    matrix,
  ].join('\n');
}
