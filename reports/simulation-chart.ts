import * as Plot from '@observablehq/plot';
import type { DayInput } from '../src/alerts/measure.ts';
import type { AlertRule } from '../src/alerts/rule.ts';
import type { Simulation, ThresholdPoint } from '../src/alerts/simulate.ts';
import type { Days } from '../src/calendar.ts';
import { dateOf, dateSpan } from './format.ts';
import { LIGHT } from './palette.ts';
import { dayLabels, dayTicks } from './scales.ts';
import { cut, movedTo, plotMarkup, svgDocument, textAt } from './svg.ts';

/** What the picture of a simulation shows. */
export interface SimulationPicture extends Simulation {
  readonly rule: AlertRule;
  readonly range: Days;
  readonly days: readonly DayInput[];
  readonly thresholds: readonly ThresholdPoint[];
  readonly recommended: ThresholdPoint | null;
}

const WIDTH = 640;
const TOP = 62;
const SERIES_HEIGHT = 230;
const SWEEP_HEIGHT = 220;
const HEADING = 40;
const MARGIN = { left: 48, right: 18 };

/**
 * The series with its limit, the days on which the alert would have stood and the mails; beneath, for a rule on a threshold, how
 * many alerts a month each threshold would have given. The same input gives the same text.
 */
export function simulationSvg(picture: SimulationPicture, perMonth: number): { svg: string; width: number } {
  const { rule, range, thresholds, mails } = picture;
  const hasSweep = thresholds.length > 1;
  const height = TOP + SERIES_HEIGHT + (hasSweep ? HEADING + SWEEP_HEIGHT : 0) + 12;
  const sent = mails.filter(({ kind }) => kind === 'firing').length;
  const title = `${rule.brandName}: ${sent} simulated ${sent === 1 ? 'alert' : 'alerts'}`;
  const body = [
    `<rect width="${WIDTH}" height="${height}" fill="${LIGHT.background}"/>`,
    textAt(12, 26, cut(title, WIDTH - 220, 16), { size: 16, weight: 600 }),
    textAt(WIDTH - 12, 26, dateSpan([range.from, range.to]), { fill: LIGHT.muted, anchor: 'end' }),
    textAt(12, 48, seriesKey(rule), { fill: LIGHT.muted }),
    movedTo(0, TOP, seriesPanel(picture)),
    ...(hasSweep
      ? [
          textAt(12, TOP + SERIES_HEIGHT + 26, 'Alerts a month, by threshold', { weight: 600, size: 13 }),
          textAt(WIDTH - 12, TOP + SERIES_HEIGHT + 26, sweepKey(picture, perMonth), {
            fill: LIGHT.muted,
            anchor: 'end',
          }),
          movedTo(0, TOP + SERIES_HEIGHT + HEADING, sweepPanel(picture, perMonth)),
        ]
      : []),
  ];
  return { svg: svgDocument(WIDTH, height, title, LIGHT, body.join('')), width: WIDTH };
}

function seriesKey(rule: AlertRule): string {
  const line = rule.type === 'volume' ? 'posts a day' : 'window' in rule ? `${rule.window}-day average` : '';
  return `Blue: ${line}. Dashed: limit. Shaded: the alert stands. Triangles: mails (filled: fired, hollow: ended).`;
}

function sweepKey({ recommended }: SimulationPicture, perMonth: number): string {
  const wish = `dotted: ${perMonth} a month`;
  return recommended === null ? `${wish} · red: simulated` : `${wish} · blue: recommended · red: simulated`;
}

function seriesPanel({ rule, range, days, decisions, alerts, mails }: SimulationPicture): string {
  const points = days.flatMap(({ day, smoothed, total }) => {
    const value = rule.type === 'volume' ? total : smoothed?.value;
    return value === undefined ? [] : [{ day, value }];
  });
  const limits = limitsOf(rule, decisions);
  const shown = [...points.map(({ value }) => value), ...limits.flat().map(({ threshold }) => threshold)];
  const [low, high] = shown.length === 0 ? [0, 1] : [Math.min(...shown), Math.max(...shown)];
  const air = Math.max((high - low) * 0.12, rule.type === 'volume' ? 1 : 0.01);
  const ticks = dayTicks([range.from, range.to], 9);
  const labels = dayLabels(ticks);
  const valueAt = new Map(points.map(({ day, value }) => [day, value]));
  const lastValue = (day: number) => points.findLast((point) => point.day <= day)?.value ?? low;
  const marks = mails.map(({ day, kind }) => ({ day, kind, value: valueAt.get(day) ?? lastValue(day) }));
  return plotMarkup({
    ...{ width: WIDTH, height: SERIES_HEIGHT, marginTop: 10, marginBottom: 34 },
    ...{ marginLeft: MARGIN.left, marginRight: MARGIN.right },
    x: { type: 'utc', domain: [dateOf(range.from - 0.5), dateOf(range.to + 0.5)], axis: null },
    y: { domain: [low - air, high + air], axis: null },
    marks: [
      Plot.rect(alerts, {
        x1: ({ from }) => dateOf(from - 0.5),
        x2: ({ to }) => dateOf(Math.min(to, range.to) + 0.5),
        y1: low - air,
        y2: high + air,
        fill: LIGHT.firing,
      }),
      Plot.gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 5 }),
      Plot.axisY({ ticks: 5, tickSize: 0, fill: LIGHT.muted, label: null }),
      Plot.axisX(ticks.map(dateOf), {
        ...{ tickSize: 0, fill: LIGHT.muted, label: null },
        tickFormat: (_: Date, index: number) => labels[index] ?? '',
      }),
      ...limits.map((limit) =>
        Plot.line(limit, {
          ...{ x: ({ day }: Limit) => dateOf(day), y: 'threshold', stroke: LIGHT.threshold },
          ...{ strokeDasharray: '5 4', strokeWidth: 1.2 },
        }),
      ),
      Plot.line(points, { x: ({ day }) => dateOf(day), y: 'value', stroke: LIGHT.smoothed, strokeWidth: 1.8 }),
      Plot.dot(
        marks.filter(({ kind }) => kind !== 'resolved'),
        { x: ({ day }) => dateOf(day), y: 'value', symbol: 'triangle', r: 5, fill: LIGHT.threshold, dy: -9 },
      ),
      Plot.dot(
        marks.filter(({ kind }) => kind === 'resolved'),
        {
          ...{ x: ({ day }) => dateOf(day), y: 'value', symbol: 'triangle', r: 4.5, dy: -9 },
          ...{ fill: LIGHT.background, stroke: LIGHT.threshold, strokeWidth: 1.4 },
        },
      ),
    ],
  });
}

interface Limit {
  readonly day: number;
  readonly threshold: number;
}

/** The limit of each day; of a rule on volume, that for more posts and that for fewer. */
function limitsOf(rule: AlertRule, decisions: SimulationPicture['decisions']): Limit[][] {
  const of = (limit: (inputs: SimulationPicture['decisions'][number]['inputs']) => number | null | undefined) =>
    decisions.flatMap(({ day, inputs }) => {
      const threshold = limit(inputs);
      return threshold === null || threshold === undefined ? [] : [{ day, threshold }];
    });
  if (rule.type !== 'volume') return [of(({ threshold }) => threshold)];
  const times = (factor: number) => of(({ usual }) => (usual === null || usual === undefined ? null : usual * factor));
  return [times(rule.times), times(1 / rule.times)];
}

/** Thresholds around which something happens: from shortly below the first alert to where one nearly always stands. */
function shownThresholds({ thresholds, rule, recommended }: SimulationPicture): ThresholdPoint[] {
  const first = thresholds.findIndex(({ alerts }) => alerts > 0);
  const always = thresholds.findIndex(({ firingShare }) => firingShare >= 0.95);
  const chosen = rule.type === 'threshold' ? rule.below : undefined;
  return thresholds.filter(
    (point, index) =>
      (index >= first - 4 && (always < 0 || index <= always)) ||
      point.below === chosen ||
      point.below === recommended?.below,
  );
}

function sweepPanel(picture: SimulationPicture, perMonth: number): string {
  const { rule, recommended } = picture;
  const thresholds = shownThresholds(picture);
  const chosen = rule.type === 'threshold' ? rule.below : null;
  const most = Math.max(perMonth * 1.2, ...thresholds.map((point) => point.perMonth));
  const kindOf = ({ below }: ThresholdPoint) =>
    below === recommended?.below ? 'recommended' : below === chosen ? 'chosen' : 'other';
  // A mark for each colour: bars of one mark are drawn as one path.
  const bars = (kind: ReturnType<typeof kindOf>, fill: string) =>
    Plot.rect(
      thresholds.filter((point) => kindOf(point) === kind),
      { x1: ({ below }) => below - 0.004, x2: ({ below }) => below + 0.004, y1: 0, y2: 'perMonth', fill },
    );
  const [first, last] = [thresholds[0]?.below ?? 0, thresholds.at(-1)?.below ?? 1];
  return plotMarkup({
    ...{ width: WIDTH, height: SWEEP_HEIGHT, marginTop: 8, marginBottom: 40 },
    ...{ marginLeft: MARGIN.left, marginRight: MARGIN.right },
    x: { domain: [first - 0.006, last + 0.006], axis: null },
    y: { domain: [0, most * 1.05], axis: null },
    marks: [
      Plot.gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 4 }),
      Plot.axisY({ ticks: 4, tickSize: 0, fill: LIGHT.muted, label: null }),
      Plot.axisX({ ticks: 8, tickSize: 0, fill: LIGHT.muted, label: null }),
      bars('other', LIGHT.volume),
      bars('chosen', LIGHT.threshold),
      bars('recommended', LIGHT.smoothed),
      // A threshold without alerts has no bar to be seen.
      ...(chosen === null ? [] : [Plot.ruleX([chosen], { stroke: LIGHT.threshold, strokeWidth: 1.5 })]),
      ...(recommended === null ? [] : [Plot.ruleX([recommended.below], { stroke: LIGHT.smoothed, strokeWidth: 1.5 })]),
      Plot.ruleY([perMonth], { stroke: LIGHT.ink, strokeDasharray: '2 3' }),
      Plot.text([{ x: (first + last) / 2 }], { x: 'x', y: 0, dy: 34, text: () => 'fires below', fill: LIGHT.muted }),
    ],
  });
}
