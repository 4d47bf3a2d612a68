import type { Day } from '../src/calendar.ts';
import { eventStrip, eventsWithin, placeEvents, stripHeight } from './events.ts';
import { dateSpan, longDate, measure, thresholdText } from './format.ts';
import {
  type BrandReport,
  FIGURE_NAME,
  firingSpans,
  metricOf,
  modelChanges,
  type SeriesContext,
  type SeriesPoint,
  seriesOf,
  smoothedName,
  smoothingOf,
} from './model.ts';
import { LIGHT, type Palette } from './palette.ts';
import { dateAxis, dayStart, heightOf, type SentimentPanel, sentimentPanel, volumePanel } from './panels.ts';
import { dayRange, dayTicks, type Range, scoreRange } from './scales.ts';
import { cut, movedTo, svgDocument, tenth, textAt, widthOf } from './svg.ts';

export interface ChartOptions {
  /** Days up to the newest one, or all. 30 by default. */
  readonly days?: number | 'all';
  /** Pixels; 600 by default. */
  readonly width?: number;
  /** Fixed light colours by default; THEMED leaves them to the page around. */
  readonly colours?: Palette;
  /** Brand, dates and legend above the chart; true by default. */
  readonly heading?: boolean;
  /** Part of [0, 1] on the y axis; by default what this brand needs. Given to several charts, they compare. */
  readonly scores?: Range;
}

/** Of a heading with one line of legend, and of each further line. */
const HEADING_HEIGHT = 66;
const LEGEND_LINE = 18;
const VOLUME_HEIGHT = 50;
const DATES_HEIGHT = 36;
const MARGIN = { left: 42, right: 50 };

/**
 * One brand's chart as an SVG document: each day's mean score (or positive rate, where the alert watches it) with its 95 %
 * interval, the moving average, the threshold, spans of firing alerts, and beneath the number of posts. Days without posts
 * are gaps. The same input gives the same text.
 */
export function chartSvg(brand: BrandReport, context: SeriesContext, options: ChartOptions = {}): string {
  const { width = 600, colours = LIGHT, heading = true } = options;
  const series = seriesOf(brand).filter(({ day }) => day <= context.newestDay);
  const days = dayRange(series, context.newestDay, options.days ?? 30);
  const shown = series.filter(({ day }) => day >= days[0]);
  const sentimentHeight = Math.round(Math.min(190, width * 0.38));
  const threshold = brand.threshold?.below;
  const metric = metricOf(brand);
  const events = eventsWithin(brand.events, days);
  const panel: SentimentPanel = {
    width,
    height: sentimentHeight,
    margin: { ...MARGIN, top: 8, bottom: 8 },
    days,
    colours,
    scores: options.scores ?? scoreRange(shown, threshold === undefined ? [] : [threshold]),
    metric,
    threshold,
    firing: firingSpans(brand),
    events: events.map(({ day }) => day),
    changes: modelChanges(context),
    look: shown.length > 120 ? { dot: 1, interval: 0.5, line: 1.3 } : { dot: 2.2, interval: 1.4, line: 2.2 },
    mostScoreTicks: 5,
  };
  const labels = placeEvents(events, { width, margin: MARGIN, days });
  const strip = stripHeight(labels);
  const legend = heading ? legendLines(legendEntries(brand, context, colours), width) : [];
  const top = (heading ? HEADING_HEIGHT + (legend.length - 1) * LEGEND_LINE : 0) + strip;
  const volume = { ...panel, height: VOLUME_HEIGHT, margin: { ...MARGIN, top: 12, bottom: 1 } };
  const dates = { ...panel, height: DATES_HEIGHT, margin: { ...MARGIN, top: 0, bottom: DATES_HEIGHT } };
  const ticks = dayTicks(days, Math.floor((width - MARGIN.left - MARGIN.right) / 58));
  const height = top + sentimentHeight + VOLUME_HEIGHT + DATES_HEIGHT;
  const body = [
    `<rect width="${width}" height="${height}" fill="${colours.background}"/>`,
    heading ? headingMarkup(brand, context, { days, width, colours, legend }) : '',
    movedTo(0, top - strip, eventStrip(labels, strip, colours)),
    movedTo(0, top, sentimentPanel(shown, panel) + changeLabels(panel) + endLabels(shown, panel)),
    movedTo(0, top + sentimentHeight, volumePanel(shown, volume)),
    textAt(width - MARGIN.right + 6, top + sentimentHeight + VOLUME_HEIGHT - 3, 'posts', { fill: colours.muted }),
    movedTo(0, top + sentimentHeight + VOLUME_HEIGHT, dateAxis(ticks, dates)),
    shown.length === 0
      ? textAt(width / 2, top + 100, 'No posts in these days', { anchor: 'middle', fill: colours.muted })
      : '',
  ];
  return svgDocument(width, height, chartLabel(brand, context, days), colours, body.join(''));
}

/** What the chart is, in words. */
function chartLabel(brand: BrandReport, context: SeriesContext, [from, to]: Range): string {
  const kind = FIGURE_NAME[metricOf(brand)];
  return `${brand.name}: daily ${kind} and ${smoothedName(metricOf(brand), smoothingOf(brand, context))}, ${longDate(from)} to ${longDate(to)}`;
}

function headingMarkup(
  brand: BrandReport,
  context: SeriesContext,
  { days, width, colours, legend }: { days: Range; width: number; colours: Palette; legend: LegendEntry[][] },
): string {
  const dates = `${dateSpan(days)} · ${context.timeZone}`;
  const datesWidth = widthOf(dates, 11);
  const marks = legend.map((line, index) => {
    let x = LEGEND_EDGE;
    const y = 48 + index * LEGEND_LINE;
    const entries = line.map((entry) => {
      const markup = movedTo(x, y, entry.swatch) + textAt(x + 24, y + 4, entry.text, { fill: colours.muted });
      x += entryWidth(entry);
      return markup;
    });
    return entries.join('');
  });
  return [
    textAt(10, 24, cut(brand.name, width - datesWidth - 40, 16), { size: 16, weight: 600 }),
    textAt(width - 10, 24, dates, { fill: colours.muted, anchor: 'end' }),
    ...marks,
  ].join('');
}

interface LegendEntry {
  readonly swatch: string;
  readonly text: string;
}

const LEGEND_EDGE = 10;

function entryWidth({ text }: LegendEntry): number {
  return 24 + widthOf(text, 11) + 16;
}

/** The entries in as many lines as they need at a width. */
function legendLines(entries: readonly LegendEntry[], width: number): LegendEntry[][] {
  const lines: LegendEntry[][] = [];
  let x = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    // The gap behind the last one of a line may lie beyond the edge.
    if (x + entryWidth(entry) - 16 > width - LEGEND_EDGE) {
      lines.push([]);
      x = LEGEND_EDGE;
    }
    lines.at(-1)?.push(entry);
    x += entryWidth(entry);
  }
  return lines;
}

/** Samples of the marks, 18 pixels wide around y = 0. */
export function swatches(colours: Palette): Record<'daily' | 'smoothed' | 'threshold' | 'firing', string> {
  return {
    daily:
      `<path d="M9,-7V7" stroke="${colours.interval}" stroke-width="1.4"/>` +
      `<circle cx="9" cy="0" r="2.6" fill="${colours.daily}"/>`,
    smoothed: `<path d="M0,0H18" stroke="${colours.smoothed}" stroke-width="2.2" stroke-linecap="round"/>`,
    threshold: `<path d="M0,0H18" stroke="${colours.threshold}" stroke-width="1.2" stroke-dasharray="5 4"/>`,
    firing: `<rect x="0" y="-7" width="18" height="14" fill="${colours.firing}"/>`,
  };
}

function legendEntries(brand: BrandReport, context: SeriesContext, colours: Palette): LegendEntry[] {
  const metric = metricOf(brand);
  const swatch = swatches(colours);
  const name = FIGURE_NAME[metric];
  const daily = `${name.charAt(0).toUpperCase()}${name.slice(1)} of a day`;
  const entries = [
    { swatch: swatch.daily, text: `${daily}, 95 % interval` },
    { swatch: swatch.smoothed, text: smoothedName(metric, smoothingOf(brand, context)) },
  ];
  if (brand.threshold === null) return entries;
  return [
    ...entries,
    { swatch: swatch.threshold, text: `Alert below ${thresholdText(brand.threshold.below, metric)}` },
    { swatch: swatch.firing, text: 'Alert firing' },
  ];
}

/** The name of the model that begins at each vertical rule, on the side that has room, one beneath the other. */
function changeLabels(panel: SentimentPanel): string {
  const { changes, colours, days, margin, width } = panel;
  return changes
    .filter(({ day }) => day > days[0] && day <= days[1])
    .map(({ day, name }, index) => {
      const x = dayStart(day, panel);
      const text = cut(`new model ${name}`, (width - margin.left - margin.right) / 2, 10);
      const right = x + 4 + widthOf(text, 10) <= width - margin.right;
      const y = margin.top + 8 + 12 * (index % 3);
      return textAt(right ? x + 4 : x - 4, y, text, { fill: colours.muted, size: 10, anchor: right ? 'start' : 'end' });
    })
    .join('');
}

/** The newest average and the threshold in figures, beside the end of their lines. */
function endLabels(shown: readonly SeriesPoint[], panel: SentimentPanel): string {
  const { colours, metric, threshold } = panel;
  const last = shown.findLast(({ smoothed }) => smoothed !== null)?.smoothed;
  const x = panel.width - MARGIN.right + 6;
  const lineHeight = 13;
  const labels: { y: number; text: string; fill: string; weight: 400 | 600 }[] = [];
  if (last) {
    const y = heightOf(last.value, panel);
    labels.push({ y, text: measure(last.value, metric), fill: colours.smoothed, weight: 600 });
  }
  if (threshold !== undefined) {
    let y = heightOf(threshold, panel);
    const other = labels[0];
    if (other && Math.abs(y - other.y) < lineHeight) y = y >= other.y ? other.y + lineHeight : other.y - lineHeight;
    labels.push({ y, text: thresholdText(threshold, metric), fill: colours.threshold, weight: 400 });
  }
  return labels.map(({ y, text, ...style }) => textAt(x, y + 4, text, style)).join('');
}

/** A small line of the averages without axes, for a table: about as wide as a word. */
export function sparklineSvg(brand: BrandReport, context: SeriesContext, colours: Palette): string {
  const [width, height] = [110, 26];
  const series = seriesOf(brand).filter(({ day }) => day <= context.newestDay);
  const [from, to] = dayRange(series, context.newestDay, 30);
  const shown = series.filter(({ day }) => day >= from);
  const threshold = brand.threshold?.below;
  const [low, high] = scoreRange(shown, threshold === undefined ? [] : [threshold]);
  const y = (score: number): string => tenth(height - 2 - ((score - low) / (high - low)) * (height - 4));
  let before: Day | undefined;
  let path = '';
  let last = '';
  for (const { day, smoothed } of shown) {
    if (smoothed === null) continue;
    const x = tenth(3 + ((day - from) / (to - from)) * (width - 6));
    path += `${before === day - 1 ? 'L' : 'M'}${x},${y(smoothed.value)}`;
    last = `<circle cx="${x}" cy="${y(smoothed.value)}" r="2.2" fill="${colours.smoothed}"/>`;
    before = day;
  }
  const rule =
    threshold === undefined
      ? ''
      : `<path d="M0,${y(threshold)}H${width}" stroke="${colours.threshold}" stroke-dasharray="3 3" stroke-width=".8"/>`;
  const line = `<path d="${path}" fill="none" stroke="${colours.smoothed}" stroke-width="1.5" stroke-linejoin="round"/>`;
  const body = rule + (path === '' ? '' : line) + last;
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${body}</svg>`;
}
