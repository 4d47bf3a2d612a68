import { createHash } from 'node:crypto';
import { type MuteTimes, type RuleSettings, resolveRule } from '../config/alerts.ts';
import type { Config, Metric } from '../config/schema.ts';

/** A rule on sentiment as mails and charts tell it: a figure with a lower limit. */
export interface Rule extends RuleOfBrand {
  readonly metric: Metric;
  /** Fires below this value. */
  readonly below: number;
  /** Resolves at this value or above. */
  readonly recoverAbove: number;
  /** Posts that the window needs before anything is decided. */
  readonly minPosts: number;
  /** The whole rule in words. */
  readonly text: string;
  /** Whether the limit is another every day, because it follows the brand's own past. */
  readonly limitMoves: boolean;
}

/** Whose rule it is. */
interface RuleOfBrand {
  /** Slug, what it watches, and a hash of all settings that decide: another rule is another history. */
  readonly ruleId: string;
  readonly brandSlug: string;
  readonly brandName: string;
}

/** What every rule has besides its settings. */
interface Notified extends RuleOfBrand {
  readonly team: string | null;
  /** When this brand's mails wait; true for as long as the settings say so. */
  readonly mute: readonly MuteTimes[] | true;
}

type OfType<Type extends RuleSettings['type']> = Extract<RuleSettings, { type: Type }> & Notified;
export type ThresholdRule = OfType<'threshold'>;
export type BaselineRule = OfType<'baseline'>;
export type VolumeRule = OfType<'volume'>;
export type FreshnessRule = OfType<'freshness'>;
export type SentimentRule = ThresholdRule | BaselineRule;
/** One of a brand's rules. */
export type AlertRule = SentimentRule | VolumeRule | FreshnessRule;

/** Every rule of every brand, in the order of the config. A rule that is written twice counts once. */
export function rulesOf(config: Config): AlertRule[] {
  const rules = new Map<string, AlertRule>();
  for (const [brandSlug, brand] of Object.entries(config.brands)) {
    const notified = {
      brandSlug,
      brandName: brand.name ?? brandSlug,
      team: brand.team ?? null,
      mute: muteOf(config, brand.mute),
    };
    for (const written of brand.alerts) {
      const settings = resolveRule(written, config.alerts.defaults, config.window);
      const ruleId = `${brandSlug}:${'metric' in settings ? settings.metric : settings.type}:${hashOf(settings, config)}`;
      rules.set(ruleId, { ...settings, ...notified, ruleId });
    }
  }
  return [...rules.values()];
}

/** The rule of a brand whose settings have none on a threshold: for trying things out. */
export function defaultRule(config: Config, brandSlug: string): ThresholdRule {
  const settings = resolveRule({ type: 'threshold', metric: 'mean_pos' }, config.alerts.defaults, config.window);
  const { name = brandSlug, team = null } = config.brands[brandSlug] ?? {};
  const of = { brandSlug, brandName: name, ruleId: `${brandSlug}:default`, team, mute: [] };
  return { ...(settings as Extract<typeof settings, { type: 'threshold' }>), ...of };
}

export function isSentimentRule(rule: AlertRule): rule is SentimentRule {
  return rule.type === 'threshold' || rule.type === 'baseline';
}

/** The rule whose threshold a brand's chart shows: the first with a fixed one, or the first of these that fires. */
export function shownRule(
  rules: readonly AlertRule[],
  brandSlug: string,
  isFiring: (rule: ThresholdRule) => boolean = () => false,
): ThresholdRule | undefined {
  const own = rules.filter((rule) => rule.type === 'threshold').filter((rule) => rule.brandSlug === brandSlug);
  return own.find(isFiring) ?? own[0];
}

/** When a brand's mails wait, by its own setting and that of all brands. */
export function muteOf({ alerts }: Config, own: Config['brands'][string]['mute']): Notified['mute'] {
  if (own === true) return true;
  return own === false ? [alerts.mute] : [alerts.mute, own];
}

/**
 * The hash of everything that decides. What was added to the first kind of rule counts only where it is set, so that histories
 * from before go on.
 */
function hashOf(settings: RuleSettings, { smoothing, min_posts_per_day }: Config): string {
  // A second opinion keeps mails back, it decides no state.
  const { repeatEvery: _, ...others } = settings;
  const { secondOpinion: _opinion, ...deciding } = { secondOpinion: null, ...others };
  let canonical: object = { ...deciding, smoothing, min_posts_per_day };
  if (deciding.type === 'threshold') {
    const { metric, below, recoverAbove, minPosts, window, confidence, forDays } = deciding;
    canonical = {
      ...{ metric, below, recover_above: recoverAbove, min_posts: minPosts, smoothing, window, min_posts_per_day },
      ...(confidence === null ? {} : { confidence }),
      ...(forDays === 1 ? {} : { for: forDays }),
    };
  } else if (deciding.type !== 'baseline') canonical = deciding;
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex').slice(0, 8);
}
