import { lastSeriesDay } from '../db/series.ts';
import type { Reader } from '../db/store.ts';
import { seriesOfBrand } from '../src/alerts/inputs.ts';
import { type DayInput, dayInputs } from '../src/alerts/measure.ts';
import { type AlertRule, defaultRule, rulesOf, type ThresholdRule } from '../src/alerts/rule.ts';
import {
  recommendThreshold,
  type Simulation,
  simulateNights,
  sweepThresholds,
  type ThresholdPoint,
} from '../src/alerts/simulate.ts';
import { type Day, type Days, formatDay } from '../src/calendar.ts';
import type { WrittenRule } from '../src/config/alerts.ts';
import type { Config } from '../src/config/schema.ts';
import { MonitorError } from '../src/errors.ts';
import { knownBrandId } from './known-brand.ts';

export interface SimulationRequest {
  readonly brand: string;
  readonly from: Day;
  /** The last day with figures by default. */
  readonly to: Day | null;
  /** Which of the brand's rules, from 1; the first on a threshold by default. */
  readonly rule: number | null;
  /** Settings to try instead of the rule's own. */
  readonly change: WrittenRule;
  /** Alerts a month that are wished for. */
  readonly perMonth: number;
}

/** What a rule would have done on a brand's days. */
export interface BrandSimulation extends Simulation {
  readonly rule: AlertRule;
  readonly range: Days;
  readonly days: readonly DayInput[];
  /** Every threshold, and the recommended one; empty and null for a rule of another kind. */
  readonly thresholds: readonly ThresholdPoint[];
  readonly recommended: ThresholdPoint | null;
}

/** Replays a brand's history under one of its rules, as it is or with other settings. Writes nothing. Errors: E_USAGE. */
export async function simulateBrand(
  reader: Reader,
  config: Config,
  request: SimulationRequest,
): Promise<BrandSimulation> {
  const brandId = await knownBrandId(reader, request.brand);
  const rule = ruleToTry(config, request);
  const to = request.to ?? (await lastSeriesDay(reader)) ?? request.from;
  if (to < request.from)
    throw new MonitorError('E_USAGE', `The first day is after the last one, ${formatDay(to)}.`, {
      remedy:
        request.to === null
          ? 'No brand has figures of later days; give an earlier one as --from.'
          : 'Give the earlier day as --from.',
    });
  const series = await seriesOfBrand(reader, brandId, to);
  // Days before the brand's first post would make alerts look rarer than they are.
  const from = Math.max(request.from, Math.min(series.stats[0]?.day ?? request.from, to));
  const range = { from, to };
  const days = dayInputs(rule, series, config, range);
  const thresholds = rule.type === 'threshold' ? sweepThresholds(rule, days, range) : [];
  return {
    ...{ rule, range, days, ...simulateNights(rule, days, range) },
    ...{ thresholds, recommended: recommendThreshold(thresholds, request.perMonth) },
  };
}

function ruleToTry(config: Config, { brand, rule: number, change }: SimulationRequest): AlertRule {
  const own = rulesOf(config).filter(({ brandSlug }) => brandSlug === brand);
  const index = number === null ? own.findIndex(({ type }) => type === 'threshold') : number - 1;
  const chosen = own[index];
  if (number !== null && chosen === undefined)
    throw new MonitorError('E_USAGE', `The brand "${brand}" has no rule ${number}.`, {
      remedy: own.length === 0 ? 'It has no alerts in the settings.' : `Give a number from 1 to ${own.length}.`,
    });
  if (chosen?.type === 'freshness')
    throw new MonitorError('E_USAGE', 'A rule on freshness looks at exports, which leave no history to replay.', {
      remedy: 'Simulate a rule on sentiment or volume.',
    });
  // A brand whose settings have no rule on a threshold, or that only a column names, is tried with the default one.
  const base = chosen?.type === 'threshold' ? chosen : defaultRule(config, brand);
  if (chosen !== undefined && chosen.type !== 'threshold') return chosen;
  return changed(base, change);
}

/** How far above its threshold an alert ends stays what it is unless that is changed too. */
function changed(rule: ThresholdRule, change: WrittenRule): ThresholdRule {
  const below = change.below ?? rule.below;
  if (change.recover_above !== undefined && change.recover_above < below)
    throw new MonitorError(
      'E_USAGE',
      `An alert can't end at ${change.recover_above}, below ${below} where it starts.`,
      {
        remedy: 'Give --recover-above no less than --threshold.',
      },
    );
  return {
    ...rule,
    below,
    recoverAbove: Math.max(below, change.recover_above ?? below + (rule.recoverAbove - rule.below)),
    window: change.window ?? rule.window,
    minPosts: change.min_posts ?? rule.minPosts,
    forDays: change.for ?? rule.forDays,
    confidence: change.confidence ?? rule.confidence,
    metric: change.metric ?? rule.metric,
  };
}
