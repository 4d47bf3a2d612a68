import { betterOf, type ModelComparison, type PairMeasures } from '../model/evaluation/compare.ts';
import { FIGURE_NAMES, figureText } from '../model/evaluation/wording.ts';
import { percent } from '../percent.ts';
import { intervalText, leftOut, moreGroups } from './evaluation-output.ts';
import { formatTable } from './output.ts';

/** Two models on the same texts, as tables for people. */
export function modelComparisonText(comparison: ModelComparison): string {
  const { models, a, b, difference, groups, skipped, mcnemar } = comparison;
  const figures = formatTable(
    ['all texts', 'a', '95 % interval', 'b', '95 % interval', 'b − a', '95 % interval'],
    FIGURE_NAMES.map(([name, title]) => [
      ...[title, figureText(a[name]), intervalText(a.intervals[name])],
      ...[figureText(b[name]), intervalText(b.intervals[name])],
      ...[signed(difference[name].value), range(difference[name].interval)],
    ]),
  );
  const { both_right, only_a, only_b, both_wrong } = mcnemar;
  return [
    `a: ${models.a}, b: ${models.b}, on the same ${comparison.rows} texts`,
    ...leftOut(skipped),
    ...['', verdict(comparison), recallVerdict(comparison), ''],
    figures,
    ...['', `Right: both ${both_right}, only a ${only_a}, only b ${only_b}, none ${both_wrong}`],
    ...(groups === null ? [] : ['', partsTable(groups.by, groups.parts), ...moreGroups(groups.more)]),
  ].join('\n');
}

/** Which model is right more often, and how sure that is, in words. */
export function verdict({ rows, a, b, mcnemar, difference: { accuracy } }: PairMeasures): string {
  const better = betterOf(mcnemar);
  const p = `p = ${pText(mcnemar.p)}`;
  if (better === null)
    return `By how often they are right, a and b can't be told apart on ${rows} texts: ${percent(a.accuracy)} and ${percent(b.accuracy)}, ${p}.`;
  const [more, less] = better === 'a' ? [a, b] : [b, a];
  const points = accuracy.interval?.map((end) => (100 * (better === 'a' ? -end : end)).toFixed(1));
  const [low, high] = better === 'a' ? [points?.[1], points?.[0]] : [points?.[0], points?.[1]];
  const interval = points === undefined ? '' : `, 95 % interval ${low} to ${high}`;
  return (
    `${better} is right more often: on ${percent(more.accuracy)} of the texts, not ${percent(less.accuracy)} ` +
    `(${(100 * (more.accuracy - less.accuracy)).toFixed(1)} points${interval}). ` +
    `Were both equally good, so uneven a split would have a chance of ${p}.`
  );
}

function recallVerdict({ difference: { macro_recall } }: PairMeasures): string {
  const { value, interval } = macro_recall;
  if (value === null || interval === null) return 'By macro recall: too few texts to say.';
  if (interval[0] <= 0 && interval[1] >= 0) return `By macro recall they can't be told apart (${range(interval)}).`;
  const better = value > 0 ? 'b' : 'a';
  return `By macro recall ${better} is better by ${Math.abs(100 * value).toFixed(1)} points (b − a: ${range(interval)}).`;
}

function partsTable(title: string, parts: readonly (PairMeasures & { readonly name: string })[]): string {
  return formatTable(
    [title, 'texts', 'accuracy a', 'b', 'b − a', '95 % interval', 'p', 'macro recall a', 'b', 'b − a', '95 % interval'],
    parts.map(({ name, rows, a, b, difference: { accuracy, macro_recall }, mcnemar }) => [
      ...[name, String(rows), figureText(a.accuracy), figureText(b.accuracy), signed(accuracy.value)],
      ...[range(accuracy.interval), pText(mcnemar.p), figureText(a.macro_recall), figureText(b.macro_recall)],
      ...[signed(macro_recall.value), range(macro_recall.interval)],
    ]),
  );
}

function signed(value: number | null): string {
  return value === null ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}

function range(interval: readonly [number, number] | null): string {
  const end = (value: number) => signed(value).slice(0, -1);
  return interval === null ? '' : `${end(interval[0])} to ${end(interval[1])}`;
}

function pText(p: number): string {
  if (p < 0.0001) return p.toExponential(0);
  return p.toFixed(p < 0.1 ? 4 : 2);
}
