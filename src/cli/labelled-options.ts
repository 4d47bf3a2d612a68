import type { Command } from 'commander';
import { DEFAULT_BOOTSTRAP, type EvaluateOptions } from '../model/evaluation/evaluate.ts';
import { wholeNumber } from './option-values.ts';

/** What commands that measure on labelled texts are told about them. */
export interface LabelledFlags {
  textColumn: string;
  labelColumn: string;
  by?: string;
  only?: string;
  resamples: number;
  seed: number;
}

/** The column that groups are told apart by unless another is named. */
const USUAL_GROUP = 'source';

export function withLabelledOptions(command: Command): Command {
  return command
    .option('--text-column <name>', 'the column with the text', 'text')
    .option('--label-column <name>', 'the column with the label', 'label')
    .option('--by <column>', `figures for each value of this column (default: "${USUAL_GROUP}" where there is one)`)
    .option('--only <value>', 'only rows with this value in that column; * stands for anything: "semeval-*"')
    .option(
      '--resamples <n>',
      'how often rows are drawn again for the intervals; 0 for none',
      wholeNumber(0, 100_000),
      1_000,
    )
    .option('--seed <n>', 'where the draws begin', wholeNumber(0, 2 ** 31 - 1), DEFAULT_BOOTSTRAP.seed);
}

export function labelledOptions(flags: LabelledFlags): Pick<EvaluateOptions, 'bootstrap' | 'only'> & {
  columns: { text: string; label: string; group: string };
  mustGroup: boolean;
} {
  const { textColumn, labelColumn, by, only, resamples, seed } = flags;
  return {
    columns: { text: textColumn, label: labelColumn, group: by ?? USUAL_GROUP },
    mustGroup: by !== undefined,
    ...(only === undefined ? {} : { only }),
    bootstrap: { resamples, seed },
  };
}
