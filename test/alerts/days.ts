import { type DayInput, emptyDay } from '../../src/alerts/measure.ts';
import type { BaselineRule, FreshnessRule, ThresholdRule, VolumeRule } from '../../src/alerts/rule.ts';
import { type Day, parseDay } from '../../src/calendar.ts';

/** A picture for the mails of tests: one grey pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

export function dayOf(iso: string): Day {
  const day = parseDay(iso);
  if (day === undefined) throw new Error(`${iso} is not a day`);
  return day;
}

const ofBrand = {
  brandSlug: 'acme',
  brandName: 'Acme',
  team: 'care',
  mute: [],
  repeatEvery: null,
  secondOpinion: null,
};

/** Fires below 0.45, ends at 0.48, needs 50 posts and one day. */
export const threshold: ThresholdRule = {
  ...ofBrand,
  ruleId: 'acme:mean_pos:00000000',
  type: 'threshold',
  metric: 'mean_pos',
  window: 3,
  below: 0.45,
  recoverAbove: 0.48,
  confidence: null,
  minPosts: 50,
  forDays: 1,
};

export const baseline: BaselineRule = {
  ...ofBrand,
  ruleId: 'acme:mean_pos:00000001',
  type: 'baseline',
  metric: 'mean_pos',
  window: 1,
  days: 28,
  weekdays: true,
  standardErrors: 3,
  ignoreSmallChanges: 0.02,
  minPosts: 50,
  forDays: 1,
};

export const volume: VolumeRule = {
  ...ofBrand,
  ruleId: 'acme:volume:00000000',
  type: 'volume',
  days: 28,
  weekdays: true,
  times: 3,
  minPosts: 30,
  forDays: 1,
};

export const freshness: FreshnessRule = {
  ...ofBrand,
  ruleId: 'acme:freshness:00000000',
  type: 'freshness',
  hours: 30,
};

/** A day whose window has this figure on so many posts; the standard error is 0.01. */
export function sentiment(value: number | null, posts = 50, change: Partial<DayInput> = {}): DayInput {
  const standardError = 0.01;
  return {
    ...emptyDay(change.day ?? 100),
    total: posts,
    smoothed:
      value === null
        ? null
        : { value, low: value - 1.96 * standardError, high: value + 1.96 * standardError, standardError },
    windowPosts: posts,
    windowFrom: (change.day ?? 100) - 2,
    ...change,
  };
}
