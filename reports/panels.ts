import * as Plot from '@observablehq/plot';
import type { Day } from '../src/calendar.ts';
import type { Metric } from '../src/config/schema.ts';
import { compactCount, dateOf, isScore, measure } from './format.ts';
import type { ModelChange, SeriesPoint } from './model.ts';
import type { Palette } from './palette.ts';
import { dayLabels, type Range, roundUp, scoreTicks } from './scales.ts';
import { plotMarkup } from './svg.ts';

/** Where a panel is drawn and what its axes show. Sizes in pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number };
  readonly days: Range;
  readonly colours: Palette;
}

export interface SentimentPanel extends Frame {
  readonly scores: Range;
  readonly metric: Metric;
  readonly threshold: number | undefined;
  readonly firing: readonly { readonly from: Day; readonly to: Day }[];
  /** Days with noted events, marked by a thin line. */
  readonly events: readonly Day[];
  /** The days on which another model begins, with its name. */
  readonly changes: readonly ModelChange[];
  readonly look: Look;
  readonly mostScoreTicks: number;
}

/** How heavy the marks are: small or crowded panels need lighter ones. */
interface Look {
  /** Radius of a day's dot. */
  readonly dot: number;
  /** Width of a day's interval; 0 for none. */
  readonly interval: number;
  /** Width of the line of averages. */
  readonly line: number;
}

/** The series over time: spans of firing alerts, the threshold, each day's figure with its interval, and the average. */
export function sentimentPanel(points: readonly SeriesPoint[], panel: SentimentPanel): string {
  const { colours, days, scores, look, metric } = panel;
  const shown = within(points, days);
  const inside = (value: number): number => Math.min(scores[1], Math.max(scores[0], value));
  const ticks = scoreTicks(scores, panel.mostScoreTicks);
  const decimals = ticks.every((tick) => Number(tick.toFixed(1)) === tick) && isScore(metric) ? 1 : 2;
  const spans = panel.firing.filter(({ from, to }) => to >= days[0] && from <= days[1]);
  const intervals = shown.flatMap(({ day, daily: { low, high } }) =>
    low === null || high === null ? [] : [{ day, low: inside(low), high: inside(high) }],
  );
  const changes = panel.changes.filter(({ day }) => day > days[0] && day <= days[1]);
  const newest = shown.findLast(({ smoothed }) => smoothed !== null);
  return plotMarkup({
    ...axes(panel),
    y: { domain: scores, axis: null },
    marks: [
      Plot.rect(spans, {
        x1: ({ from }) => dateOf(Math.max(from, days[0]) - 0.5),
        x2: ({ to }) => dateOf(Math.min(to, days[1]) + 0.5),
        y1: scores[0],
        y2: scores[1],
        fill: colours.firing,
      }),
      Plot.gridY(ticks, { stroke: colours.grid, strokeOpacity: 1 }),
      Plot.axisY(ticks, {
        tickSize: 0,
        fill: colours.muted,
        label: null,
        tickFormat: (value: number) => measure(value, metric, decimals),
      }),
      ...(panel.events.length === 0
        ? []
        : [Plot.ruleX(panel.events, { x: dateOf, stroke: colours.muted, strokeDasharray: '1 2.5' })]),
      ...(panel.threshold === undefined
        ? []
        : [Plot.ruleY([panel.threshold], { stroke: colours.threshold, strokeDasharray: '5 4', strokeWidth: 1.2 })]),
      ...(look.interval > 0
        ? [
            Plot.ruleX(intervals, {
              x: ({ day }) => dateOf(day),
              y1: 'low',
              y2: 'high',
              stroke: colours.interval,
              strokeWidth: look.interval,
            }),
          ]
        : []),
      Plot.dot(shown, {
        x: ({ day }) => dateOf(day),
        y: (point) => inside(point.daily.value),
        r: look.dot,
        fill: colours.daily,
      }),
      Plot.line(everyDay(shown, days), {
        x: ({ day }) => dateOf(day),
        y: ({ point }) => (point?.smoothed ? point.smoothed.value : Number.NaN),
        stroke: colours.smoothed,
        strokeWidth: look.line,
        // The average starts anew with another model, and so does its line.
        ...(changes.length > 0 ? { z: ({ day }) => changes.filter((change) => change.day <= day).length } : {}),
      }),
      ...(changes.length > 0
        ? [
            Plot.ruleX(changes, {
              x: ({ day }) => dateOf(day - 0.5),
              stroke: colours.muted,
              strokeDasharray: '2 3',
              strokeWidth: 1.2,
            }),
          ]
        : []),
      Plot.dot(newest ? [newest] : [], {
        x: ({ day }) => dateOf(day),
        y: ({ smoothed }) => smoothed?.value ?? Number.NaN,
        r: look.line * 1.5,
        fill: colours.smoothed,
      }),
    ],
  });
}

/** The number of posts of each day as bars. */
export function volumePanel(points: readonly SeriesPoint[], frame: Frame): string {
  const { colours, days } = frame;
  const shown = within(points, days);
  const top = roundUp(shown.reduce((most, { total }) => Math.max(most, total), 1));
  const inset = Math.min(1, (dayWidth(frame) - 0.6) / 4);
  return plotMarkup({
    ...axes(frame),
    y: { domain: [0, top], axis: null },
    marks: [
      Plot.rectY(shown, {
        x1: ({ day }) => dateOf(day - 0.5),
        x2: ({ day }) => dateOf(day + 0.5),
        y: 'total',
        fill: colours.volume,
        insetLeft: Math.max(0, inset),
        insetRight: Math.max(0, inset),
      }),
      Plot.ruleY([0], { stroke: colours.muted, strokeOpacity: 0.6 }),
      Plot.axisY([top], { tickSize: 0, fill: colours.muted, label: null, tickFormat: compactCount }),
      Plot.gridY([top], { stroke: colours.grid, strokeOpacity: 1 }),
    ],
  });
}

/** Dates under a chart. */
export function dateAxis(ticks: readonly Day[], frame: Frame): string {
  const labels = dayLabels(ticks);
  return plotMarkup({
    ...axes(frame),
    y: { domain: [0, 1], axis: null },
    marks: [
      Plot.axisX(ticks.map(dateOf), {
        anchor: 'bottom',
        tickSize: 4,
        stroke: frame.colours.muted,
        fill: frame.colours.muted,
        label: null,
        tickFormat: (_: Date, index: number) => labels[index] ?? '',
      }),
    ],
  });
}

/** The x coordinate of the moment at which a day begins. */
export function dayStart(day: Day, frame: Frame): number {
  return frame.margin.left + (day - frame.days[0]) * dayWidth(frame);
}

/** The y coordinate of a score in a panel. */
export function heightOf(score: number, { height, margin, scores }: SentimentPanel): number {
  const [low, high] = scores;
  const bottom = height - margin.bottom;
  return bottom - ((score - low) / (high - low)) * (bottom - margin.top);
}

function axes({ width, height, margin, days, colours }: Frame): Plot.PlotOptions {
  return {
    width,
    height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    x: { type: 'utc', domain: [dateOf(days[0] - 0.5), dateOf(days[1] + 0.5)], axis: null },
    style: { background: colours.background },
  };
}

function within(points: readonly SeriesPoint[], [from, to]: Range): SeriesPoint[] {
  return points.filter(({ day }) => day >= from && day <= to);
}

/** Every day of the range, with its point where it has one: the line must break where there is none. */
function everyDay(points: readonly SeriesPoint[], [from, to]: Range): { day: Day; point: SeriesPoint | undefined }[] {
  const byDay = new Map(points.map((point) => [point.day, point]));
  return Array.from({ length: to - from + 1 }, (_, index) => ({ day: from + index, point: byDay.get(from + index) }));
}

function dayWidth({ width, margin, days }: Frame): number {
  return (width - margin.left - margin.right) / (days[1] - days[0] + 1);
}
