import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendDecisionsOf } from '../../db/send-decisions.ts';
import { addSilence } from '../../db/silences.ts';
import { seriesOfBrand } from '../../src/alerts/inputs.ts';
import { dayInputs } from '../../src/alerts/measure.ts';
import type { AlertContent } from '../../src/alerts/message.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import { simulateNights } from '../../src/alerts/simulate.ts';
import { DAY_ONE, openWorld, posts, type World } from './world.ts';

let world: World;
const DAY_MS = 86_400_000;

beforeEach(async () => {
  world = await openWorld({ window: 1, alerts: { settle_hours: 0 } });
});
afterEach(() => world.close());

async function night(day: number, score: number | null, count = 20): Promise<void> {
  world.now = (DAY_ONE + day + 1) * DAY_MS + 3 * 3_600_000;
  if (score !== null) await world.post(DAY_ONE + day, posts(count, score));
  await world.morning(DAY_ONE + day);
}

/** Mails as `day kind`, days counted from DAY_ONE. */
async function mails(): Promise<string[]> {
  const rows = await world.store.read.db.selectFrom('notifications').selectAll().orderBy('notification_id').execute();
  return rows.map(({ day, kind }) => `${day - DAY_ONE} ${kind}`);
}

async function subjects(): Promise<string[]> {
  const rows = await world.store.read.db.selectFrom('notifications').selectAll().orderBy('notification_id').execute();
  return rows.map(({ content }) => (JSON.parse(content) as { alert: AlertContent }).alert.subject);
}

async function reasons(): Promise<string[]> {
  const [rule] = rulesOf(world.context.config);
  const rows = await sendDecisionsOf(world.store.read, rule?.ruleId ?? '');
  return rows.map(({ day, reason, sent }) => `${day - DAY_ONE} ${sent === 1 ? 'sent' : 'kept'} ${reason}`);
}

describe('mails night by night', () => {
  it('tell the start and the end of an alert once each, however often a night is done', async () => {
    for (const [day, score] of [0.6, 0.3, 0.3, 0.6, 0.6, 0.3].entries()) {
      await night(day, score);
      await night(day, null);
    }
    expect(await mails()).toEqual(['1 firing', '3 resolved', '5 firing']);
    expect((await subjects())[1]).toBe('[Acme Air] sentiment back at 0.60 (1-day, lowest 0.30)');
    expect(await reasons()).toEqual(['1 sent new_alert', '2 kept already_told', '3 sent ended', '5 sent new_alert']);
  });

  it('wait while a silence holds, and then tell what is still true', async () => {
    await night(0, 0.6);
    const from = (DAY_ONE + 1) * DAY_MS;
    await world.store.transaction((tx) =>
      addSilence(tx, { brandId: null, fromMs: from, untilMs: from + 3 * DAY_MS, author: 'ann', comment: 'known' }),
    );
    await night(1, 0.3);
    await night(2, 0.3);
    expect(await mails()).toEqual([]);
    expect(await reasons()).toEqual(['1 kept silenced', '2 kept silenced']);
    await night(3, 0.3);
    expect(await mails()).toEqual(['3 firing']);
  });

  it('take an alert back that late posts undo, and say so', async () => {
    await night(0, 0.6);
    await night(1, 0.4);
    await world.post(DAY_ONE + 1, posts(60, 0.9));
    await night(2, 0.6);
    expect(await mails()).toEqual(['1 firing', '2 resolved']);
    expect(await reasons()).toEqual(['1 sent new_alert', '2 sent undone']);
    const [, end] = await world.store.read.db.selectFrom('notifications').selectAll().execute();
    expect(end?.content).toContain('alert withdrawn');
  });

  it('tell a second time what late posts brought back', async () => {
    await night(0, 0.6);
    await night(1, 0.4);
    await world.post(DAY_ONE + 1, posts(60, 0.9));
    await night(1, null);
    await world.post(DAY_ONE + 1, posts(400, 0.1));
    await night(1, null);
    expect(await mails()).toEqual(['1 firing', '1 resolved', '1 firing']);
  });

  it('repeat after the days that were asked for', async () => {
    await world.close();
    world = await openWorld({ window: 1, alerts: { settle_hours: 0, defaults: { repeat_every: 3 } } });
    for (let day = 0; day < 8; day += 1) await night(day, 0.3);
    expect(await mails()).toEqual(['0 firing', '3 repeat', '6 repeat']);
  });

  it('tell of posts and of exports as well', async () => {
    await world.close();
    world = await openWorld({
      alerts: { settle_hours: 0 },
      brands: { 'acme-air': { team: 'care', alerts: [{ type: 'volume', min_posts: 10, days: 14, weekdays: false }] } },
    });
    for (let day = 0; day < 15; day += 1) await night(day, 0.6);
    await night(15, 0.6, 90);
    await night(16, 0.6);
    expect(await mails()).toEqual(['15 firing', '16 resolved']);
    expect(await subjects()).toEqual([
      '[acme-air] 90 posts in a day, usually about 20',
      '[acme-air] 20 posts a day, as usual again',
    ]);
  });

  it('wait for a day that is not delivered to its end, until the time for it has run out', async () => {
    await world.close();
    world = await openWorld({ window: 1 });
    // All posts of a day are of its first minute, as if it had been exported then.
    await night(0, 0.6);
    await night(1, 0.3);
    expect(await mails()).toEqual([]);
    world.now += 22 * 3_600_000;
    await world.morning(DAY_ONE + 1);
    expect(await mails()).toEqual(['1 firing']);
  });

  it('are those of a simulation of the same days', async () => {
    await world.close();
    world = await openWorld({
      window: 2,
      alerts: { settle_hours: 0, mute: { weekdays: ['sunday'] } },
      brands: {
        'acme-air': {
          team: 'care',
          alerts: [{ below: 0.45, recover_above: 0.5, min_posts: 15, for: 2, repeat_every: 4 }],
        },
      },
    });
    const days = [0.6, 0.3, 0.2, null, 0.3, 0.3, 0.3, 0.4, 0.7, 0.8, 0.2, 0.2, 0.2, 0.9, 0.9, 0.1, 0.1, 0.1, null, 0.1];
    for (const [day, score] of days.entries()) await night(day, score, day % 7 === 3 ? 5 : 20);
    const [rule] = rulesOf(world.context.config);
    if (!rule) throw new Error('no rule');
    const range = { from: DAY_ONE, to: DAY_ONE + days.length - 1 };
    const series = await seriesOfBrand(world.store.read, 1, range.to);
    const simulated = simulateNights(rule, dayInputs(rule, series, world.context.config, range), range);
    const told = simulated.mails.map(({ day, kind }) => `${day - DAY_ONE} ${kind}`);
    expect(told.length).toBeGreaterThan(3);
    expect(await mails()).toEqual(told);
  });
});
