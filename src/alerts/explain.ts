import type { AlertEventRow } from '../../db/alerts.ts';
import type { AlertState } from '../../db/schema.ts';
import type { Day } from '../calendar.ts';
import { percent, writtenPercent } from '../percent.ts';
import type { AlertRule } from './rule.ts';
import type { SendReason } from './send.ts';
import type { Reason, StepInputs } from './step.ts';
import { LEAST_HISTORY } from './usual.ts';
import { count, dayAndMonth, extraDecimals, figureText, METRIC_NAME } from './words.ts';

/** A decision as it was stored. */
export interface StoredDecision {
  readonly from: AlertState;
  readonly to: AlertState;
  readonly reason: Reason;
  readonly inputs: StepInputs;
}

/** A decision as the database keeps it. */
export function storedDecision(row: AlertEventRow): StoredDecision {
  const { from_state: from, to_state: to, reason, inputs } = row;
  return { from, to, reason: reason as Reason, inputs: JSON.parse(inputs) as StepInputs };
}

/** What a rule watches and when it fires: `3-day sentiment below 0.45, on 2 days in a row`. */
export function ruleText(rule: AlertRule): string {
  if (rule.type === 'freshness') return `no export for more than ${count(rule.hours, 'hour')}`;
  const days = rule.forDays > 1 ? `, on ${rule.forDays} days in a row` : '';
  if (rule.type === 'volume')
    return `posts a day more than ${rule.times} times the usual, or less than ${percent(1 / rule.times, 0)} of it${days}`;
  const figure = `${rule.window === 1 ? 'daily' : `${rule.window}-day`} ${METRIC_NAME[rule.metric]}`;
  if (rule.type === 'baseline')
    return `${figure} more than ${rule.standardErrors} standard errors below its last ${rule.days} days${days}`;
  const sure = rule.confidence === null ? '' : `, with ${writtenPercent(rule.confidence)} confidence`;
  return `${figure} below ${figureText(rule.metric, rule.below)}${sure}${days}`;
}

const STATE_NAME: Readonly<Record<AlertState, string>> = {
  inactive: 'quiet',
  pending: 'pending',
  firing: 'firing',
  resolved: 'resolved',
  no_data: 'no data',
};

export function stateText(state: AlertState): string {
  return STATE_NAME[state];
}

/** Why a day ended in its state, without the state: `41 posts in the window, 50 needed`. */
export function decisionText(rule: AlertRule, { from, to, reason, inputs }: StoredDecision): string {
  const show = figures(rule, inputs);
  const { posts, min_posts, threshold, recover_above } = inputs;
  const began = to === 'firing' && from !== 'firing';
  switch (reason) {
    case 'too_few_posts':
      return rule.type === 'volume'
        ? `${count(posts, 'post')}, usually about ${Math.round(inputs.usual ?? 0)}: with fewer than ${min_posts} nothing is decided`
        : `${count(posts, 'post')} in the window, ${min_posts} needed`;
    case 'no_data':
      return rule.type === 'freshness' ? 'no export has arrived yet' : 'the day has no posts';
    case 'stale':
      return `${(inputs.missing_sources ?? []).join(', ')} has not delivered this day to its end`;
    case 'no_baseline':
      return `${count(inputs.usual_days ?? 0, 'earlier day')} to compare with, ${LEAST_HISTORY} needed`;
    case 'below_threshold':
      return `${valueText(show, inputs)} is ${began ? '' : 'still '}below ${show(threshold)}${ofUsual(show, inputs)}, on ${count(posts, 'post')}`;
    case 'not_long_enough':
      return rule.type === 'volume'
        ? `${show(inputs.value)}, usually about ${Math.round(inputs.usual ?? 0)}; the limit is ${show(threshold)}, and this is day ${inputs.days_below ?? 1} of the ${inputs.for ?? 1} in a row that it takes`
        : `${valueText(show, inputs)} is below ${show(threshold)}${ofUsual(show, inputs)}, on ${inputs.days_below ?? 1} of the ${inputs.for ?? 1} days in a row that it takes`;
    case 'not_sure':
      return `${show(inputs.value)} is below ${show(threshold)}, but the interval ${inputs.upper === null || inputs.upper === undefined ? 'is unknown' : `reaches up to ${show(inputs.upper)}`}`;
    case 'between':
      return rule.type === 'volume'
        ? `${show(inputs.value)} is nearer to the usual ${show(inputs.usual ?? null)}, but not yet within ${show(recover_above)}, where it ends`
        : `${valueText(show, inputs)} is not below ${show(threshold)} any more, but not yet at ${show(recover_above)}, where it ends`;
    case 'recovered':
      return `${valueText(show, inputs)} has reached ${show(recover_above)}, where it ends, on ${count(posts, 'post')}`;
    case 'above_threshold':
      return `${valueText(show, inputs)} is not below ${show(threshold)}${ofUsual(show, inputs)}, on ${count(posts, 'post')}`;
    case 'more_posts':
    case 'fewer_posts':
      return `${show(inputs.value)}, usually about ${Math.round(inputs.usual ?? 0)}; the limit is ${show(threshold)}`;
    case 'usual_volume':
      return `${show(inputs.value)}, usually about ${Math.round(inputs.usual ?? 0)}: within the limits`;
    case 'no_export':
    case 'export_arrived':
      return `the last export came ${show(inputs.value)} before; the limit is ${show(threshold)}`;
  }
}

type Show = (value: number | null) => string;

function figures(rule: AlertRule, inputs: StepInputs): Show {
  return (value) => {
    if (value === null) return '–';
    if (rule.type === 'freshness') return count(value, 'hour');
    if (rule.type === 'volume') return count(Math.round(value), 'post');
    const extra = extraDecimals(rule.metric, inputs.value ?? 0, inputs.threshold ?? inputs.value ?? 0);
    return figureText(rule.metric, value, extra);
  };
}

function valueText(show: Show, { value, low, high }: StepInputs): string {
  return low === null || high === null ? show(value) : `${show(value)} (${show(low)}–${show(high)})`;
}

function ofUsual(show: Show, { usual }: StepInputs): string {
  return usual === undefined || usual === null ? '' : `, where ${show(usual)} is usual`;
}

/** What was looked at when it was decided whether to send. */
export interface SendInputs {
  readonly told_firing_day: Day | null;
  readonly unusual: string | null;
  readonly silence: { readonly id: number; readonly until_ms: number; readonly author: string } | null;
  /** What the accurate model made of the dip, in words, where it was asked. */
  readonly second_opinion?: string;
}

/** Why a mail left or not: `the team was told on 10 March`. `until` writes an instant in the configured zone. */
export function sendText(reason: SendReason, inputs: SendInputs, until: (ms: number) => string): string {
  const { told_firing_day: told, silence, unusual, second_opinion: opinion } = inputs;
  switch (reason) {
    case 'new_alert':
      return `the alert is new${opinion === undefined ? '' : `. ${opinion}`}`;
    case 'repeat_due':
      return `it still stands, and the last mail was about ${told === null ? 'an earlier day' : dayAndMonth(told)}`;
    case 'ended':
      return 'the alert is over';
    case 'undone':
      return `late posts or a correction changed ${told === null ? 'the day' : dayAndMonth(told)}, of which the team had been told`;
    case 'rule_changed':
      return 'its rule was changed or removed, so nothing else would have ended it';
    case 'nothing_to_tell':
      return 'there is nothing to tell';
    case 'already_told':
      return `the team has been told${told === null ? '' : `, about ${dayAndMonth(told)}`}`;
    case 'later_told':
      return 'a later morning has been told already';
    case 'no_team':
      return 'the brand has no team';
    case 'no_recent_data':
      return 'there has been no data for longer than the window';
    case 'brand_muted':
      return 'the settings keep this brand’s mails back (mute: true)';
    case 'muted_weekday':
      return 'the settings want no mail on this day of the week';
    case 'muted_date':
      return 'the settings want no mail on this date';
    case 'silenced':
      return silence === null
        ? 'a silence holds'
        : `silence ${silence.id} by ${silence.author} holds until ${until(silence.until_ms)}`;
    case 'unusual_input':
      return `the input is unusual${unusual === null ? '' : `: ${unusual}`}`;
    case 'second_opinion':
      return `the second opinion does not agree${opinion === undefined ? '' : `. ${opinion}`}`;
  }
}
