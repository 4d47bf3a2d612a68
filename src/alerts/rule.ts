import { createHash } from 'node:crypto';
import type { Config, Metric } from '../config/schema.ts';
import type { SecondOpinionSettings } from '../config/second-opinion.ts';

/** What makes a brand's smoothed series an alert, and who hears of it. */
export interface Rule {
  /** Slug, metric and a hash of all settings that decide: another rule is another history. */
  readonly ruleId: string;
  readonly brandSlug: string;
  readonly brandName: string;
  readonly metric: Metric;
  /** Fires below this value. */
  readonly below: number;
  /** Resolves at this value or above. */
  readonly recoverAbove: number;
  /** Posts that the window needs before anything is decided. */
  readonly minPosts: number;
  readonly recipients: readonly string[];
  /** The accurate model that is asked before a mail; it decides about the mail, not about the state. */
  readonly secondOpinion?: SecondOpinionSettings | undefined;
}

/** Every rule of every brand, in the order of the config. A rule that is written twice counts once. */
export function rulesOf(config: Config): Rule[] {
  const rules = new Map<string, Rule>();
  for (const [brandSlug, brand] of Object.entries(config.brands)) {
    const team = brand.team === undefined ? undefined : config.teams[brand.team];
    for (const { metric, below, recover_above, min_posts, second_opinion } of brand.alerts) {
      const recoverAbove = recover_above ?? below;
      const { smoothing, window, min_posts_per_day } = config;
      const canonical = JSON.stringify({
        metric,
        below,
        recover_above: recoverAbove,
        min_posts,
        smoothing,
        window,
        min_posts_per_day,
      });
      const ruleId = `${brandSlug}:${metric}:${createHash('sha256').update(canonical).digest('hex').slice(0, 8)}`;
      rules.set(ruleId, {
        ruleId,
        brandSlug,
        brandName: brand.name ?? brandSlug,
        metric,
        below,
        recoverAbove,
        minPosts: min_posts,
        recipients: team?.to ?? [],
        secondOpinion: second_opinion,
      });
    }
  }
  return [...rules.values()];
}
