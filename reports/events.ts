import type { Day } from '../src/calendar.ts';
import type { NotedEvent } from './model.ts';
import type { Palette } from './palette.ts';
import type { Range } from './scales.ts';
import { cut, movedTo, tenth, textAt, widthOf } from './svg.ts';

const LANE_HEIGHT = 14;
const FONT_SIZE = 10;
/** More lanes would push the figures away; what has no room here stands in words below the chart. */
const MOST_LANES = 5;

interface Label {
  readonly text: string;
  /** Where the event's line stands, and the ends of the text. */
  readonly x: number;
  readonly from: number;
  readonly to: number;
  readonly lane: number;
}

/** Where labels may stand: the panel's width without its margins, and the days along it. */
interface Strip {
  readonly width: number;
  readonly margin: { readonly left: number; readonly right: number };
  readonly days: Range;
}

/** The events of the days that a chart shows, those of one day as one. */
export function eventsWithin(events: readonly NotedEvent[], [from, to]: Range): NotedEvent[] {
  const byDay = new Map<Day, string>();
  for (const { day, text } of events)
    if (day >= from && day <= to) byDay.set(day, byDay.has(day) ? `${byDay.get(day)} · ${text}` : text);
  return [...byDay].map(([day, text]) => ({ day, text })).sort((a, b) => a.day - b.day);
}

/**
 * Gives each event's text a place in the strip above a chart, so that no two overlap: to the right of its line, or to the
 * left where the right has no room, in the lowest lane that is free, counted from the chart up.
 */
export function placeEvents(events: readonly NotedEvent[], { width, margin, days }: Strip): Label[] {
  const right = width - margin.right;
  const dayWidth = (right - margin.left) / (days[1] - days[0] + 1);
  const labels: Label[] = [];
  for (const { day, text } of [...events].reverse()) {
    const x = margin.left + (day - days[0] + 0.5) * dayWidth;
    const shown = cut(text, (right - margin.left) * 0.48, FONT_SIZE);
    const room = widthOf(shown, FONT_SIZE);
    const from = x + 4 + room <= width - 4 ? x + 4 : x - 4 - room;
    const place = { text: shown, x, from, to: from + room };
    const lane = Array.from({ length: MOST_LANES }, (_, index) => index).find((candidate) =>
      labels.every((other) => other.lane !== candidate || other.to + 8 < place.from || place.to + 8 < other.from),
    );
    if (lane !== undefined) labels.push({ ...place, lane });
  }
  return labels;
}

/** Pixels that the strip of labels needs above a chart. */
export function stripHeight(labels: readonly Label[]): number {
  return labels.length === 0 ? 0 : (Math.max(...labels.map(({ lane }) => lane)) + 1) * LANE_HEIGHT + 2;
}

/** The labels, each with the line that leads down to the chart, which begins `height` below the strip's top. */
export function eventStrip(labels: readonly Label[], height: number, colours: Palette): string {
  const baseline = ({ lane }: Label): number => height - lane * LANE_HEIGHT - 5;
  const lines = labels.map(
    (label) =>
      `<path d="M${tenth(label.x)},${tenth(baseline(label) - 9)}V${tenth(height + 8)}" stroke="${colours.muted}" stroke-dasharray="1 2.5"/>`,
  );
  // A rim in the background's colour keeps a text readable where another event's line passes behind it.
  const texts = labels.map(
    (label) =>
      `<g stroke="${colours.background}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${textAt(
        label.from,
        baseline(label),
        label.text,
        { size: FONT_SIZE, fill: colours.ink },
      )}</g>`,
  );
  return movedTo(0, 0, lines.join('') + texts.join(''));
}
