import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendEvents } from '../../db/alerts.ts';
import { notificationsOf } from '../../db/outbox.ts';
import { type Notice, queueNotice } from '../../src/alerts/queue.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import { stillStanding } from '../../src/alerts/still-standing.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

const settings = {
  brands: {
    'acme-air': { name: 'Acme Air', team: 'care', alerts: [{ below: 0.45 }] },
    'acme-rail': { name: 'Acme Rail', team: 'care', alerts: [{ below: 0.45 }] },
    'acme-bus': { name: 'Acme Bus', team: 'press', alerts: [{ below: 0.45 }] },
  },
  teams: {
    care: { to: ['care@acme.example'], send_after: '07:00', time_zone: 'UTC' },
    press: { to: ['press@acme.example'] },
  },
};

let world: World;
beforeEach(async () => {
  world = await openWorld(settings);
});
afterEach(() => world.close());

const notice: Notice = {
  ...{ dedupeKey: 'key', ruleId: 'rule', day: DAY_ONE, kind: 'firing', team: 'care' },
  content: { digest: { day: '', date: '', brands: [], silent: '' } },
};
const queue = (change: Partial<Notice> = {}) =>
  world.store.transaction((tx) => queueNotice(tx, world.context.config, { ...notice, ...change }, world.now));

describe('something to tell', () => {
  it.each([
    ['a team with an hour, at that hour', {}, 7],
    ['a sample for that team, at once', { kind: 'sample' }, 2.5],
    ['a team without one, at once', { team: 'press' }, 2.5],
    ['the owner, at once', { team: null, kind: 'rejects' }, 2.5],
  ] as const)('is due for %s', async (_, change, hour) => {
    await queue(change);
    expect(await notificationsOf(world.store.read, 'rule')).toEqual([
      {
        ...{ notification_id: 1, dedupe_key: 'key', rule_id: 'rule', day: DAY_ONE, kind: 'firing', team: 'care' },
        ...{ content: JSON.stringify(notice.content), created_ms: world.now, message_id: null, ...change },
        due_ms: Date.UTC(2026, 10, 21) + hour * 3_600_000,
      },
    ]);
  });

  it('is queued once, whatever is killed in between', async () => {
    expect(await queue()).toBe(1);
    expect(await queue({ day: DAY_ONE + 1 })).toBeUndefined();
    expect(await queue({ dedupeKey: 'other' })).toBeGreaterThan(1);
    expect((await notificationsOf(world.store.read, 'rule')).map(({ day }) => day)).toEqual([DAY_ONE, DAY_ONE]);
  });
});

it('the alerts that a team knows of and that still stand are its own, in the order of the settings', async () => {
  const inputs = JSON.stringify({ value: 0.4, low: null, high: null, posts: 50, threshold: 0.45, recover_above: 0.48 });
  const [air = '', rail = '', bus = ''] = rulesOf(world.context.config).map(({ ruleId }) => ruleId);
  const decide = (rule_id: string, to_state: 'firing' | 'inactive') =>
    world.store.transaction((tx) =>
      appendEvents(tx, [
        {
          ...{ rule_id, day: DAY_ONE, run_id: 1, data_seq: 1, from_state: 'inactive', to_state },
          ...{ reason: 'below_threshold', inputs },
        },
      ]),
    );
  const brands = async (team: string, toldNow: string[] = []) =>
    (await stillStanding(world.context, team, new Set(toldNow))).map(({ brand }) => brand);
  for (const [ruleId, team] of [
    [bus, 'press'],
    [rail, 'care'],
    [air, 'care'],
  ] as const) {
    await decide(ruleId, 'firing');
    await queue({ dedupeKey: ruleId, ruleId, team });
  }
  expect([await brands('care'), await brands('press')]).toEqual([['Acme Air', 'Acme Rail'], ['Acme Bus']]);
  expect(await brands('care', [air])).toEqual(['Acme Rail']);
  // It is over, and its team will hear of that next.
  await decide(rail, 'inactive');
  expect(await brands('care')).toEqual(['Acme Air']);
});
