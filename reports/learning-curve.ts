import * as Plot from '@observablehq/plot';
import { LIGHT } from './palette.ts';
import { plotMarkup, svgDocument, textAt } from './svg.ts';

/** What a training was like, an entry an epoch. Lists of validation figures are empty when nothing was held out. */
export interface LearningCurve {
  readonly epochs: readonly number[];
  readonly training_loss: readonly number[];
  readonly validation: { readonly loss: readonly number[]; readonly macro_recall: readonly number[] };
  /** The epoch whose weights were kept. */
  readonly best_epoch: number | null;
}

const PANEL = { width: 340, height: 240, top: 44, gap: 30, margin: { top: 8, right: 14, bottom: 34, left: 46 } };

/** The curve as SVG: loss on training and held-out texts on the left, macro recall on the right. */
export function learningCurveSvg(curve: LearningCurve, title: string): string {
  const { epochs, training_loss, validation, best_epoch } = curve;
  const loss = [...series(epochs, training_loss, 'training'), ...series(epochs, validation.loss, 'held out')];
  const recall = series(epochs, validation.macro_recall, 'held out');
  const panels = [
    { name: 'Loss', points: loss },
    ...(recall.length === 0 ? [] : [{ name: 'Macro recall on held-out texts', points: recall }]),
  ];
  const width = panels.length * (PANEL.width + PANEL.gap) + PANEL.gap;
  const height = PANEL.top + PANEL.height + PANEL.gap;
  const body = [
    textAt(PANEL.gap, 26, title, { weight: 600, size: 14 }),
    ...panels.map(
      ({ name, points }, index) =>
        `<g transform="translate(${PANEL.gap + index * (PANEL.width + PANEL.gap)},${PANEL.top})">` +
        `${textAt(0, 12, name, { fill: LIGHT.muted })}<g transform="translate(0,16)">${panel(points, epochs, best_epoch)}</g></g>`,
    ),
  ].join('');
  return svgDocument(width, height, `Learning curve of ${title}`, LIGHT, body);
}

interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly of: 'training' | 'held out';
}

function series(epochs: readonly number[], values: readonly number[], of: Point['of']): Point[] {
  return values.map((value, index) => ({ epoch: epochs[index] ?? index + 1, value, of }));
}

function panel(points: readonly Point[], epochs: readonly number[], best: number | null): string {
  const colour = (of: Point['of']) => (of === 'training' ? LIGHT.daily : LIGHT.smoothed);
  const last = (['training', 'held out'] as const).flatMap((of) => points.filter((point) => point.of === of).slice(-1));
  return plotMarkup({
    width: PANEL.width,
    height: PANEL.height,
    marginTop: PANEL.margin.top,
    marginRight: PANEL.margin.right,
    marginBottom: PANEL.margin.bottom,
    marginLeft: PANEL.margin.left,
    x: { domain: [(epochs[0] ?? 1) - 0.3, (epochs.at(-1) ?? 1) + 0.9], axis: null },
    y: { nice: true, axis: null },
    marks: [
      Plot.gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 5 }),
      Plot.axisY({ ticks: 5, tickSize: 0, fill: LIGHT.muted, label: null }),
      Plot.axisX([...epochs], {
        tickSize: 0,
        fill: LIGHT.muted,
        label: null,
        tickFormat: (epoch: number) => `${epoch}`,
      }),
      ...(best === null ? [] : [Plot.ruleX([best], { stroke: LIGHT.threshold, strokeDasharray: '4 4' })]),
      ...(['training', 'held out'] as const).map((of) =>
        Plot.line(
          points.filter((point) => point.of === of),
          { x: 'epoch', y: 'value', stroke: colour(of), strokeWidth: 2 },
        ),
      ),
      Plot.dot(points, { x: 'epoch', y: 'value', r: 2.5, fill: (point: Point) => colour(point.of) }),
      Plot.text(last, { x: 'epoch', y: 'value', text: 'of', dy: -10, fill: (point: Point) => colour(point.of) }),
    ],
  });
}
