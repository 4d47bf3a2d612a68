import type { Config } from '../config/schema.ts';
import { type DayInput, dayInputs, type Series } from './measure.ts';
import type { ThresholdRule } from './rule.ts';
import { recommendThreshold, sweepThresholds } from './simulate.ts';
import { median } from './usual.ts';

/** A rule that suits a brand's history. */
export interface RuleProposal {
  readonly window: number;
  readonly minPosts: number;
  readonly below: number;
  readonly recoverAbove: number;
  /** Days of the history that had enough posts to decide on. */
  readonly days: number;
  /** The median of the smoothed figure on these days; null without any. */
  readonly usual: number | null;
  /** What the threshold rests on: a replay of the history, the spread of a short one, or next to nothing. */
  readonly basis: 'replay' | 'spread' | 'guess';
  /** Alerts that it would have given in the replay. */
  readonly alerts: number | null;
}

/** One alert a quarter. */
const PER_MONTH = 1 / 3;
const QUARTER = 91;
/** A normal figure is further below its mean on one day of a quarter: the quantile of 1/91. */
const ONE_DAY_OF_A_QUARTER = 2.29;
/** The median absolute deviation of a normal figure times this is its standard deviation. */
const MAD_TO_DEVIATION = 1.4826;
/** With fewer days their spread says next to nothing. */
const LEAST_DAYS = 14;
/** Nearer to the usual level than this, a threshold would fire on nothing. */
const LEAST_DROP = 0.02;
const GUESSED_DROP = 0.1;
const HYSTERESIS = 0.03;
/** From short to long; a longer window gathers more posts and tells a dip later. */
const WINDOWS = [7, 14];
const FEW_POSTS = 10;

/**
 * A threshold on the brand's mean score that would have fired about once a quarter: by replay where there is a quarter of history,
 * otherwise by its robust spread (median and median absolute deviation, so that a dip in it doesn't lower the threshold).
 * `rule` is what would hold without a proposal. A brand with few posts gets a longer window. Pure.
 */
export function proposeRule(
  rule: ThresholdRule,
  series: Series,
  config: Pick<Config, 'smoothing' | 'min_posts_per_day'>,
): RuleProposal {
  const first = series.stats[0]?.day;
  const last = series.stats.at(-1)?.day;
  if (first === undefined || last === undefined) return { ...kept(rule), days: 0, usual: null, basis: 'guess' };
  const range = { from: first, to: last };
  const { window, minPosts, days } = chooseWindow(rule, (tried) => dayInputs(tried, series, config, range));
  const enough = days.filter(({ windowPosts, smoothed }) => windowPosts >= minPosts && smoothed !== null);
  const values = enough.flatMap(({ smoothed }) => smoothed?.value ?? []);
  if (values.length === 0) return { ...kept(rule), window, minPosts, days: 0, usual: null, basis: 'guess' };
  const usual = median(values);
  const highest = usual - LEAST_DROP;
  const limits = (below: number) => {
    const rounded = Math.max(0.01, Math.floor(Math.min(below, highest) * 100 + 1e-9) / 100);
    return { below: rounded, recoverAbove: Math.min(1, Math.round((rounded + HYSTERESIS) * 100) / 100) };
  };
  const found = { window, minPosts, days: values.length, usual, alerts: null };
  if (values.length >= QUARTER) {
    const tried = { ...rule, window, minPosts, recoverAbove: rule.below + HYSTERESIS };
    const points = sweepThresholds(tried, days, range);
    const chosen = limits(recommendThreshold(points, PER_MONTH)?.below ?? highest);
    const alerts = points.find(({ below }) => below === chosen.below)?.alerts ?? null;
    return { ...found, ...chosen, basis: 'replay', alerts };
  }
  if (values.length < LEAST_DAYS) return { ...found, ...limits(usual - GUESSED_DROP), basis: 'guess' };
  const deviation = MAD_TO_DEVIATION * median(values.map((value) => Math.abs(value - usual)));
  return { ...found, ...limits(usual - ONE_DAY_OF_A_QUARTER * deviation), basis: 'spread' };
}

function kept({ window, minPosts, below }: ThresholdRule) {
  return { window, minPosts, below, recoverAbove: Math.round((below + HYSTERESIS) * 100) / 100, alerts: null };
}

/** The shortest window in which days with at least half of the posts can be decided. */
function chooseWindow(
  rule: ThresholdRule,
  daysOf: (rule: ThresholdRule) => DayInput[],
): { window: number; minPosts: number; days: DayInput[] } {
  for (const window of [rule.window, ...WINDOWS]) {
    const days = daysOf({ ...rule, window });
    const decided = days.filter(({ windowPosts }) => windowPosts >= rule.minPosts);
    if (postsOf(decided) * 2 >= postsOf(days)) return { window, minPosts: rule.minPosts, days };
  }
  const window = WINDOWS.at(-1) ?? rule.window;
  return { window, minPosts: FEW_POSTS, days: daysOf({ ...rule, window }) };
}

function postsOf(days: readonly DayInput[]): number {
  return days.reduce((sum, { total }) => sum + total, 0);
}
