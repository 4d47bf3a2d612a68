import { type BrandReport, firingSpans } from '../reports/model.ts';
import type { DayFigures } from '../src/aggregate/figures.ts';
import { foldDays } from '../src/alerts/fold.ts';
import type { Rule } from '../src/alerts/stage.ts';

/** What a slider sets of a rule. */
export type Settings = Pick<Rule, 'below' | 'recoverAbove' | 'minPosts'>;

/** What a rule would have done over a brand's history. */
export interface Replay {
  /** The brand as it would be reported. */
  readonly brand: BrandReport;
  readonly alerts: number;
  readonly firingDays: number;
}

/** Decides a brand's days again, from the first on, by a rule with other settings. */
export function replay(brand: BrandReport, figures: readonly DayFigures[], rule: Rule, settings: Settings): Replay {
  const changed = { ...rule, ...settings };
  const decisions = foldDays(
    'inactive',
    figures.map((day) => ({ day: day.day, figures: day })),
    changed,
  );
  const firingDays = new Set(decisions.filter(({ to }) => to === 'firing').map(({ day }) => day));
  const replayed: BrandReport = {
    ...brand,
    ...{ threshold: { metric: rule.metric, below: settings.below }, firingDays },
    state: decisions.at(-1)?.to ?? 'inactive',
  };
  return { brand: replayed, alerts: firingSpans(replayed).length, firingDays: firingDays.size };
}
