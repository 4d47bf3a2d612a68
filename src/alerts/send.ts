import type { AlertState } from '../../db/schema.ts';
import type { Day } from '../calendar.ts';
import { type MuteTimes, parseDates, weekdayNumber } from '../config/alerts.ts';
import type { AlertRule } from './rule.ts';
import { weekdayOf } from './usual.ts';

/** What the team has been told about a rule. */
export interface Told {
  /** A mail about the alert has left, and none yet that it ended. */
  readonly open: boolean;
  /** The newest day that a mail about the firing alert was written for, and that any mail was. */
  readonly firingDay: Day | null;
  readonly newestDay: Day | null;
}

export const NOTHING_TOLD: Told = { open: false, firingDay: null, newestDay: null };

/** How things are for a rule on the morning after `day`. */
export interface Situation {
  readonly day: Day;
  /** Where the rule stands, and the newest day that was decided. */
  readonly state: AlertState;
  readonly decidedDay: Day;
  /** Whether the day that the team was told of is still one of alert, after all that came late. */
  readonly toldStillHolds: boolean;
  /** A silence of the brand that holds now, by its number. */
  readonly silence: number | null;
  /** What is unusual about the input, where that holds mails. */
  readonly unusual: string | null;
}

/** Why a mail is sent or not. The codes are stable: they are stored. */
export type SendReason =
  | 'new_alert'
  | 'repeat_due'
  | 'ended'
  /** Late posts or a correction changed the days that it rested on. */
  | 'undone'
  /** The rule that the team was told of is no longer in the settings. */
  | 'rule_changed'
  | 'nothing_to_tell'
  | 'already_told'
  /** A later morning was told already. */
  | 'later_told'
  | 'no_team'
  | 'no_recent_data'
  | 'brand_muted'
  | 'muted_weekday'
  | 'muted_date'
  | 'silenced'
  | 'unusual_input'
  /** The accurate model does not see the dip, and the rule wants it to. */
  | 'second_opinion';

export interface SendDecision {
  readonly kind: 'firing' | 'repeat' | 'resolved' | 'none';
  readonly reason: SendReason;
}

/**
 * Decides whether a rule is to be told of: when it first fires, when it has ended, again after `repeat_every`, and nothing
 * otherwise. What is kept back by a silence, a mute time or unusual input is looked at anew on each morning, so it is
 * told as soon as nothing keeps it back, if it is still true. Pure.
 */
export function decideSend(rule: AlertRule, told: Told, now: Situation): SendDecision {
  const none = (reason: SendReason): SendDecision => ({ kind: 'none', reason });
  if (told.newestDay !== null && told.newestDay > now.day) return none('later_told');
  const wanted = wantedSend(rule, told, now);
  if (wanted.kind === 'none') return wanted;
  if (rule.team === null) return none('no_team');
  if (wanted.kind !== 'resolved' && hasGoneQuiet(rule, now)) return none('no_recent_data');
  const muted = mutedBy(rule, now.day + 1);
  if (muted !== null) return none(muted);
  if (now.silence !== null) return none('silenced');
  // Unusual input is a reason to doubt a dip, and as good a one to doubt its end; what measures the input itself goes on.
  if (now.unusual !== null && 'metric' in rule) return none('unusual_input');
  return wanted;
}

function wantedSend(rule: AlertRule, told: Told, now: Situation): SendDecision {
  if (now.state !== 'firing') {
    if (!told.open) return { kind: 'none', reason: 'nothing_to_tell' };
    return { kind: 'resolved', reason: now.toldStillHolds ? 'ended' : 'undone' };
  }
  if (!told.open) return { kind: 'firing', reason: 'new_alert' };
  const since = now.day - (told.firingDay ?? now.day);
  return rule.repeatEvery !== null && since >= rule.repeatEvery
    ? { kind: 'repeat', reason: 'repeat_due' }
    : { kind: 'none', reason: 'already_told' };
}

/** Whether nothing was decided for longer than the figures reach back: news of then would be none. */
function hasGoneQuiet(rule: AlertRule, { day, decidedDay }: Situation): boolean {
  return decidedDay < day - ('window' in rule ? rule.window : 1);
}

/** Why no mail of a rule is to arrive on a morning, or null. */
export function mutedBy(
  { mute }: Pick<AlertRule, 'mute'>,
  morning: Day,
): 'brand_muted' | 'muted_weekday' | 'muted_date' | null {
  if (mute === true) return 'brand_muted';
  if (mute.some((times) => isMutedWeekday(times, morning))) return 'muted_weekday';
  return mute.some((times) => isMutedDate(times, morning)) ? 'muted_date' : null;
}

function isMutedWeekday({ weekdays }: MuteTimes, morning: Day): boolean {
  return weekdays.some((name) => weekdayNumber(name) === weekdayOf(morning));
}

function isMutedDate({ dates }: MuteTimes, morning: Day): boolean {
  return dates.some((text) => {
    const range = parseDates(text);
    return range !== undefined && morning >= range.from && morning <= range.to;
  });
}

/** What the team knows after a decision on the morning after `day`. */
export function toldAfter(told: Told, { kind }: SendDecision, day: Day): Told {
  if (kind === 'none') return told;
  return { open: kind !== 'resolved', firingDay: kind === 'resolved' ? told.firingDay : day, newestDay: day };
}
