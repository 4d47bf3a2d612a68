import type { AlertState } from '../../db/schema.ts';
import type { Day } from '../calendar.ts';
import type { DayInput } from './measure.ts';
import type { AlertRule } from './rule.ts';
import { type Standing, type StepResult, step } from './step.ts';

/** One day's decision. */
export interface Decision extends StepResult {
  readonly day: Day;
  readonly from: AlertState;
}

/** Decides day after day, in ascending order, each from where the one before it left the rule. */
export function foldDays(initial: Standing, days: readonly DayInput[], rule: AlertRule): Decision[] {
  const decisions: Decision[] = [];
  let standing = initial;
  for (const day of days) {
    const result = step(standing, day, rule);
    decisions.push({ day: day.day, from: standing.state, ...result });
    standing = { state: result.to, daysBelow: result.daysBelow };
  }
  return decisions;
}
