import type { ImportSummary } from '../../jobs/audit.ts';
import type { Audit, ModelAudit } from '../../jobs/audit-figures.ts';
import { formatDay } from '../calendar.ts';
import type { PairedFigures, Share } from '../model/evaluation/audit.ts';
import { percent } from '../percent.ts';
import { formatTable } from './output.ts';

export function auditDocument(brand: string, { sample, labelled, models, paired }: Audit): unknown {
  return {
    brand,
    sample: {
      ...{ code: sample.code, from: formatDay(sample.from), to: formatDay(sample.to), seed: sample.seed },
      ...{ posts: sample.size, drawn_from: sample.population, drawn_at: new Date(sample.drawnMs).toISOString() },
    },
    labelled,
    models: models.map(({ model, figures, positiveRate, scored, rates }) => ({
      ...{ model, ...figures, positive_rate: positiveRate, posts_scored: scored, rates },
    })),
    paired,
  };
}

export function auditText(brand: string, { sample, labelled, models, paired }: Audit): string {
  const head = `${brand}, ${formatDay(sample.from)} to ${formatDay(sample.to)}: ${labelled} of ${sample.size} drawn posts labelled, out of ${sample.population} (sample ${sample.code})`;
  const few = labelled < 30 ? ['Fewer than 30 labels: some intervals are left out.'] : [];
  const parts = models.map((audit) => modelText(audit, labelled));
  return [[head, ...few].join('\n'), ...parts, ...(paired ? [pairedText(models, paired)] : [])].join('\n\n');
}

function modelText({ model, figures, positiveRate, scored }: ModelAudit, labelled: number): string {
  const { labels, matrix } = figures.confusion;
  const left = labelled - figures.rows;
  const confusion = formatTable(
    ['label', ...labels.map((label) => `as ${label}`), 'found', 'interval'],
    labels.map((label, row) => {
      const recall = figures.recall[label];
      return [
        ...[label, ...(matrix[row] ?? []).map(String)],
        ...(recall && recall.posts > 0 ? [percent(recall.value), intervalText(recall)] : ['–', '–']),
      ];
    }),
  );
  const { labelled: byLabels, corrected, counted } = positiveRate;
  return [
    model,
    `accuracy      ${shareText(figures.accuracy)}`,
    `macro recall  ${shareText(figures.macro_recall)}`,
    ...(left > 0 ? [`(without ${left} posts with a label that the model has no class for)`] : []),
    '',
    confusion,
    '',
    'positive posts, of all that the sample was drawn from',
    `by the labels            ${shareText(byLabels)}`,
    ...(corrected ? [`by labels and model      ${shareText(corrected)}`] : []),
    counted === null
      ? `as the model counts      – (it has scored ${scored} posts of these days)`
      : `as the model counts      ${percent(counted)}`,
  ].join('\n');
}

function pairedText(models: readonly ModelAudit[], paired: PairedFigures): string {
  const [a = '', b = ''] = models.map(({ model }) => model);
  const { rows, accuracy, only, p, macro_recall_gain: gain } = paired;
  const better = only[0] > only[1] ? a : b;
  return [
    `on the same ${rows} posts: ${a} is right on ${percent(accuracy[0])}, ${b} on ${percent(accuracy[1])}`,
    `only ${a} is right on ${only[0]}, only ${b} on ${only[1]}; macro recall of ${b} less that of ${a}: ${points(gain)}`,
    p < 0.05
      ? `${better} is better for this brand (p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}).`
      : `They can't be told apart on these posts (p = ${p.toFixed(3)}): more labels could.`,
  ].join('\n');
}

export function importText({ added, changed, same, blank, gone, rejected }: ImportSummary): string {
  const lines = [
    `${added} labels added, ${changed} changed, ${same} as before, ${blank} rows not labelled yet`,
    ...(gone > 0 ? [`${gone} rows left out: their posts were deleted or say something else by now`] : []),
    ...rejected.slice(0, 20).map(({ line, reason }) => `line ${line}: ${reason}`),
    ...(rejected.length > 20 ? [`and ${rejected.length - 20} more rows that can't be used`] : []),
    ...(rejected.length > 0
      ? ['Labels are negative, neutral and positive. Correct these lines and import the file again.']
      : []),
  ];
  return lines.join('\n');
}

function shareText(share: Share): string {
  const interval = intervalText(share);
  return interval === '–' ? percent(share.value) : `${percent(share.value)}  (${interval})`;
}

function intervalText({ interval }: Share): string {
  return interval === null ? '–' : `${percent(interval[0])} to ${percent(interval[1])}`;
}

/** A difference in points of a hundred. */
function points({ value, interval }: Share): string {
  const signed = (part: number) => `${part < 0 ? '−' : '+'}${Math.abs(100 * part).toFixed(1)}`;
  return interval === null
    ? `${signed(value)} points`
    : `${signed(value)} points (${signed(interval[0])} to ${signed(interval[1])})`;
}
