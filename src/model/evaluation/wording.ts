import type { OverallName } from './meter.ts';

/** What figures are called, in the order in which they are shown. */
export const FIGURE_NAMES: readonly (readonly [OverallName, string])[] = [
  ['accuracy', 'accuracy'],
  ['macro_precision', 'macro precision'],
  ['macro_recall', 'macro recall'],
  ['macro_f1', 'macro F1'],
  ['roc_auc', 'ROC-AUC'],
  ['average_precision', 'average precision'],
  ['ece', 'calibration error (ECE)'],
  ['brier', 'Brier score'],
  ['log_loss', 'log loss'],
];

/** The figures that are shown of each group and length. */
export const PART_FIGURES: readonly (readonly [OverallName, string])[] = [
  ['accuracy', 'accuracy'],
  ['macro_recall', 'macro recall'],
  ['macro_f1', 'macro F1'],
  ['ece', 'ECE'],
];

/** A figure with four decimals; a dash where it has no meaning. */
export function figureText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(4);
}
