import type { AlertEventRow } from '../../db/alerts.ts';
import type { AlertState } from '../../db/schema.ts';
import type { Day, Days } from '../calendar.ts';
import type { StepInputs } from './step.ts';

/** What is needed of a decision, stored or simulated. */
export interface DecidedDay {
  readonly day: Day;
  readonly to_state: AlertState;
  readonly inputs: string;
}

/** The alert that a rule is in. */
export interface CurrentDip {
  /** First day of the run of firing days. */
  readonly since: Day;
  /** The newest decision. */
  readonly newest: AlertEventRow;
  /** The newest decision of the run that was made on enough posts: what a mail tells. */
  readonly told: { readonly day: Day; readonly inputs: ToldInputs };
  /** The last figure before the run that was made on enough posts. */
  readonly before: { readonly day: Day; readonly value: number } | null;
}

/** The figures of a decision that has them all. */
export interface ToldInputs {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly posts: number;
  readonly windowFrom: Day;
  readonly threshold: number;
  readonly recoverAbove: number;
  /** What was to be expected, for a rule that compares with the brand's own past. */
  readonly usual: number | null;
}

/** The alert that stands at the end of a rule's decisions (ascending, one a day), or undefined when none does. */
export function currentDip(events: readonly AlertEventRow[]): CurrentDip | undefined {
  const newest = events.at(-1);
  if (newest?.to_state !== 'firing') return undefined;
  const start = events.findLastIndex((event) => event.to_state !== 'firing') + 1;
  const run = events.slice(start);
  const [first] = run;
  const told = run.flatMap((event) => figuresOfEvent(event)).at(-1);
  // A run begins with the decision that fired, which has a figure.
  if (!first || !told) return undefined;
  return { since: first.day, newest, told, before: lastFigure(events.slice(0, start)) };
}

/** An alert that is over. */
export interface EndedAlert {
  /** First and last day of the newest run of firing days; null when late posts undid all of it. */
  readonly span: Days | null;
  /** The newest day that was made on enough posts, with its figures. */
  readonly now: { readonly day: Day; readonly inputs: ToldInputs } | null;
  /** Of a run that stands: the lowest figure in it. */
  readonly lowest: { readonly day: Day; readonly value: number } | undefined;
}

/** The newest alert of a rule's decisions that is over; `toldDay` is the day of the last mail about it. */
export function endedAlert(events: readonly AlertEventRow[], toldDay: Day | null): EndedAlert {
  const last = events.findLastIndex((event) => event.to_state === 'firing');
  const first = events.slice(0, last + 1).findLastIndex((event) => event.to_state !== 'firing') + 1;
  const [from, to] = [events[first]?.day, events[last]?.day];
  const holds = events.some(({ day, to_state }) => day === toldDay && to_state === 'firing');
  const span = holds && from !== undefined && to !== undefined ? { from, to } : null;
  const figures = span === null ? [] : events.slice(first, last + 1).flatMap((event) => figuresOfEvent(event));
  return {
    span,
    lowest: figures.map(({ day, inputs }) => ({ day, value: inputs.value })).sort((a, b) => a.value - b.value)[0],
    now: events.flatMap((event) => figuresOfEvent(event)).at(-1) ?? null,
  };
}

/** Whether a day still belongs to an alert, or to the days before one that has come to a rest there. */
export function isFiringOn(events: readonly DecidedDay[], day: Day | null): boolean {
  if (day === null) return false;
  // A mail may be written for a morning after a day without posts: what counts is the decision before it.
  return events.findLast((event) => event.day <= day)?.to_state === 'firing';
}

function figuresOfEvent(event: AlertEventRow): { day: Day; inputs: ToldInputs }[] {
  const inputs = toldInputs(event);
  return inputs === undefined ? [] : [{ day: event.day, inputs }];
}

/** Reasons of a day that said nothing, whatever its figures. */
export const SAYS_NOTHING: readonly string[] = ['too_few_posts', 'no_data', 'stale', 'no_baseline'];

function toldInputs(event: AlertEventRow): ToldInputs | undefined {
  if (SAYS_NOTHING.includes(event.reason)) return undefined;
  const inputs = JSON.parse(event.inputs) as StepInputs;
  const { value, low, high, posts, threshold, recover_above: recoverAbove } = inputs;
  if (value === null || threshold === null || recoverAbove === null) return undefined;
  const { window_from: windowFrom, usual = null } = inputs;
  return { value, low, high, posts, threshold, recoverAbove, usual, windowFrom: windowFrom ?? event.day };
}

function lastFigure(events: readonly AlertEventRow[]): CurrentDip['before'] {
  for (const event of events.toReversed()) {
    const inputs = toldInputs(event);
    if (inputs) return { day: event.day, value: inputs.value };
  }
  return null;
}
