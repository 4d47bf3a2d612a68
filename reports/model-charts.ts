import * as Plot from '@observablehq/plot';
import type { Evaluation } from '../src/model/evaluation/evaluate.ts';
import { percent } from '../src/percent.ts';
import { compactCount, count } from './format.ts';
import type { Palette } from './palette.ts';
import { plotMarkup, tenth, textAt, widthOf } from './svg.ts';

/** The size of each chart, in pixels. */
export const CHART = { width: 360, height: 330 } as const;

const MARGIN = { top: 30, right: 16, bottom: 40, left: 44 };
const PLOT = { width: CHART.width, marginLeft: MARGIN.left, marginRight: MARGIN.right };
const COUNTS_HEIGHT = 44;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** Rows by true and predicted class: shares of each true class, so that a row of the matrix adds up to 100 %. */
export function confusionMarkup({ confusion }: Pick<Evaluation, 'confusion'>, colours: Palette): string {
  const { labels, matrix } = confusion;
  const [left, top] = [78, 44];
  const width = (CHART.width - left - 8) / labels.length;
  const height = (CHART.height - top - 14) / labels.length;
  const gap = 3;
  const cells = matrix.flatMap((counts, row) => {
    const total = counts.reduce((sum, value) => sum + value, 0);
    return counts.map((value, column) => {
      const share = total === 0 ? 0 : value / total;
      const [x, y] = [left + column * width, top + row * height];
      const fill = row === column ? colours.smoothed : colours.threshold;
      return (
        `<rect x="${tenth(x)}" y="${tenth(y)}" width="${tenth(width - gap)}" height="${tenth(height - gap)}" rx="4" ` +
        `fill="${fill}" fill-opacity="${(0.04 + 0.46 * share).toFixed(2)}"/>` +
        textAt(x + (width - gap) / 2, y + height / 2 - 1, total === 0 ? '–' : percent(share), {
          ...{ size: 16, weight: 600, anchor: 'middle' },
        }) +
        textAt(x + (width - gap) / 2, y + height / 2 + 17, count(value), { size: 12, anchor: 'middle' })
      );
    });
  });
  const muted = { fill: colours.muted, size: 12 } as const;
  return [
    textAt(left + (CHART.width - left - 8) / 2, 14, 'predicted', { ...muted, anchor: 'middle' }),
    textAt(left - 10, top - 10, 'true', { ...muted, anchor: 'end' }),
    ...labels.map((label, index) =>
      textAt(left + (index + 0.5) * width, top - 10, label, { size: 12, anchor: 'middle' }),
    ),
    ...labels.map((label, index) =>
      textAt(left - 10, top + (index + 0.5) * height + 3, label, { size: 12, anchor: 'end' }),
    ),
    ...cells,
  ].join('');
}

/** How often the model is right at each confidence, against the diagonal of one that knows; beneath, texts by confidence. */
export function reliabilityMarkup({ reliability }: Pick<Evaluation, 'reliability'>, colours: Palette): string {
  const most = Math.max(1, ...reliability.map(({ rows }) => rows));
  const diagonal = [
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ];
  const main = plotMarkup({
    ...PLOT,
    height: CHART.height - COUNTS_HEIGHT - MARGIN.bottom + 6,
    marginTop: MARGIN.top,
    marginBottom: 6,
    x: { domain: [0, 1], axis: null },
    y: { domain: [0, 1], axis: null },
    marks: [
      ...grid(colours),
      Plot.line(diagonal, { x: 'x', y: 'y', stroke: colours.muted, strokeDasharray: '4 4' }),
      Plot.ruleX(reliability, {
        x: 'confidence',
        y1: ({ interval }) => interval[0],
        y2: ({ interval }) => interval[1],
        stroke: colours.smoothed,
        strokeOpacity: 0.55,
        strokeWidth: 1.5,
      }),
      Plot.dot(reliability, { x: 'confidence', y: 'accuracy', r: 4, fill: colours.smoothed, stroke: 'none' }),
    ],
  });
  const counts = plotMarkup({
    ...PLOT,
    height: COUNTS_HEIGHT + MARGIN.bottom,
    marginTop: 8,
    marginBottom: MARGIN.bottom,
    x: { domain: [0, 1], axis: null },
    y: { domain: [0, most], axis: null },
    marks: [
      Plot.rect(reliability, {
        x1: 'from',
        x2: 'to',
        y1: 0,
        y2: 'rows',
        fill: colours.volume,
        insetLeft: 1,
        insetRight: 1,
      }),
      Plot.ruleY([0], { stroke: colours.grid }),
      ticksX(colours),
    ],
  });
  const below = CHART.height - COUNTS_HEIGHT - MARGIN.bottom;
  return [
    textAt(MARGIN.left, 16, 'share that is right', { fill: colours.muted, size: 12 }),
    main,
    `<g transform="translate(0,${below})">${counts}</g>`,
    textAt(MARGIN.left - 8, below + 16, compactCount(most), { fill: colours.muted, anchor: 'end' }),
    textAt(MARGIN.left - 8, below + COUNTS_HEIGHT + 1, 'texts', { fill: colours.muted, anchor: 'end' }),
    axisName('how sure the model is', colours),
  ].join('');
}

/** Precision over recall of each class, as the threshold on its probability falls. */
export function precisionRecallMarkup(
  { precision_recall, per_class }: Pick<Evaluation, 'precision_recall' | 'per_class'>,
  colours: Palette,
): string {
  const curves = Object.entries(precision_recall).filter(([, points]) => points.length > 0);
  const colour = (name: string): string =>
    name === 'positive' ? colours.smoothed : name === 'negative' ? colours.threshold : colours.daily;
  const plot = plotMarkup({
    ...PLOT,
    height: CHART.height,
    marginTop: MARGIN.top + 22,
    marginBottom: MARGIN.bottom,
    x: { domain: [0, 1], axis: null },
    y: { domain: [0, 1], axis: null },
    marks: [
      ...grid(colours),
      ticksX(colours),
      ...curves.map(([name, points]) =>
        Plot.line(points, { x: '0', y: '1', stroke: colour(name), strokeWidth: 2, strokeLinejoin: 'round' }),
      ),
    ],
  });
  let x = 10;
  const legend = curves.map(([name]) => {
    const text = `${name} ${per_class[name]?.average_precision?.toFixed(2) ?? '–'}`;
    const markup =
      `<path d="M${tenth(x)},12h14" stroke="${colour(name)}" stroke-width="2.5"/>` +
      textAt(x + 19, 16, text, { size: 12 });
    x += 19 + widthOf(text, 12) + 12;
    return markup;
  });
  return [
    ...legend,
    textAt(MARGIN.left, 40, 'precision', { fill: colours.muted, size: 12 }),
    plot,
    axisName('recall', colours),
  ].join('');
}

function grid(colours: Palette): Plot.Markish[] {
  return [
    Plot.gridY(TICKS, { stroke: colours.grid, strokeOpacity: 1 }),
    Plot.gridX(TICKS, { stroke: colours.grid, strokeOpacity: 1 }),
    Plot.axisY(TICKS, { tickSize: 0, fill: colours.muted, label: null, fontSize: 11 }),
  ];
}

function ticksX(colours: Palette): Plot.Markish {
  return Plot.axisX(TICKS, { tickSize: 0, fill: colours.muted, label: null, fontSize: 11 });
}

function axisName(text: string, colours: Palette): string {
  const middle = (MARGIN.left + CHART.width - MARGIN.right) / 2;
  return textAt(middle, CHART.height - 6, text, { fill: colours.muted, size: 12, anchor: 'middle' });
}
