import type { AlertEventRow } from '../../db/alerts.ts';
import type { Day } from '../calendar.ts';
import type { StepInputs } from './step.ts';

/** The dip that a rule is in. */
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

interface ToldInputs {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly posts: number;
  readonly windowFrom: Day;
}

/** The dip that stands at the end of a rule's decisions (ascending, one a day), or undefined when none does. */
export function currentDip(events: readonly AlertEventRow[]): CurrentDip | undefined {
  const newest = events.at(-1);
  if (newest?.to_state !== 'firing') return undefined;
  const start = events.findLastIndex((event) => event.to_state !== 'firing') + 1;
  const run = events.slice(start);
  const [first] = run;
  let told: CurrentDip['told'] | undefined;
  for (const event of run) {
    const inputs = toldInputs(event);
    if (inputs) told = { day: event.day, inputs };
  }
  // A run begins with the decision that fired, which has a figure.
  if (!first || !told) return undefined;
  return { since: first.day, newest, told, before: lastFigure(events.slice(0, start)) };
}

function toldInputs(event: AlertEventRow): ToldInputs | undefined {
  if (event.reason === 'too_few_posts' || event.reason === 'no_data') return undefined;
  const { value, low, high, posts, window_from: windowFrom } = JSON.parse(event.inputs) as StepInputs;
  return value === null || windowFrom === null ? undefined : { value, low, high, posts, windowFrom };
}

function lastFigure(events: readonly AlertEventRow[]): CurrentDip['before'] {
  for (const event of events.toReversed()) {
    const inputs = toldInputs(event);
    if (inputs) return { day: event.day, value: inputs.value };
  }
  return null;
}
