import { afterEach, describe, expect, it } from 'vitest';
import { appendEvents } from '../../db/alerts.ts';
import { addNotification, type NewNotification } from '../../db/outbox.ts';
import { chatMessage } from '../../src/alerts/chat.ts';
import { composeMessages } from '../../src/alerts/compose.ts';
import type { Dip } from '../../src/alerts/dip.ts';
import { mailNames, type RenderedMail } from '../../src/alerts/mail.ts';
import { alertContent } from '../../src/alerts/message.ts';
import { htmlPart } from '../../src/alerts/message-html.ts';
import { textPart } from '../../src/alerts/message-text.ts';
import type { NotificationContent } from '../../src/alerts/queue.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import type { TeamMail } from '../../src/alerts/team-mail.ts';
import { PIXEL } from './days.ts';
import { day, dip } from './dips.ts';
import { openWorld, type World } from './world.ts';

const FROM = 'Monitor <monitor@acme.example>';
const CARE = ['care@acme.example', 'boss@acme.example'];
const chart = PIXEL.toString('base64');

let world: World;
afterEach(() => world.close());

/** What is told of a dip of a brand. */
const alertOf = (brandName: string, change: Partial<Dip> = {}) =>
  alertContent(dip(change, { brandName, brandSlug: brandName.toLowerCase().replace(' ', '-') }));
const rail = alertOf('Acme Rail');
const air = alertOf('Acme Air', { kind: 'repeat', since: day - 3 });
const digest = { day: '2026-11-20', date: '20 November 2026', brands: [], silent: '' };

/** Something to tell the team `care`, due now unless said otherwise. */
async function tell(
  dedupe_key: string,
  content: NotificationContent,
  change: Partial<NewNotification> = {},
): Promise<void> {
  await world.store.transaction((tx) =>
    addNotification(tx, {
      ...{ dedupe_key, rule_id: `rule of ${dedupe_key}`, day, kind: 'firing', team: 'care' },
      ...{ content: JSON.stringify(content), created_ms: 0, due_ms: world.now, ...change },
    }),
  );
}

/** The messages that were made, with the ways that they take and the things that they tell. */
async function messages() {
  const { db } = world.store.read;
  const tables = {
    messages: await db.selectFrom('messages').selectAll().orderBy('message_id').execute(),
    deliveries: await db.selectFrom('deliveries').selectAll().orderBy('channel').execute(),
    told: await db.selectFrom('notifications').selectAll().orderBy('notification_id').execute(),
  };
  return tables.messages.map(({ message_id, rendered, message_key, team, created_ms }) => ({
    ...{ key: message_key, team, createdMs: Number(created_ms), mail: JSON.parse(rendered) as RenderedMail },
    channels: tables.deliveries.flatMap((row) => (row.message_id === message_id ? [row.channel] : [])),
    tells: tables.told.flatMap((row) => (row.message_id === message_id ? [row.dedupe_key] : [])),
  }));
}

/** The notifications that are in no message yet. */
async function held(): Promise<string[]> {
  const { db } = world.store.read;
  const rows = await db.selectFrom('notifications').select('dedupe_key').where('message_id', 'is', null).execute();
  return rows.map(({ dedupe_key }) => dedupe_key);
}

const teamMail = (change: Partial<TeamMail>): TeamMail => ({
  ...{ alerts: [], digest: null, standing: [], window: 3, to: CARE, team: 'care', isSample: false },
  ...change,
});
const parts = (mail: TeamMail) => ({ text: textPart(mail), html: htmlPart(mail) });

describe('all that waits for a team', () => {
  it('goes out in one message once some of it is due, the most important first', async () => {
    world = await openWorld({
      mail: { from: FROM },
      teams: { care: { to: CARE, webhook: { url: 'https://chat.example/hook' } } },
    });
    await tell('k1', { alert: air, chart }, { kind: 'repeat', due_ms: world.now + 1, day: day - 1 });
    await tell('k2', { alert: rail, chart: null });
    await tell('k3', { digest }, { kind: 'digest', day: day - 2 });
    await composeMessages(world.context);

    // The hash is the start of what sha256sum makes of the three keys, a line each.
    const key = 'k1 +2 1d4227bad8a26d64';
    const names = mailNames(key, { from: FROM, newestDay: day, about: 'care' });
    const alerts = [
      { number: 2, content: rail, cid: null },
      { number: 1, content: air, cid: names.cid(1) },
    ];
    const subject = '[Daily digest] 20 November 2026: 1 new alert, 1 still standing';
    const shown = 'Lost my bag <again> & "again"';
    const [message, ...more] = await messages();
    expect(message).toEqual({
      ...{ key, team: 'care', createdMs: world.now, channels: ['outbox', 'webhook'], tells: ['k1', 'k2', 'k3'] },
      mail: {
        ...{ from: FROM, to: CARE, subject, messageId: names.messageId, dateMs: world.now, file: names.file },
        ...parts(teamMail({ alerts, digest })),
        charts: [{ cid: names.cid(1), pngBase64: chart }],
        chat: chatMessage(`${subject}\n1 new alert, 1 still standing`, alerts, false),
        quotes: [rail, air].map(({ quotes }) => ({ hash: quotes[0]?.hash, shown })),
      },
    });
    expect([more, await held()]).toEqual([[], []]);
    expect(names.file).toMatch(/^2026-11-20-care-/);
  });

  it('is one alert: its own key, subject and brand name the message', async () => {
    world = await openWorld();
    await tell('k1', { alert: rail, chart }, { due_ms: world.now });
    await composeMessages(world.context);
    const names = mailNames('k1', { from: FROM, newestDay: day, about: 'acme-rail' });
    const alerts = [{ number: 1, content: rail, cid: names.cid(0) }];
    const subject = '[Acme Rail] sentiment 0.38, below 0.45 (3-day, was 0.52)';
    expect(await messages()).toMatchObject([
      {
        ...{ key: 'k1', channels: ['outbox'] },
        mail: {
          ...{ ...parts(teamMail({ alerts })), subject, file: names.file, messageId: names.messageId },
          ...{ charts: [{ cid: names.cid(0), pngBase64: chart }], chat: chatMessage(subject, alerts, false) },
        },
      },
    ]);
  });

  it('is a digest and nothing else: the team names the message', async () => {
    world = await openWorld();
    await tell('k1', { digest }, { kind: 'digest' });
    await composeMessages(world.context);
    expect(await messages()).toMatchObject([
      {
        mail: {
          file: mailNames('k1', { from: FROM, newestDay: day, about: 'care' }).file,
          ...{ subject: '[Daily digest] 20 November 2026: nothing new', ...parts(teamMail({ digest })) },
          ...{ charts: [], quotes: [], chat: { alerts: [] } },
        },
      },
    ]);
  });

  it('waits while none of it is due', async () => {
    world = await openWorld();
    await tell('k1', { alert: rail, chart }, { due_ms: world.now + 1 });
    await tell('k2', { alert: air, chart }, { due_ms: world.now + 1 });
    await composeMessages(world.context);
    expect([await messages(), await held()]).toEqual([[], ['k1', 'k2']]);
  });

  it('is told beside alerts that it knows and that still stand, but not a sample', async () => {
    world = await openWorld();
    const [rule] = rulesOf(world.context.config);
    const ruleId = rule?.ruleId ?? '';
    const inputs = { value: 0.4, low: 0.3, high: 0.5, posts: 50, threshold: 0.45, recover_above: 0.48, min_posts: 10 };
    await world.store.transaction((tx) =>
      appendEvents(tx, [
        {
          ...{ rule_id: ruleId, day, run_id: 1, data_seq: 1, from_state: 'inactive', to_state: 'firing' },
          ...{ reason: 'below_threshold', inputs: JSON.stringify(inputs) },
        },
      ]),
    );
    await tell('known', { alert: air, chart: null }, { rule_id: ruleId });
    await composeMessages(world.context);
    await tell('sample', { alert: rail, chart: null }, { kind: 'sample' });
    await tell('new', { alert: rail, chart: null });
    await composeMessages(world.context);
    const standing = [
      { brand: 'Acme Air', text: 'since 20 November. On 20 November: 0.40 (0.30–0.50) is below 0.45, on 50 posts.' },
    ];
    const of = (number: number) => [{ number, content: number === 1 ? air : rail, cid: null }];
    expect((await messages()).map(({ tells, mail: { text, html } }) => ({ tells, text, html }))).toEqual([
      { tells: ['known'], ...parts(teamMail({ alerts: of(1) })) },
      { tells: ['sample'], ...parts(teamMail({ alerts: of(2), isSample: true })) },
      { tells: ['new'], ...parts(teamMail({ alerts: of(3), standing })) },
    ]);
  });
});

describe('several that are told', () => {
  it('each get what is theirs; the owner gets each mail as it is, and a team that is gone none', async () => {
    world = await openWorld({ teams: { care: { to: CARE }, press: { to: ['press@acme.example'] } } });
    const mail = { subject: 'rows', to: ['owner@acme.example'] } as unknown as RenderedMail;
    await tell('gone', { alert: rail, chart: null }, { team: 'gone' });
    await tell('gone too', { alert: rail, chart: null }, { team: 'gone' });
    await tell('care', { alert: rail, chart: null });
    await tell('owner', { mail }, { team: null, kind: 'rejects' });
    await tell('press', { alert: air, chart: null }, { team: 'press' });
    await tell('owner too', { mail }, { team: null, kind: 'rejects' });
    await composeMessages(world.context);
    expect((await messages()).map(({ key, team, tells, mail: { to } }) => ({ key, team, tells, to }))).toEqual([
      { key: 'care', team: 'care', tells: ['care'], to: CARE },
      { key: 'owner', team: null, tells: ['owner'], to: ['owner@acme.example'] },
      { key: 'press', team: 'press', tells: ['press'], to: ['press@acme.example'] },
      { key: 'owner too', team: null, tells: ['owner too'], to: ['owner@acme.example'] },
    ]);
    expect((await messages())[1]?.mail).toEqual(mail);
    expect(await held()).toEqual(['gone', 'gone too']);
    expect(world.logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, team: 'gone', notifications: 2, msg: 'not sent: the team is no longer in the settings' },
    ]);
  });

  it('are told nothing while an alert is without a team: the run ends, and it is not lost', async () => {
    world = await openWorld();
    await tell('k1', { alert: rail, chart: null }, { team: null });
    await expect(composeMessages(world.context)).rejects.toThrow('a notification without a team is not a mail');
    expect(await held()).toEqual(['k1']);
  });
});
