import { studentQuantile } from '../aggregate/student.ts';
import type { DayInput } from './measure.ts';
import type { AlertRule, BaselineRule, FreshnessRule, SentimentRule, ThresholdRule, VolumeRule } from './rule.ts';
import type { Reason, StepInputs } from './step.ts';

/**
 * What a day says by itself, whatever was before: `bad` is beyond the limit, `unsure` is beyond it but within chance, `between` is
 * not beyond it but not yet where an alert ends, `good` is the rest; `nothing` says nothing.
 */
export interface Judgement {
  readonly verdict: 'bad' | 'unsure' | 'between' | 'good' | 'nothing';
  readonly reason: Reason;
  readonly inputs: StepInputs;
}

/** Judges a day by a rule. Pure. */
export function judge(day: DayInput, rule: AlertRule): Judgement {
  if (rule.type === 'freshness') return judgeFreshness(day, rule);
  if (rule.type === 'volume') return judgeVolume(day, rule);
  return judgeSentiment(day, rule);
}

function judgeSentiment(day: DayInput, rule: SentimentRule): Judgement {
  const limits = rule.type === 'threshold' ? fixedLimits(rule) : baselineLimits(day, rule);
  const inputs: StepInputs = {
    value: day.smoothed?.value ?? null,
    low: day.smoothed?.low ?? null,
    high: day.smoothed?.high ?? null,
    posts: day.windowPosts,
    threshold: limits?.below ?? null,
    recover_above: limits?.recoverAbove ?? null,
    min_posts: rule.minPosts,
    window_from: day.windowFrom,
    ...(rule.type === 'threshold' && rule.confidence !== null ? { upper: upperEnd(day, rule.confidence) } : {}),
    ...(rule.type === 'baseline' ? { usual: day.usual?.value ?? null, usual_days: day.usual?.days ?? 0 } : {}),
    ...missing(day),
  };
  const nothing = (reason: Reason): Judgement => ({ verdict: 'nothing', reason, inputs });
  if (day.total === 0) return nothing('no_data');
  if (day.missingSources.length > 0) return nothing('stale');
  if (inputs.value === null || inputs.posts < rule.minPosts) return nothing('too_few_posts');
  if (limits === null) return nothing('no_baseline');
  const { value } = inputs;
  if (value < limits.below) {
    const sure = inputs.upper === undefined || (inputs.upper !== null && inputs.upper < limits.below);
    return sure
      ? { verdict: 'bad', reason: 'below_threshold', inputs }
      : { verdict: 'unsure', reason: 'not_sure', inputs };
  }
  return value >= limits.recoverAbove
    ? { verdict: 'good', reason: 'recovered', inputs }
    : { verdict: 'between', reason: 'between', inputs };
}

function fixedLimits({ below, recoverAbove }: ThresholdRule): { below: number; recoverAbove: number } {
  return { below, recoverAbove };
}

/**
 * Fires at so many standard errors below what is usual, though never for less than the change that the rule ignores; ends at half
 * of that. The standard error is that of the difference: of the window, by its posts or by how far single days usually are from
 * what is expected, whichever is larger, and of what is usual (1.57 / n of a single day's variance, for a median).
 */
function baselineLimits(
  { smoothed, usual, windowFrom, day }: DayInput,
  rule: BaselineRule,
): { below: number; recoverAbove: number } | null {
  if (usual === null || smoothed === null) return null;
  const length = Math.min(rule.window, day - (windowFrom ?? day) + 1);
  const ofWindow = Math.max((smoothed.standardError ?? 0) ** 2, usual.spread ** 2 / length);
  const standardError = Math.sqrt(ofWindow + (1.57 * usual.spread ** 2) / usual.days);
  const drop = Math.max(rule.standardErrors * standardError, rule.ignoreSmallChanges);
  return { below: usual.value - drop, recoverAbove: usual.value - drop / 2 };
}

/** The upper end of the interval of this confidence; null where the data can't tell. */
function upperEnd({ smoothed }: DayInput, confidence: number): number | null {
  if (smoothed === null || smoothed.standardError === null) return null;
  // Of the mean over days, as its 95 % interval: by the normal distribution, which is Student's with endless degrees of freedom.
  return smoothed.value + studentQuantile(0.5 + confidence / 2, NORMAL) * smoothed.standardError;
}

const NORMAL = 1_000_000;

function judgeVolume(day: DayInput, rule: VolumeRule): Judgement {
  const { total } = day;
  const limits = volumeLimits(day, rule);
  const inputs: StepInputs = {
    ...{ value: total, low: null, high: null, posts: total },
    threshold: limits?.threshold ?? null,
    recover_above: limits?.recoverAbove ?? null,
    min_posts: rule.minPosts,
    window_from: day.windowFrom,
    usual: limits?.usual ?? null,
    usual_days: day.usual?.days ?? 0,
    ...missing(day),
  };
  const nothing = (reason: Reason): Judgement => ({ verdict: 'nothing', reason, inputs });
  if (day.missingSources.length > 0 && !limits?.more) return nothing('stale');
  if (limits === null) return nothing('no_baseline');
  if (Math.max(total, limits.usual) < rule.minPosts) return nothing('too_few_posts');
  const beyond = (edge: number) => (limits.more ? total > edge : total < edge);
  if (beyond(limits.threshold)) return { verdict: 'bad', reason: limits.more ? 'more_posts' : 'fewer_posts', inputs };
  return beyond(limits.recoverAbove)
    ? { verdict: 'between', reason: 'between', inputs }
    : { verdict: 'good', reason: 'usual_volume', inputs };
}

/** Above what is usual on a day with more posts, and below it on one with fewer; ends half of the way back. */
function volumeLimits(
  { total, usual }: DayInput,
  { times }: VolumeRule,
): { more: boolean; usual: number; threshold: number; recoverAbove: number } | null {
  if (usual === null) return null;
  const more = total > usual.value;
  const limit = (factor: number) => (more ? usual.value * factor : usual.value / factor);
  return { more, usual: usual.value, threshold: limit(times), recoverAbove: limit((1 + times) / 2) };
}

function judgeFreshness({ hoursSinceExport: hours }: DayInput, rule: FreshnessRule): Judgement {
  const inputs: StepInputs = {
    ...{ value: hours, low: null, high: null, posts: 0, threshold: rule.hours, recover_above: rule.hours },
    ...{ min_posts: 0, window_from: null },
  };
  if (hours === null) return { verdict: 'nothing', reason: 'no_data', inputs };
  return hours > rule.hours
    ? { verdict: 'bad', reason: 'no_export', inputs }
    : { verdict: 'good', reason: 'export_arrived', inputs };
}

function missing({ missingSources }: DayInput): Pick<StepInputs, 'missing_sources'> {
  return missingSources.length === 0 ? {} : { missing_sources: missingSources };
}
