import { openNotifications } from '../../db/outbox.ts';
import type { Silence } from '../../db/silences.ts';
import { type Day, formatDay } from '../calendar.ts';
import type { Context } from '../context.ts';
import { type AlertContent, BRAND_IN_BODY, BRAND_IN_SUBJECT, silenceCommand } from './alert-content.ts';
import type { Notice } from './queue.ts';
import { muteOf, rulesOf } from './rule.ts';
import { mutedBy, type SendDecision } from './send.ts';
import { silenceAt } from './silence.ts';
import { longDate, oneLine, shorten } from './words.ts';

/** An alert that a team was told of and whose rule is no longer in the settings. */
interface OrphanedAlert {
  readonly rule: { readonly ruleId: string };
  readonly decision: SendDecision;
  readonly notice: Notice;
  readonly inputs: object;
}

/**
 * The alerts that nothing will ever end by itself, because their rule was changed or removed: another threshold is another rule.
 * They are withdrawn with that explanation, as soon as no silence or mute time keeps the brand's mails back. A team that is gone is
 * told nothing.
 */
export async function orphanedAlerts(
  { store, config, clock }: Pick<Context, 'store' | 'config' | 'clock'>,
  { newestDay }: { readonly newestDay: Day },
  silences: readonly Silence[],
): Promise<OrphanedAlert[]> {
  const known = new Set(rulesOf(config).map(({ ruleId }) => ruleId));
  return (await openNotifications(store.read)).flatMap(({ rule_id: ruleId, team, day: toldDay }): OrphanedAlert[] => {
    const [slug = ''] = ruleId.split(':');
    const brand = config.brands[slug];
    if (known.has(ruleId) || toldDay > newestDay || team === null || config.teams[team] === undefined) return [];
    if (mutedBy({ mute: muteOf(config, brand?.mute ?? false) }, newestDay + 1) !== null) return [];
    if (silenceAt(silences, slug, clock())) return [];
    const alert = withdrawal({ ruleId, slug, name: oneLine(brand?.name ?? slug) }, toldDay, newestDay);
    const dedupeKey = `${ruleId}:${formatDay(toldDay)}:rule_changed`;
    return [
      {
        ...{ rule: { ruleId }, decision: { kind: 'resolved', reason: 'rule_changed' } },
        notice: { dedupeKey, ruleId, day: newestDay, kind: 'resolved', team, content: { alert, chart: null } },
        inputs: { told_firing_day: toldDay },
      },
    ];
  });
}

function withdrawal(
  { ruleId, slug, name }: { readonly ruleId: string; readonly slug: string; readonly name: string },
  toldDay: Day,
  day: Day,
): AlertContent {
  return {
    ...{ kind: 'resolved', slug, ruleId, day: formatDay(day), date: longDate(day) },
    subject: `[${shorten(name, BRAND_IN_SUBJECT)}] alert withdrawn: its rule was changed`,
    brand: shorten(name, BRAND_IN_BODY),
    title: 'Alert withdrawn: its rule was changed',
    lead: `The rule behind the alert that you were told of for ${longDate(toldDay)} is no longer in the settings.`,
    certainty: 'This says nothing about how people feel: if the new rule finds a dip, you are told of that by itself.',
    ...{ basis: '', facts: [], recent: [], dailyLabel: '', smoothedLabel: '', events: [] },
    ...{ quotesNote: '', quotes: [], terms: [], page: '', scale: '' },
    resolve: 'It is over with this mail.',
    rule: `\`monitor alerts list\` shows the rules that hold now.`,
    silence: silenceCommand(slug, day),
  };
}
