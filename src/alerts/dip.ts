import type { DayFigures } from '../aggregate/figures.ts';
import type { Day } from '../calendar.ts';
import type { MissedNights } from '../missed-nights.ts';
import type { AlertKind } from './alert-content.ts';
import type { Drivers } from './drivers.ts';
import type { MetricDay } from './measure.ts';
import type { Rule } from './rule.ts';
import type { SecondOpinion } from './second-opinion.ts';
import { extraDecimals, figureText, METRIC_NAME } from './words.ts';

/** What a mail about a dip is written from. */
export interface Dip {
  readonly kind: AlertKind;
  readonly rule: Rule;
  /** First day of the run of firing days, and the newest day of it that was decided on enough posts. */
  readonly since: Day;
  readonly day: Day;
  /** The smoothed metric of that day with its 95 % interval, as a share. */
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Posts in the window that ends on that day, and its first day. */
  readonly posts: number;
  readonly windowFrom: Day;
  /** Length of the moving average in days. */
  readonly window: number;
  /** The last smoothed figure before the dip. */
  readonly before: { readonly day: Day; readonly value: number } | null;
  /** Of a dip that is over: its last day, the lowest figure that it came to, and whether posts that arrived late undid it. */
  readonly last?: Day | undefined;
  readonly lowest?: { readonly day: Day; readonly value: number } | undefined;
  readonly isUndone?: boolean;
  /** The last days' figures, ascending, up to `day`. */
  readonly recent: readonly DayFigures[];
  /** These days in the figure that the rule watches. */
  readonly series: readonly MetricDay[];
  /** Events that people noted in those days, ascending. */
  readonly events: readonly { readonly day: Day; readonly text: string }[];
  /** What pulled the mean down; texts as they are to be shown. */
  readonly drivers: Drivers;
  /** Where the brand's page is, if colleagues can open one. */
  readonly page?: string | undefined;
  /** Nights that the run made up. */
  readonly missed?: MissedNights | undefined;
  /** What the accurate model says of it, where the rule asks one. */
  readonly secondOpinion?: SecondOpinion | undefined;
}

/** How a dip's figures are written. */
export interface FigureWords {
  /** `3-day sentiment` */
  readonly smoothed: string;
  /** A figure with as many decimals as it takes to tell it from the threshold. */
  show(value: number): string;
  readonly interval: string | null;
  readonly isBelow: boolean;
}

export function figuresOf({ rule, value, low, high, window }: Dip): FigureWords {
  const { metric, below, recoverAbove } = rule;
  const isBelow = value < below;
  const extra = extraDecimals(metric, value, isBelow ? below : recoverAbove);
  const show = (share: number): string => figureText(metric, share, extra);
  const interval = low === null || high === null ? null : `${show(low)}–${show(high)}`;
  return { smoothed: `${window}-day ${METRIC_NAME[metric]}`, show, interval, isBelow };
}
