import type { AlertState } from '../../db/schema.ts';
import type { DayFigures } from '../aggregate/figures.ts';
import type { Day } from '../calendar.ts';
import type { Rule } from './rule.ts';

/** Why a day was decided as it was. The codes are stable: they are stored with every decision. */
type Reason =
  | 'below_threshold'
  | 'above_threshold'
  | 'recovered'
  /** Firing, above the threshold again, but not yet where the alert ends. */
  | 'between'
  /** Fewer posts in the window than the rule asks for: neither fires nor resolves. */
  | 'too_few_posts'
  /** The day had posts when it was decided before and has none now. */
  | 'no_data';

/** Everything that a decision looked at. Stored as JSON in this order of keys. */
export interface StepInputs {
  /** The smoothed metric with its 95 % interval. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Posts in the window. */
  readonly posts: number;
  readonly threshold: number;
  readonly recover_above: number;
  readonly min_posts: number;
  /** First day of the window. */
  readonly window_from: Day | null;
}

export interface StepResult {
  readonly to: AlertState;
  readonly reason: Reason;
  readonly inputs: StepInputs;
}

/**
 * Decides one day of one rule. The nightly run, and whatever replays or explains history, are folds of this.
 * `day` is null for a day that has no figures.
 */
export function step(state: AlertState, day: DayFigures | null, rule: Rule): StepResult {
  const estimate = day && (rule.metric === 'mean_pos' ? day.ma3 : day.positiveRateMa3);
  const inputs: StepInputs = {
    value: estimate?.value ?? null,
    low: estimate?.low ?? null,
    high: estimate?.high ?? null,
    posts: day?.windowPosts ?? 0,
    threshold: rule.below,
    recover_above: rule.recoverAbove,
    min_posts: rule.minPosts,
    window_from: day?.windowFrom ?? null,
  };
  if (!day) return { to: state, reason: 'no_data', inputs };
  if (!estimate || inputs.posts < rule.minPosts) return { to: state, reason: 'too_few_posts', inputs };
  if (estimate.value < rule.below) return { to: 'firing', reason: 'below_threshold', inputs };
  if (state === 'inactive') return { to: 'inactive', reason: 'above_threshold', inputs };
  if (estimate.value >= rule.recoverAbove) return { to: 'inactive', reason: 'recovered', inputs };
  return { to: 'firing', reason: 'between', inputs };
}
