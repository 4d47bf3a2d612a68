import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addNotification } from '../../db/outbox.ts';
import type { Silence } from '../../db/silences.ts';
import { orphanedAlerts } from '../../src/alerts/orphans.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import { configSchema } from '../../src/config/schema.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

const GONE = 'acme-air:mean_pos:0000dead';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

/** The team was told on this day that a rule fires. */
async function tell(ruleId: string, { day = DAY_ONE, team = 'care' as string | null } = {}): Promise<void> {
  await world.store.transaction((tx) =>
    addNotification(tx, {
      ...{ dedupe_key: `${ruleId}:${day}`, rule_id: ruleId, day, kind: 'firing', team },
      ...{ content: '{}', created_ms: 0, due_ms: 0 },
    }),
  );
}

/** The rules that are withdrawn two days after the first, under settings that were changed so. */
async function withdrawn(
  change: Record<string, unknown> = {},
  { newestDay = DAY_ONE + 1, silences = [] as Silence[] } = {},
): Promise<string[]> {
  const { brands, teams, mail, data_dir } = world.context.config;
  const config = { ...configSchema.parse({ brands, teams, mail, ...change }), data_dir };
  const orphans = await orphanedAlerts({ ...world.context, config }, { newestDay }, silences);
  return orphans.map(({ rule }) => rule.ruleId);
}

describe('an alert whose rule is no longer in the settings', () => {
  it('is withdrawn in words that say why, and that it says nothing about people', async () => {
    await tell(GONE);
    const [orphan, ...more] = await orphanedAlerts(world.context, { newestDay: DAY_ONE + 1 }, []);
    expect(more).toEqual([]);
    expect(orphan).toEqual({
      rule: { ruleId: GONE },
      decision: { kind: 'resolved', reason: 'rule_changed' },
      inputs: { told_firing_day: DAY_ONE },
      notice: {
        ...{ dedupeKey: `${GONE}:2026-11-01:rule_changed`, ruleId: GONE, day: DAY_ONE + 1 },
        ...{ kind: 'resolved', team: 'care' },
        content: {
          chart: null,
          alert: {
            ...{ kind: 'resolved', slug: 'acme-air', ruleId: GONE, day: '2026-11-02', date: '2 November 2026' },
            subject: '[Acme Air] alert withdrawn: its rule was changed',
            brand: 'Acme Air',
            title: 'Alert withdrawn: its rule was changed',
            lead: 'The rule behind the alert that you were told of for 1 November 2026 is no longer in the settings.',
            certainty:
              'This says nothing about how people feel: if the new rule finds a dip, you are told of that by itself.',
            ...{ basis: '', facts: [], recent: [], dailyLabel: '', smoothedLabel: '', events: [] },
            ...{ quotesNote: '', quotes: [], terms: [], page: '', scale: '' },
            resolve: 'It is over with this mail.',
            rule: '`monitor alerts list` shows the rules that hold now.',
            silence: 'monitor alerts silence acme-air --until 2026-11-10 --comment "why"',
          },
        },
      },
    });
  });

  it('of a brand that is gone as well is withdrawn by its short name', async () => {
    await tell('old-brand:mean_pos:0000dead');
    const [orphan] = await orphanedAlerts(world.context, { newestDay: DAY_ONE + 1 }, []);
    expect(orphan?.notice.content).toMatchObject({ alert: { brand: 'old-brand', slug: 'old-brand' } });
  });

  it('is not withdrawn while its rule stands, from before it was told, or from nobody', async () => {
    const [rule] = rulesOf(world.context.config);
    await tell(rule?.ruleId ?? '');
    await tell(GONE);
    await tell('acme-air:mean_pos:0000beef', { team: null });
    expect(await withdrawn()).toEqual([GONE]);
    expect(await withdrawn({}, { newestDay: DAY_ONE })).toEqual([GONE]);
    expect(await withdrawn({}, { newestDay: DAY_ONE - 1 })).toEqual([]);
    expect(await withdrawn({ teams: {}, brands: {} })).toEqual([]);
  });

  it('waits while the settings or a silence keep the brand’s mails back', async () => {
    await tell(GONE);
    const brand = { name: 'Acme Air', team: 'care' };
    expect(await withdrawn({ brands: { 'acme-air': brand } })).toEqual([GONE]);
    expect(await withdrawn({ brands: { 'acme-air': { ...brand, mute: true } } })).toEqual([]);
    // The mail would leave on the morning after the newest day, 3 November.
    const muted = (dates: string[]) => withdrawn({ alerts: { mute: { dates } } });
    expect(await muted(['2026-11-03'])).toEqual([]);
    expect(await muted(['2026-11-02', '2026-11-04'])).toEqual([GONE]);
    const silence: Silence = {
      ...{ id: 1, slug: 'acme-air', fromMs: 0, untilMs: world.now + 1, endedMs: null },
      ...{ author: 'ann', comment: 'fair' },
    };
    expect(await withdrawn({}, { silences: [silence] })).toEqual([]);
    expect(await withdrawn({}, { silences: [{ ...silence, slug: 'other' }] })).toEqual([GONE]);
    expect(await withdrawn({}, { silences: [{ ...silence, untilMs: world.now }] })).toEqual([GONE]);
  });
});
