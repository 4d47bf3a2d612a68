import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { latestEvents } from '../../db/alerts.ts';
import { beginFile, finishFile, sourceId } from '../../db/files.ts';
import { sendDecisionsOf } from '../../db/send-decisions.ts';
import { addSilence } from '../../db/silences.ts';
import type { AlertContent } from '../../src/alerts/alert-content.ts';
import { deliver } from '../../src/alerts/deliver.ts';
import { seriesOfBrand } from '../../src/alerts/inputs.ts';
import type { RenderedMail } from '../../src/alerts/mail.ts';
import { dayInputs } from '../../src/alerts/measure.ts';
import { notify } from '../../src/alerts/notify.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import { simulateNights } from '../../src/alerts/simulate.ts';
import { configSchema } from '../../src/config/schema.ts';
import { PIXEL } from './days.ts';
import { DAY_ONE, openWorld, posts, type World } from './world.ts';

let world: World;
const DAY_MS = 86_400_000;
const settings = { window: 1, alerts: { settle_hours: 0 } };

beforeEach(async () => {
  world = await openWorld(settings);
});
afterEach(() => world.close());

async function night(day: number, score: number | null, count = 20): Promise<void> {
  world.now = (DAY_ONE + day + 1) * DAY_MS + 3 * 3_600_000;
  if (score !== null) await world.post(DAY_ONE + day, posts(count, score));
  await world.morning(DAY_ONE + day);
}

/** A file of a source is read to its end at two in the morning after a day. */
async function deliverFile(source: number, day: number): Promise<void> {
  await world.store.transaction(async (tx) => {
    const name = `${source} ${day} ${world.now}`;
    const file = await beginFile(tx, { sourceId: source, sha256: name, name, day: DAY_ONE + day + 1 });
    await finishFile(tx, file.file_id, 'read', (DAY_ONE + day + 1) * DAY_MS + 2 * 3_600_000);
  });
}

/** Makes the newest posts those of another source, which has thereby delivered to the end of their day. */
async function moveNewestPosts(source: number, count: number): Promise<void> {
  const { db } = world.store.read;
  const rows = await db
    .selectFrom('posts')
    .select(['post_id', 'day'])
    .orderBy('post_id', 'desc')
    .limit(count)
    .execute();
  const ids = rows.map(({ post_id }) => post_id);
  await db.updateTable('posts').set({ source_id: source }).where('post_id', 'in', ids).execute();
  const watermark_ms = ((rows[0]?.day ?? 0) + 1) * DAY_MS - 1;
  await db.updateTable('sources').set({ watermark_ms }).where('source_id', '=', source).execute();
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

  it('withdraw an alert whose rule was changed, once, though nothing else would end it', async () => {
    await night(0, 0.6);
    await night(1, 0.3);
    const { context } = world;
    const [old] = rulesOf(context.config);
    const acme = { name: 'Acme Air', team: 'care', alerts: [{ below: 0.2, min_posts: 10 }] };
    const config = configSchema.parse({ ...settings, brands: { 'acme-air': acme }, teams: context.config.teams });
    const changed = { ...context, config: { ...config, data_dir: context.config.data_dir } };
    const run = { runId: 1, newestDay: DAY_ONE + 1, chartFor: () => PIXEL };
    for (const mails of [1, 0]) expect(await notify(changed, run)).toMatchObject({ mails });
    expect(await mails()).toEqual(['1 firing', '1 resolved']);
    expect((await subjects())[1]).toBe('[Acme Air] alert withdrawn: its rule was changed');
    expect((await sendDecisionsOf(world.store.read, old?.ruleId ?? '')).at(-1)).toMatchObject({
      ...{ reason: 'rule_changed', sent: 1 },
    });
  });

  it('tell that exports stay away, and that they arrive again', async () => {
    await world.close();
    const rule = { type: 'freshness', hours: 30 };
    world = await openWorld({ ...settings, brands: { 'acme-air': { team: 'care', alerts: [rule] } } });
    await world.post(DAY_ONE, posts(20, 0.6));
    await deliverFile(1, 0);
    for (const day of [0, 1, 2]) await night(day, null);
    await deliverFile(1, 3);
    await night(3, null);
    expect(await mails()).toEqual(['2 firing', '3 resolved']);
    expect(await subjects()).toEqual(['[acme-air] no export for 49 hours', '[acme-air] exports arrive again']);
  });

  it('wait for a source that delivers each day, and take up its posts when they come', async () => {
    const other = await world.store.transaction((tx) => sourceId(tx, 'other'));
    const both = async (day: number, scores: { test?: number; other?: number }) => {
      for (const [name, score] of Object.entries(scores)) {
        await world.post(DAY_ONE + day, posts(20, score));
        if (name === 'other') await moveNewestPosts(other, 20);
        await deliverFile(name === 'other' ? other : 1, day);
      }
    };
    for (const day of [0, 1, 2, 3]) {
      await both(day, { test: 0.6, other: 0.6 });
      await night(day, null);
    }
    await both(4, { test: 0.1 });
    await night(4, null);
    expect(await mails()).toEqual([]);
    const [rule] = rulesOf(world.context.config);
    const newest = async () => (await latestEvents(world.store.read, rule?.ruleId ?? '')).at(-1);
    expect(await newest()).toMatchObject({ day: DAY_ONE + 4, reason: 'stale', to_state: 'no_data' });
    await both(4, { other: 0.2 });
    await both(5, { test: 0.6, other: 0.6 });
    world.now = (DAY_ONE + 5) * DAY_MS + 12 * 3_600_000;
    await world.morning(DAY_ONE + 4);
    expect(await newest()).toMatchObject({ reason: 'below_threshold', to_state: 'firing' });
    expect(await mails()).toEqual(['4 firing']);
  });

  it('name in a new mail what still stands', async () => {
    await world.close();
    const rules = [
      { below: 0.45, min_posts: 10 },
      { metric: 'net_sentiment', below: -0.5, min_posts: 10 },
    ];
    world = await openWorld({ ...settings, brands: { 'acme-air': { team: 'care', alerts: rules } } });
    const sent: string[] = [];
    const outbox = {
      close() {},
      async send({ text }: RenderedMail) {
        sent.push(text.replace(/\s+/g, ' '));
        return [];
      },
    };
    const transports = { outbox, smtp: undefined, webhooks: new Map(), close() {} };
    await night(0, 0.8);
    for (const scores of [[...posts(12, 0.1), ...posts(8, 0.8)], posts(20, 0.1)]) {
      const day = sent.length + 1;
      await world.post(DAY_ONE + day, scores);
      await night(day, null);
      await deliver(world.context, transports);
    }
    expect(sent).toHaveLength(2);
    expect(sent[0]).not.toContain('STANDING');
    expect(sent[1]).toContain('TOLD BEFORE, AND STILL STANDING acme-air, since 2 November. On 3 November: 0.10');
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
