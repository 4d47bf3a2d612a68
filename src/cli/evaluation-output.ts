import type { Interval } from '../model/evaluation/bootstrap.ts';
import type { Evaluation, PartMeasures } from '../model/evaluation/evaluate.ts';
import { FIGURE_NAMES, figureText, PART_FIGURES } from '../model/evaluation/wording.ts';
import { formatTable } from './output.ts';

/** The figures as tables for people. */
export function evaluationText(evaluation: Evaluation): string {
  const { rows, accuracy, macro_recall, macro_f1, per_class, confusion, skipped, model, intervals } = evaluation;
  const overall = formatTable(
    ['all texts', 'figure', '95 % interval'],
    FIGURE_NAMES.map(([name, title]) => [title, figureText(evaluation[name]), intervalText(intervals[name])]),
  );
  const classes = formatTable(
    ['class', 'precision', 'recall', '95 % interval', 'f1', '95 % interval', 'ROC-AUC', 'average precision', 'texts'],
    Object.entries(per_class).map(([name, { precision, recall, f1, roc_auc, average_precision, support }]) => [
      ...[name, figureText(precision), figureText(recall), intervalText(intervals.per_class[name]?.recall)],
      ...[figureText(f1), intervalText(intervals.per_class[name]?.f1), figureText(roc_auc)],
      ...[figureText(average_precision), String(support)],
    ]),
  );
  const matrix = formatTable(
    ['true \\ predicted', ...confusion.labels],
    confusion.matrix.map((counts, index) => [confusion.labels[index] ?? '', ...counts.map(String)]),
  );
  const { groups, lengths } = evaluation;
  return [
    `${model} on ${rows} texts: accuracy ${figureText(accuracy)}, macro recall ${figureText(macro_recall)}, macro F1 ${figureText(macro_f1)}`,
    ...leftOut(skipped),
    ...['', overall, '', classes, '', matrix],
    ...(groups === null ? [] : ['', partsTable(groups.by, groups.parts), ...moreGroups(groups.more)]),
    ...['', partsTable('words', lengths)],
  ].join('\n');
}

/** What could not be measured, as a line. */
export function leftOut(skipped: Evaluation['skipped']): string[] {
  const left = Object.entries(skipped).map(([reason, count]) => `${count} × ${reason}`);
  return left.length > 0 ? [`Left out: ${left.join(', ')}`] : [];
}

export function moreGroups(more: number): string[] {
  return more > 0 ? [`and ${more} smaller groups`] : [];
}

function partsTable(title: string, parts: readonly PartMeasures[]): string {
  return formatTable(
    [title, 'texts', ...PART_FIGURES.flatMap(([, name]) => [name, '95 % interval'])],
    parts.map((part) => [
      ...[part.name, String(part.rows)],
      ...PART_FIGURES.flatMap(([name]) => [figureText(part[name]), intervalText(part.intervals[name])]),
    ]),
  );
}

export function intervalText(interval: Interval | undefined): string {
  return interval ? `${interval[0].toFixed(3)}–${interval[1].toFixed(3)}` : '';
}
