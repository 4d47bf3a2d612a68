import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertEventRow } from '../../db/alerts.ts';
import { addNotification } from '../../db/outbox.ts';
import { newsOf } from '../../src/alerts/news.ts';
import { endNotice, firingNotice } from '../../src/alerts/notice.ts';
import type { AlertRule } from '../../src/alerts/rule.ts';
import type { SendDecision, Told } from '../../src/alerts/send.ts';
import type { ToldInputs } from '../../src/alerts/standing.ts';
import type { Day } from '../../src/calendar.ts';
import { PIXEL, threshold, volume } from './days.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

/** The second to the fifth of November. */
const [SECOND, THIRD, FOURTH, FIFTH] = [DAY_ONE + 1, DAY_ONE + 2, DAY_ONE + 3, DAY_ONE + 4];
const sentimentRule = { ...threshold, brandSlug: 'acme-air' };

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** A stored decision with these figures; without any it says nothing. */
function event(day: Day, state: 'firing' | 'inactive', value: number | null, limits: [number, number]): AlertEventRow {
  const [below, recover_above] = limits;
  const inputs = {
    ...{ value, low: null, high: null, posts: 60, threshold: below, recover_above, min_posts: 30 },
    ...{ window_from: day, usual: 400 },
  };
  return {
    ...{ rule_id: 'r', day, revision: 1, run_id: 1, data_seq: 1, from_state: 'inactive', to_state: state },
    ...{ reason: value === null ? 'no_data' : 'below_threshold', inputs: JSON.stringify(inputs) },
  } as AlertEventRow;
}

const crowd = (day: Day, state: 'firing' | 'inactive', value: number) => event(day, state, value, [1200, 800]);
const mood = (day: Day, state: 'firing' | 'inactive', value: number | null) => event(day, state, value, [0.45, 0.48]);
const figures = (day: Day, value: number): { day: Day; inputs: ToldInputs } => ({
  day,
  inputs: {
    ...{ value, low: null, high: null, posts: 60, threshold: 1200, recoverAbove: 800, usual: 400, windowFrom: day },
  },
});

function news(
  rule: AlertRule,
  kind: SendDecision['kind'],
  events: readonly AlertEventRow[],
  firingDay: Day | null = null,
) {
  const told: Told = { open: firingDay !== null, firingDay, newestDay: firingDay };
  const run = { runId: 1, newestDay: FIFTH, chartFor: () => PIXEL };
  return newsOf(world.context, run, rule, {
    ...{ decision: { kind, reason: 'new_alert' }, told, events, opinion: undefined },
  });
}

const leadOf = async (...asked: Parameters<typeof news>): Promise<string | undefined> => {
  const content = (await news(...asked))?.content;
  return content && 'alert' in content ? content.alert.lead : undefined;
};

describe('what a team is told', () => {
  const begun = [crowd(DAY_ONE, 'inactive', 400), crowd(SECOND, 'firing', 1400), crowd(THIRD, 'firing', 1500)];
  const over = [...begun.slice(0, 2), crowd(THIRD, 'inactive', 500)];
  const notice = { ruleId: volume.ruleId, day: FIFTH, team: 'care' };

  it('of an alert is named by its first day, and tells the newest of its days', async () => {
    const told = { since: SECOND, told: figures(THIRD, 1500) };
    expect(await news(volume, 'firing', begun)).toEqual({
      ...{ ...notice, kind: 'firing', dedupeKey: 'acme:volume:00000000:2026-11-02' },
      content: { alert: firingNotice(volume, 'firing', told), chart: null },
    });
    expect(await news(volume, 'repeat', begun, THIRD)).toEqual({
      ...{ ...notice, kind: 'repeat', dedupeKey: 'acme:volume:00000000:2026-11-02:repeat:2026-11-05' },
      content: { alert: firingNotice(volume, 'repeat', told), chart: null },
    });
  });

  it('of its end is named by the day of the mail about it, and tells how long it stood', async () => {
    const span = { from: SECOND, to: SECOND };
    expect(await news(volume, 'resolved', over, SECOND)).toEqual({
      ...{ ...notice, kind: 'resolved', dedupeKey: 'acme:volume:00000000:2026-11-02:resolved:2026-11-05' },
      content: {
        alert: endNotice(
          volume,
          { span, now: figures(THIRD, 500), lowest: undefined },
          { toldDay: SECOND, newestDay: FIFTH },
        ),
        chart: null,
      },
    });
    expect((await news(volume, 'resolved', over))?.dedupeKey).toBe(
      'acme:volume:00000000:2026-11-05:resolved:2026-11-05',
    );
    expect(await leadOf(volume, 'resolved', [crowd(THIRD, 'inactive', 500)], SECOND)).toContain(
      'told of for 2 November 2026 is withdrawn',
    );
  });

  it('is nothing without a reason, a team, or a figure', async () => {
    expect(await news(volume, 'none', begun)).toBeUndefined();
    expect(await news({ ...volume, team: null }, 'firing', begun)).toBeUndefined();
    expect(await news(sentimentRule, 'firing', [mood(SECOND, 'firing', null)], DAY_ONE)).toBeUndefined();
  });

  it('of a dip that is over counts from its first day, not from the last mail about it', async () => {
    const days = [
      ...[mood(SECOND, 'firing', 0.4), mood(THIRD, 'firing', 0.41), mood(FOURTH, 'firing', 0.42)],
      mood(FIFTH, 'inactive', 0.5),
    ];
    expect(await leadOf(sentimentRule, 'resolved', days, THIRD)).toBe(
      'The 3-day sentiment of Acme is back at 0.50 on 5 November 2026. The dip that began on 2 November is over after 3 days; its lowest was 0.40 on 2 November.',
    );
  });

  it('of a dip that late posts undid names the day that the team was told of', async () => {
    const undone = [mood(SECOND, 'inactive', 0.5), mood(FOURTH, 'inactive', 0.5)];
    const on = (day: string) =>
      `Posts that arrived late changed the figures: with them, the 3-day sentiment of Acme was not below 0.45 on ${day}. The alert about it is withdrawn. On 4 November 2026 it is 0.50.`;
    expect(await leadOf(sentimentRule, 'resolved', undone, THIRD)).toBe(on('3 November'));
    expect(await leadOf(sentimentRule, 'resolved', undone)).toBe(on('4 November'));
  });

  it('of a dip that is over without a newer figure says so', async () => {
    const gone = [mood(SECOND, 'firing', null), mood(THIRD, 'inactive', null)];
    const content = (await news(sentimentRule, 'resolved', gone, SECOND))?.content;
    expect(content).toMatchObject({ alert: { certainty: 'There is no newer figure.' }, chart: null });
  });

  it('has a name of its own when late posts bring an alert of the same day back', async () => {
    const rule = { ...volume, ruleId: 'acme:volume:again' };
    const keyOf = async () => (await news(rule, 'firing', begun))?.dedupeKey;
    const add = (dedupe_key: string) =>
      world.store.transaction((tx) =>
        addNotification(tx, {
          ...{ dedupe_key, rule_id: rule.ruleId, day: SECOND, kind: 'firing', team: 'care', content: '{}' },
          ...{ created_ms: 0, due_ms: 0 },
        }),
      );
    await add('acme:volume:again:2026-10-01');
    expect(await keyOf()).toBe('acme:volume:again:2026-11-02');
    await add('acme:volume:again:2026-11-02');
    expect(await keyOf()).toBe('acme:volume:again:2026-11-02:2');
  });
});
