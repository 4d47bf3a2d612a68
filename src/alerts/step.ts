import type { AlertState } from '../../db/schema.ts';
import type { Day } from '../calendar.ts';
import { judge } from './judge.ts';
import type { DayInput } from './measure.ts';
import type { AlertRule } from './rule.ts';

/** Why a day was decided as it was. The codes are stable: they are stored with every decision. */
export type Reason =
  | 'below_threshold'
  | 'above_threshold'
  | 'recovered'
  /** Firing, beyond the limit no longer, but not yet where the alert ends. */
  | 'between'
  /** Below the threshold, but not on enough days. */
  | 'not_long_enough'
  /** Below the threshold, but the interval reaches it. */
  | 'not_sure'
  /** Fewer posts in the window than the rule asks for: neither fires nor resolves. */
  | 'too_few_posts'
  /** The day had posts when it was decided before and has none now. */
  | 'no_data'
  /** A source of the brand has not delivered the day, though the time for it has run out. */
  | 'stale'
  /** Too few earlier days to know what is usual. */
  | 'no_baseline'
  | 'more_posts'
  | 'fewer_posts'
  | 'usual_volume'
  | 'no_export'
  | 'export_arrived';

/** Everything that a decision looked at. Stored as JSON in this order of keys. */
export interface StepInputs {
  /** The smoothed metric with its 95 % interval; the day's posts for a rule on volume, hours for one on freshness. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Posts in the window. */
  readonly posts: number;
  /** Beyond this it fires, and up to there it doesn't end. Null where there is too little history to have a limit. */
  readonly threshold: number | null;
  readonly recover_above: number | null;
  readonly min_posts: number;
  /** First day of the window. */
  readonly window_from: Day | null;
  /** Upper end of the interval of the rule's `confidence`. */
  readonly upper?: number | null;
  /** What the brand's own last days let expect, and how many these were. */
  readonly usual?: number | null;
  readonly usual_days?: number;
  /** Sources that have not delivered the day. */
  readonly missing_sources?: readonly string[];
  /** Days in a row beyond the limit, this one included, and how many it takes. */
  readonly days_below?: number;
  readonly for?: number;
}

/** Where a rule stands after a day. */
export interface Standing {
  readonly state: AlertState;
  /** Days in a row on which the limit was passed; days without data neither count nor break the row. */
  readonly daysBelow: number;
}

export const START: Standing = { state: 'inactive', daysBelow: 0 };

export interface StepResult {
  readonly to: AlertState;
  readonly daysBelow: number;
  readonly reason: Reason;
  readonly inputs: StepInputs;
}

/**
 * Decides one day of one rule. The nightly run, a simulation and whatever explains history are folds of this.
 *
 * inactive → pending → firing → resolved → inactive; `no_data` in place of inactive while a day says nothing. A day without enough
 * data changes neither a firing alert nor a pending one.
 */
export function step({ state, daysBelow }: Standing, day: DayInput, rule: AlertRule): StepResult {
  const { verdict, reason, inputs } = judge(day, rule);
  if (verdict === 'nothing') {
    const kept = state === 'firing' || state === 'pending';
    return { to: kept ? state : 'no_data', daysBelow, reason, inputs: { ...inputs, ...counted(daysBelow, rule) } };
  }
  if (verdict === 'bad' || verdict === 'unsure') {
    const days = daysBelow + 1;
    const told = { ...inputs, ...counted(days, rule) };
    if (state === 'firing') return { to: 'firing', daysBelow: days, reason, inputs: told };
    if (verdict === 'unsure') return { to: 'pending', daysBelow: days, reason, inputs: told };
    if (days < daysNeeded(rule)) return { to: 'pending', daysBelow: days, reason: 'not_long_enough', inputs: told };
    return { to: 'firing', daysBelow: days, reason, inputs: told };
  }
  if (state === 'firing')
    return verdict === 'between'
      ? { to: 'firing', daysBelow: 0, reason, inputs }
      : { to: 'resolved', daysBelow: 0, reason, inputs };
  const quiet = reason === 'recovered' || reason === 'between' ? 'above_threshold' : reason;
  return { to: 'inactive', daysBelow: 0, reason: rule.type === 'volume' ? 'usual_volume' : quiet, inputs };
}

function daysNeeded(rule: AlertRule): number {
  return rule.type === 'freshness' ? 1 : rule.forDays;
}

/** Kept with the decision, because the next day goes on from it; left out where one day is enough. */
function counted(days: number, rule: AlertRule): Pick<StepInputs, 'days_below' | 'for'> {
  return days === 0 || daysNeeded(rule) === 1 ? {} : { days_below: days, for: daysNeeded(rule) };
}

/** Where a rule stands after a decision that was stored. */
export function standingAfter(event: { to_state: AlertState; inputs: string } | undefined): Standing {
  if (!event) return START;
  return { state: event.to_state, daysBelow: (JSON.parse(event.inputs) as StepInputs).days_below ?? 0 };
}
