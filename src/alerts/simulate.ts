import type { Day, Days } from '../calendar.ts';
import { type Decision, foldDays } from './fold.ts';
import type { DayInput } from './measure.ts';
import type { AlertRule, ThresholdRule } from './rule.ts';
import { decideSend, NOTHING_TOLD, type SendDecision, toldAfter } from './send.ts';
import { START } from './step.ts';

/** A mail that would have been written on the morning after `day`. */
interface SimulatedMail {
  readonly day: Day;
  readonly kind: Exclude<SendDecision['kind'], 'none'>;
  /** The figure of the newest decided day, and its limit. */
  readonly value: number | null;
  readonly threshold: number | null;
}

/** A run of firing days. */
interface SimulatedAlert {
  readonly from: Day;
  readonly to: Day;
  /** The day on which it ended; null when it stands at the end. */
  readonly resolvedOn: Day | null;
  /** The figure that was furthest beyond the limit. */
  readonly worst: number | null;
  /** Whether the team would have had a mail about it. */
  readonly mailed: boolean;
}

export interface Simulation {
  readonly alerts: readonly SimulatedAlert[];
  readonly mails: readonly SimulatedMail[];
  readonly decisions: readonly Decision[];
}

/**
 * What a rule would have done, had it been there on these days: the same step and the same decision to send as in the nightly run,
 * night after night, from a quiet start. `days` as `dayInputs` gives them. A brand without a team or with its mails off is taken to
 * have a team; silences and unusual input of then are left out, mute times are not. Pure.
 */
export function simulateNights(rule: AlertRule, days: readonly DayInput[], range: Days): Simulation {
  const sending = { ...rule, team: 'team', mute: rule.mute === true ? [] : rule.mute };
  const decisions = foldDays(
    START,
    days.filter(({ day }) => day >= range.from && day <= range.to),
    rule,
  );
  const mails: SimulatedMail[] = [];
  let told = NOTHING_TOLD;
  let next = 0;
  for (let day = range.from; day <= range.to; day += 1) {
    while ((decisions[next]?.day ?? Number.POSITIVE_INFINITY) <= day) next += 1;
    const last = decisions[next - 1];
    if (last === undefined) continue;
    const decision = decideSend(sending, told, {
      ...{ day, state: last.to, decidedDay: last.day, toldStillHolds: true, silence: null, unusual: null },
    });
    told = toldAfter(told, decision, day);
    const { value, threshold } = last.inputs;
    if (decision.kind !== 'none') mails.push({ day, kind: decision.kind, value, threshold });
  }
  return { alerts: alertsOf(decisions, mails), mails, decisions };
}

function alertsOf(decisions: readonly Decision[], mails: readonly SimulatedMail[]): SimulatedAlert[] {
  const alerts: SimulatedAlert[] = [];
  let run: Decision[] = [];
  const close = (end: Decision | null): void => {
    const [first] = run;
    const last = run.at(-1);
    if (!first || !last) return;
    const until = end?.day ?? Number.POSITIVE_INFINITY;
    alerts.push({
      ...{ from: first.day, to: last.day, resolvedOn: end?.day ?? null, worst: worstOf(run) },
      mailed: mails.some(({ kind, day }) => kind !== 'resolved' && day >= first.day && day < until),
    });
    run = [];
  };
  for (const decision of decisions) {
    if (decision.to === 'firing') run.push(decision);
    else close(decision);
  }
  close(null);
  return alerts;
}

function worstOf(run: readonly Decision[]): number | null {
  const beyond = run.flatMap(({ reason, inputs: { value, threshold } }) =>
    value === null || threshold === null || reason === 'too_few_posts' || reason === 'stale'
      ? []
      : [{ value, by: Math.abs(value - threshold) }],
  );
  return beyond.sort((a, b) => b.by - a.by)[0]?.value ?? null;
}

/** What one threshold would have meant. */
export interface ThresholdPoint {
  readonly below: number;
  /** Alerts that the team would have been mailed about, in all and in a month of 30.4 days. */
  readonly alerts: number;
  readonly perMonth: number;
  /** Share of the decided days that would have ended with the alert firing. */
  readonly firingShare: number;
}

const DAYS_PER_MONTH = 365.25 / 12;

/**
 * The same history under each of these thresholds; how far above it an alert ends stays as the rule has it. The days' inputs don't
 * depend on the threshold, so this is quick enough for a slider. Pure.
 */
export function sweepThresholds(
  rule: ThresholdRule,
  days: readonly DayInput[],
  range: Days,
  thresholds: readonly number[] = thresholdsFor(rule, days),
): ThresholdPoint[] {
  const months = (range.to - range.from + 1) / DAYS_PER_MONTH;
  return thresholds.map((below) => {
    const recoverAbove = below + (rule.recoverAbove - rule.below);
    const { mails, decisions } = simulateNights({ ...rule, below, recoverAbove }, days, range);
    const alerts = mails.filter(({ kind }) => kind === 'firing').length;
    const firing = decisions.filter(({ to }) => to === 'firing').length;
    const firingShare = decisions.length === 0 ? 0 : firing / decisions.length;
    return { below, alerts, perMonth: alerts / months, firingShare };
  });
}

/** Hundredths from below the lowest figure to above the highest, and the rule's own threshold. */
function thresholdsFor(rule: ThresholdRule, days: readonly DayInput[]): number[] {
  const values = days.flatMap(({ smoothed }) => smoothed?.value ?? []);
  const [least, most] = rule.metric === 'net_sentiment' ? [-100, 100] : [0, 100];
  const first = Math.max(least, Math.floor(Math.min(...values) * 100) - 1);
  const last = Math.min(most, Math.ceil(Math.max(...values) * 100) + 1);
  // Without figures the least is infinite, and there are none between.
  const hundredths = Array.from({ length: last - first + 1 }, (_, index) => (first + index) / 100);
  return [...new Set([...hundredths, rule.below])].sort((a, b) => a - b);
}

/** An alert that stands for more of the time is a state of affairs, no news. */
const MOST_FIRING = 0.25;

/**
 * The highest threshold that gives at most so many alerts a month, and below which no other gives more: the most sensitive one
 * within what was wished. Above the usual level a threshold gives few alerts too, since one stands for ever; these are passed
 * over. Null when even the lowest gives more. Pure.
 */
export function recommendThreshold(points: readonly ThresholdPoint[], perMonth: number): ThresholdPoint | null {
  let best: ThresholdPoint | null = null;
  for (const point of points) {
    if (point.perMonth > perMonth || point.firingShare > MOST_FIRING) break;
    best = point;
  }
  return best;
}
