import { type Day, formatDayAs } from '../calendar.ts';
import type { Metric } from '../config/schema.ts';
import { MonitorError } from '../errors.ts';
import { percent } from '../percent.ts';

export const METRIC_NAME: Record<Metric, string> = {
  mean_pos: 'sentiment',
  positive_rate: 'positive rate',
  corrected_rate: 'corrected positive rate',
  net_sentiment: 'net sentiment',
};

/** A figure of the metric: `0.38`, or `38 %` for a rate; `extra` decimals more than usual. */
export function figureText(metric: Metric, value: number, extra = 0): string {
  return metric === 'mean_pos' || metric === 'net_sentiment' ? value.toFixed(2 + extra) : percent(value, extra);
}

/** How many more decimals it takes until two different figures also look different; at most three. */
export function extraDecimals(metric: Metric, a: number, b: number): number {
  if (a === b) return 0;
  for (let extra = 0; extra < 3; extra += 1)
    if (figureText(metric, a, extra) !== figureText(metric, b, extra)) return extra;
  return 3;
}

/** `20 November 2026` */
export function longDate(day: Day): string {
  return formatDayAs(day, 'd MMMM yyyy');
}

/** `20 November` */
export function dayAndMonth(day: Day): string {
  return formatDayAs(day, 'd MMMM');
}

/** `Fri 20 Nov` */
export function shortDate(day: Day): string {
  return formatDayAs(day, 'EEE d MMM');
}

/** `18–20 November`, or `30 October – 2 November`, or one day. */
export function spanOfDays(from: Day, to: Day): string {
  if (from === to) return dayAndMonth(to);
  return formatDayAs(from, 'MMMM') === formatDayAs(to, 'MMMM')
    ? `${formatDayAs(from, 'd')}–${dayAndMonth(to)}`
    : `${dayAndMonth(from)} – ${dayAndMonth(to)}`;
}

/** `1 post`, `312 posts`, `1,204 posts` */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}

/**
 * Text from outside as one harmless line: no control characters (they would break headers), no marks that turn the
 * direction of what follows, no runs of space.
 */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** At most so many characters, the last an ellipsis where something was cut; at a space if one is near. */
export function shorten(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const cut = characters.slice(0, length - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > cut.length - 20 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const NOTE_LENGTH = 120;

/** The words of a noted event: one harmless line. Errors: E_USAGE when there are none, or too many for a chart. */
export function noteOf(text: string): string {
  const note = oneLine(text);
  const length = Array.from(note).length;
  if (length > 0 && length <= NOTE_LENGTH) return note;
  throw new MonitorError(
    'E_USAGE',
    length === 0 ? 'The event has no words.' : `The event has ${length} characters; ${NOTE_LENGTH} is the most.`,
    { remedy: 'Say in a few words what happened: they are written into charts and mails.' },
  );
}
