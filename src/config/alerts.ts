import { z } from 'zod';
import { parseDay } from '../calendar.ts';
import { type SecondOpinionSettings, secondOpinionSchema } from './second-opinion.ts';

/** The series that a rule on sentiment can watch. */
export const METRICS = ['mean_pos', 'positive_rate', 'corrected_rate', 'net_sentiment'] as const;
export type Metric = (typeof METRICS)[number];
/** Those that charts and daily figures show. */
export type ShownMetric = Extract<Metric, 'mean_pos' | 'positive_rate'>;

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const level = z.number().min(-1, 'is a share from 0 to 1, such as 0.45').max(1, 'is a share from 0 to 1, such as 0.45');
const days = z.int().min(1).max(3660);

/**
 * A rule as it is written: which of these keys a rule of a kind may have is in KEYS_OF. One flat object, so that `alerts.defaults`
 * has the same keys and a misspelt one is told with all the others.
 */
export const writtenRule = z.strictObject({
  type: z
    .enum(['threshold', 'baseline', 'volume', 'freshness'])
    .optional()
    .describe('kind of rule; `threshold` unless given'),
  metric: z.enum(METRICS).optional().describe('figure that is watched; `mean_pos` unless given'),
  window: z.int().min(1).max(365).optional().describe('days of its average; `window` above unless given'),
  below: level.optional().describe('fires below this; 0.45 unless given, −0.1 for `net_sentiment`'),
  recover_above: level.optional().describe('ends at this; `below` unless given'),
  confidence: z
    .number()
    .min(0.5, 'is a share from 0.5 to 0.999')
    .max(0.999, 'is a share from 0.5 to 0.999')
    .optional()
    .describe('fires only when the upper end of this interval is below, too; not asked for unless given'),
  days: z.int().min(14).max(366).optional().describe('days back that tell what is usual; 56 unless given'),
  weekdays: z.boolean().optional().describe('whether a Sunday is compared with Sundays; true unless given'),
  standard_errors: z.number().positive().max(20).optional().describe('how far below the usual; 3 unless given'),
  ignore_small_changes: z.number().min(0).max(1).optional().describe('a smaller drop never fires; 0.02 unless given'),
  times: z.number().min(1.1).max(1000).optional().describe('times more or fewer posts than usual; 3 unless given'),
  min_posts: z.int().min(1).optional().describe('posts in the window; with fewer nothing is decided; 30 unless given'),
  for: z.int().min(1).max(60).optional().describe('days in a row before it fires; 1 unless given'),
  hours: z.number().positive().optional().describe('hours without an export; 30 unless given'),
  repeat_every: days.optional().describe('a mail again after so many days; never unless given'),
  second_opinion: secondOpinionSchema.optional().describe('an accurate model that is asked before a mail'),
});

export type WrittenRule = z.output<typeof writtenRule>;
export type RuleType = NonNullable<WrittenRule['type']>;
export type RuleKey = keyof WrittenRule;

/** The keys of each kind of rule, but for `type`. */
export const KEYS_OF: Readonly<Record<RuleType, readonly RuleKey[]>> = {
  threshold: [
    ...(['metric', 'window', 'below', 'recover_above', 'confidence'] as const),
    ...(['min_posts', 'for', 'repeat_every', 'second_opinion'] as const),
  ],
  baseline: [
    ...(['metric', 'window', 'days', 'weekdays', 'standard_errors', 'ignore_small_changes'] as const),
    ...(['min_posts', 'for', 'repeat_every', 'second_opinion'] as const),
  ],
  volume: ['days', 'weekdays', 'times', 'min_posts', 'for', 'repeat_every'],
  freshness: ['hours', 'repeat_every'],
};

/** What holds for a rule unless `alerts.defaults` or the rule itself says otherwise. */
const DEFAULTS = {
  metric: 'mean_pos',
  days: 56,
  weekdays: true,
  standard_errors: 3,
  ignore_small_changes: 0.02,
  times: 3,
  min_posts: 30,
  for: 1,
  hours: 30,
} as const;

/** 0.45 of sentiment; net sentiment is on a scale from −1 to 1, where that is −0.1. */
const BELOW: Readonly<Record<Metric, number>> = {
  mean_pos: 0.45,
  positive_rate: 0.45,
  corrected_rate: 0.45,
  net_sentiment: -0.1,
};

/** A rule with everything decided, of one of the four kinds. */
export type RuleSettings =
  | {
      readonly type: 'threshold';
      readonly metric: Metric;
      readonly window: number;
      readonly below: number;
      readonly recoverAbove: number;
      readonly confidence: number | null;
      readonly minPosts: number;
      readonly forDays: number;
      readonly repeatEvery: number | null;
      readonly secondOpinion: SecondOpinionSettings | null;
    }
  | {
      readonly type: 'baseline';
      readonly metric: Metric;
      readonly window: number;
      readonly days: number;
      readonly weekdays: boolean;
      readonly standardErrors: number;
      readonly ignoreSmallChanges: number;
      readonly minPosts: number;
      readonly forDays: number;
      readonly repeatEvery: number | null;
      readonly secondOpinion: SecondOpinionSettings | null;
    }
  | {
      readonly type: 'volume';
      readonly days: number;
      readonly weekdays: boolean;
      readonly times: number;
      readonly minPosts: number;
      readonly forDays: number;
      readonly repeatEvery: number | null;
    }
  | { readonly type: 'freshness'; readonly hours: number; readonly repeatEvery: number | null };

/** What a rule comes to: its own keys, then those of `alerts.defaults` that its kind has, then the program's. */
export function resolveRule(written: WrittenRule, defaults: WrittenRule, window: number): RuleSettings {
  const type = written.type ?? defaults.type ?? 'threshold';
  const rule = { ...DEFAULTS, ...defined(defaults), ...defined(written) };
  const common = { minPosts: rule.min_posts, forDays: rule.for, repeatEvery: rule.repeat_every ?? null };
  if (type === 'freshness') return { type, hours: rule.hours, repeatEvery: common.repeatEvery };
  if (type === 'volume') return { type, days: rule.days, weekdays: rule.weekdays, times: rule.times, ...common };
  const sentiment = {
    ...{ metric: rule.metric, window: rule.window ?? window },
    secondOpinion: rule.second_opinion ?? null,
  };
  if (type === 'baseline')
    return {
      ...{ type, ...sentiment, days: rule.days, weekdays: rule.weekdays },
      ...{ standardErrors: rule.standard_errors, ignoreSmallChanges: rule.ignore_small_changes, ...common },
    };
  // A default for one metric says nothing about another.
  const own = written.metric === undefined || written.metric === (defaults.metric ?? DEFAULTS.metric);
  const below = written.below ?? (own ? defaults.below : undefined) ?? BELOW[rule.metric];
  const recover = written.recover_above ?? (own && written.below === undefined ? defaults.recover_above : undefined);
  return {
    ...{ type, ...sentiment, below, recoverAbove: recover ?? below, confidence: rule.confidence ?? null, ...common },
  };
}

type SetKeys = { [Key in RuleKey]?: NonNullable<WrittenRule[Key]> };

function defined(rule: WrittenRule): SetKeys {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as SetKeys;
}

const dates = z.string().refine((text) => parseDates(text) !== undefined, {
  error: 'is neither a date such as 2026-12-25 nor two such as 2026-12-24..2027-01-01',
});

/** First and last day of a date or of two with `..` between them; undefined for anything else. */
export function parseDates(text: string): { from: number; to: number } | undefined {
  const [first = '', last = first, more] = text.split('..');
  const [from, to] = [parseDay(first.trim()), parseDay(last.trim())];
  return from === undefined || to === undefined || to < from || more !== undefined ? undefined : { from, to };
}

/** When no mail is to arrive. */
const muteTimes = z.strictObject({
  weekdays: z.array(z.enum(WEEKDAYS)).default([]).describe('mornings without mail'),
  dates: z.array(dates).default([]).describe('dates, or two with `..` between'),
});

export type MuteTimes = z.output<typeof muteTimes>;

/** Number of a weekday, Monday 0 to Sunday 6. */
export function weekdayNumber(name: MuteTimes['weekdays'][number]): number {
  return WEEKDAYS.indexOf(name);
}

/** A brand's own: true keeps all of its mails back. */
export const brandMute = z.union([z.boolean(), muteTimes], {
  error: 'must be true, false, or have weekdays and dates',
});

/** The part `alerts:` of the settings. */
export const alertSettings = z.strictObject({
  defaults: writtenRule.prefault({}).describe('keys of rules that hold for all of them'),
  settle_hours: z
    .number()
    .min(0)
    .max(240)
    .default(24)
    .describe('hours that a day waits for a source that has not delivered it'),
  mute: muteTimes.prefault({}).describe('mornings on which no mail arrives; what is still true is told on the next'),
});
