import { bySlug } from './daily-csv.ts';
import { eventsWithin } from './events.ts';
import { dateSpan, isScore, longDate, measure } from './format.ts';
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
} from './model.ts';
import { LIGHT } from './palette.ts';
import { dateAxis, type SentimentPanel, sentimentPanel } from './panels.ts';
import { dayRange, dayTicks, type Range, scoreRange } from './scales.ts';
import { cut, movedTo, svgDocument, textAt, widthOf } from './svg.ts';

/** Width of the plot of all brands in drawing units; its PNG has twice as many pixels. */
export const OVERVIEW_WIDTH = 1000;

const HEADING_HEIGHT = 58;
const DATES_HEIGHT = 34;
const EDGE = 16;

/** Columns and panel height for a number of brands: fewer columns are larger, more keep the picture a page high. */
function layoutOf(brands: number): { columns: number; height: number } {
  if (brands <= 1) return { columns: 1, height: 320 };
  if (brands <= 4) return { columns: 2, height: 210 };
  if (brands <= 12) return { columns: 3, height: 160 };
  if (brands <= 32) return { columns: 4, height: 124 };
  return { columns: 5, height: 104 };
}

/**
 * Small multiples: every brand's days and averages on one scale of scores and one of days, firing alerts shaded,
 * the brands by slug. An SVG document in fixed light colours.
 */
export function overviewSvg(brands: readonly BrandReport[], context: SeriesContext): string {
  const panels = [...brands].sort(bySlug).map((brand) => ({ brand, series: recent(brand, context) }));
  const { columns, height } = layoutOf(panels.length);
  const rows = Math.ceil(panels.length / columns);
  const width = Math.floor((OVERVIEW_WIDTH - 2 * EDGE) / columns);
  const thresholds = panels.flatMap(({ brand }) => (brand.threshold === null ? [] : [brand.threshold.below]));
  const scores = scoreRange(
    panels.flatMap(({ series }) => series),
    thresholds,
  );
  const first = Math.min(
    ...panels.map(({ series }) => dayRange(series, context.newestDay, 30)[0]),
    context.newestDay - 6,
  );
  const days: Range = [first, context.newestDay];
  const total = HEADING_HEIGHT + Math.max(1, rows) * height + DATES_HEIGHT;

  const body = panels.map(({ brand, series }, index) => {
    const column = index % columns;
    const row = Math.floor(index / columns);
    const frame = { ...panelFrame(brand, width, height, days, scores), changes: modelChanges(context) };
    const lastOfColumn = index + columns >= panels.length;
    const ticks = dayTicks(days, Math.floor((width - frame.margin.left - frame.margin.right) / 46));
    const dates = { ...frame, height: DATES_HEIGHT, margin: { ...frame.margin, top: 0, bottom: DATES_HEIGHT } };
    return movedTo(
      EDGE + column * width,
      HEADING_HEIGHT + row * height,
      panelHeading(brand, series, width) +
        (series.length === 0
          ? textAt(width / 2, height / 2 + 10, 'no posts', { anchor: 'middle', fill: LIGHT.muted })
          : '') +
        sentimentPanel(series, frame) +
        (lastOfColumn ? movedTo(0, height - frame.margin.bottom, dateAxis(ticks, dates)) : ''),
    );
  });
  const heading =
    `<rect width="${OVERVIEW_WIDTH}" height="${total}" fill="${LIGHT.background}"/>` +
    textAt(EDGE, 26, `Sentiment by brand, ${longDate(context.newestDay)}`, { size: 17, weight: 600 }) +
    textAt(EDGE, 44, subtitle(brands, context, days), { fill: LIGHT.muted });
  const nothing = panels.length === 0 ? textAt(EDGE, HEADING_HEIGHT + 40, 'No brands', { fill: LIGHT.muted }) : '';
  const label = `Sentiment of ${panels.length} brands, ${dateSpan(days)}`;
  return svgDocument(OVERVIEW_WIDTH, total, label, LIGHT, heading + nothing + body.join(''));
}

function subtitle(brands: readonly BrandReport[], context: SeriesContext, days: Range): string {
  const average = smoothedName('mean_pos', context);
  const others = new Set(brands.map(metricOf).filter((metric) => metric !== 'mean_pos'));
  const figure = [
    'mean score',
    ...[...others].map((metric) => `${FIGURE_NAME[metric]}${isScore(metric) ? '' : ' (%)'}`),
  ].join(' or ');
  return `${dateSpan(days)} (${context.timeZone}) · dots: a day’s ${figure} · line: ${average} · dashed: alert threshold · shaded: alert firing${modelChanges(context).length > 0 ? ' · dotted: another model begins' : ''}`;
}

function recent(brand: BrandReport, { newestDay }: SeriesContext): SeriesPoint[] {
  const series = seriesOf(brand);
  const [from, to] = dayRange(series, newestDay, 30);
  return series.filter(({ day }) => day >= from && day <= to);
}

function panelFrame(brand: BrandReport, width: number, height: number, days: Range, scores: Range): SentimentPanel {
  return {
    width,
    height,
    margin: { top: 28, right: 12, bottom: 10, left: 34 },
    days,
    colours: LIGHT,
    scores,
    metric: metricOf(brand),
    threshold: brand.threshold?.below,
    firing: firingSpans(brand),
    events: eventsWithin(brand.events, days).map(({ day }) => day),
    changes: [],
    look: height > 200 ? { dot: 2.2, interval: 1.4, line: 2.2 } : { dot: 1.3, interval: 0, line: 1.6 },
    mostScoreTicks: height > 150 ? 5 : 3,
  };
}

/** The brand, and its newest average at the right. */
function panelHeading(brand: BrandReport, series: readonly SeriesPoint[], width: number): string {
  const metric = metricOf(brand);
  const last = series.findLast(({ smoothed }) => smoothed !== null)?.smoothed;
  const value = last ? measure(last.value, metric) : '';
  const fill = brand.state === 'firing' ? LIGHT.threshold : LIGHT.smoothed;
  const room = width - 10 - 12 - widthOf(value, 12) - 10;
  return (
    textAt(10, 20, cut(brand.name, room, 12), { size: 12, weight: 600 }) +
    textAt(width - 12, 20, value, { size: 12, weight: 600, fill, anchor: 'end' })
  );
}
