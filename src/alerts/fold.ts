import type { AlertState } from '../../db/schema.ts';
import type { DayFigures } from '../aggregate/figures.ts';
import type { Day } from '../calendar.ts';
import type { Rule } from './rule.ts';
import { type StepResult, step } from './step.ts';

/** A day to decide; without figures when it once had posts and has none now. */
export interface DayInput {
  readonly day: Day;
  readonly figures: DayFigures | null;
}

/** One day's decision. */
export interface Decision extends StepResult {
  readonly day: Day;
  readonly from: AlertState;
}

/** Decides day after day, in ascending order, each from the state that the one before it left. */
export function foldDays(initial: AlertState, days: readonly DayInput[], rule: Rule): Decision[] {
  const decisions: Decision[] = [];
  let from = initial;
  for (const { day, figures } of days) {
    const result = step(from, figures, rule);
    decisions.push({ day, from, ...result });
    from = result.to;
  }
  return decisions;
}
