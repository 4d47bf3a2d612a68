import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outboxState } from '../../db/deliveries.ts';
import { deliver, transportsOf } from '../../src/alerts/stage.ts';
import { PIXEL } from './days.ts';
import { DAY_ONE, openWorld, posts, type World } from './world.ts';

interface Received {
  recipients: string[];
  mail: Email;
  bytes: Buffer;
}

/** A mail server in this process. */
async function openServer(answer: { refuse?: string; refuseRecipient?: string } = {}) {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'secret' ? done(null, { user: username }) : done(new Error(`wrong password ${password}`)),
    onRcptTo: ({ address }, _session, done) =>
      address === answer.refuseRecipient ? done(new Error('no such mailbox')) : done(),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        if (answer.refuse !== undefined) {
          done(Object.assign(new Error(answer.refuse), { responseCode: 451 }));
          return;
        }
        const bytes = Buffer.concat(chunks);
        received.push({
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          mail: await PostalMime.parse(bytes),
          bytes,
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { received, answer, port, close: () => new Promise<void>((resolve) => server.close(resolve)) };
}

let server: Awaited<ReturnType<typeof openServer>>;
let world: World | undefined;

beforeEach(async () => {
  server = await openServer();
});
afterEach(async () => {
  await world?.close();
  await server.close();
});

async function openMailWorld(smtp: Record<string, unknown> = {}): Promise<World> {
  world = await openWorld({
    mail: {
      from: 'Monitor <monitor@acme.example>',
      smtp: { host: '127.0.0.1', port: server.port, tls: 'none', ...smtp },
    },
  });
  return world;
}

/** Three good days and a bad one, with copied complaints. */
async function dip(target: World): Promise<void> {
  for (const day of [0, 1, 2]) await target.post(DAY_ONE + day, posts(20, 0.6));
  await target.post(DAY_ONE + 3, [...posts(15, 0.1), ...posts(25, 0.02)], (index) =>
    index < 15 ? { text: `They lost <my> bag no. ${index}` } : { text: 'RT worst airline ever' },
  );
}

async function send(target: World, secrets: (name: string) => string | undefined = () => undefined) {
  const transports = transportsOf(target.context.config, secrets);
  try {
    return await deliver(target.context, transports);
  } finally {
    transports.close();
  }
}

describe('a mail by SMTP', () => {
  it('arrives whole, once', async () => {
    const target = await openMailWorld();
    await dip(target);
    expect(await target.morning(DAY_ONE + 2)).toMatchObject({ firing: 0, mails: 0 });
    expect(await target.morning(DAY_ONE + 3)).toMatchObject({ firing: 1, mails: 1 });
    expect((await send(target)).sent).toHaveLength(1);

    const [first] = server.received;
    expect(first?.recipients).toEqual(['care@acme.example', 'boss@acme.example']);
    const mail = first?.mail;
    expect(mail?.to?.map(({ address }) => address)).toEqual(['care@acme.example', 'boss@acme.example']);
    expect(mail?.from).toEqual({ name: 'Monitor', address: 'monitor@acme.example' });
    expect(mail?.subject).toBe('[Acme Air] sentiment 0.42, below 0.45 (3-day, was 0.60)');
    expect(mail?.messageId).toMatch(/^<[0-9a-f]{32}@acme\.example>$/);
    expect(mail?.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
    expect(mail?.date).toBe('2026-11-21T02:30:00.000Z');
    expect(mail?.text?.replace(/\s+/g, ' ')).toContain('fell to 0.42 on 4 November 2026, below the threshold of 0.45');
    expect(mail?.text).toMatch(
      / {2}0\.02 {2}Wed 4 Nov · 25 posts say this · \d\d\u00a0% of the drop\n {8}RT worst airline ever/,
    );
    expect(mail?.text).toContain('They lost <my> bag no. 1');
    expect(mail?.text?.match(/worst airline ever/g)).toHaveLength(1);
    expect(mail?.text).not.toContain('<html');
    expect(mail?.html).toContain('They lost &#60;my&#62; bag no. 1');
    const [chart] = mail?.attachments ?? [];
    expect(chart).toMatchObject({ mimeType: 'image/png', disposition: 'inline', related: true });
    expect(mail?.html).toContain(`cid:${chart?.contentId?.slice(1, -1)}`);
    expect(Buffer.from(chart?.content as ArrayBuffer)).toEqual(PIXEL);

    // Neither the same morning again, nor the next days of the same dip, write another.
    expect(await target.morning(DAY_ONE + 3)).toMatchObject({ events: 0, firing: 1, mails: 0 });
    await target.post(DAY_ONE + 4, posts(20, 0.2));
    expect(await target.morning(DAY_ONE + 4)).toMatchObject({ firing: 1, mails: 0 });
    expect(await send(target)).toEqual({ sent: [], failed: [] });
    expect(server.received).toHaveLength(1);
  });

  it('goes out again for the next dip, not for an earlier start of the same', async () => {
    const target = await openMailWorld();
    await dip(target);
    await target.morning(DAY_ONE + 3);
    await send(target);
    await target.post(DAY_ONE + 1, posts(300, 0.1));
    expect(await target.morning(DAY_ONE + 3)).toMatchObject({ firing: 1, mails: 0 });
    for (const day of [4, 5, 6]) await target.post(DAY_ONE + day, posts(20, 0.9));
    expect(await target.morning(DAY_ONE + 6)).toMatchObject({ firing: 0, mails: 1 });
    for (const day of [7, 8, 9]) await target.post(DAY_ONE + day, posts(20, 0.1));
    expect(await target.morning(DAY_ONE + 9)).toMatchObject({ firing: 1, mails: 1 });
    await send(target);
    // The end of the first dip and the start of the second wait for the same hour: one mail tells both.
    expect(server.received.map(({ mail }) => mail.subject)).toEqual([
      expect.stringContaining('below 0.45'),
      expect.stringMatching(/below 0\.45.* and 1 more$/),
    ]);
    expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(2);
  });

  it('waits in the outbox while the server refuses, and is tried again later', async () => {
    const target = await openMailWorld();
    await dip(target);
    await target.morning(DAY_ONE + 3);
    server.answer.refuse = 'greylisted, come back later';
    const { sent, failed } = await send(target);
    expect(sent).toEqual([]);
    expect(failed).toMatchObject([{ attempts: 1, error: expect.stringContaining('greylisted') }]);
    expect(await outboxState(target.store.read)).toMatchObject({
      waiting: 1,
      lastError: expect.stringContaining('greylisted'),
    });

    // Not yet due.
    expect(await send(target)).toEqual({ sent: [], failed: [] });
    target.now += 60_000;
    expect((await send(target)).failed).toMatchObject([{ attempts: 2 }]);
    target.now += 60_000;
    expect(await send(target)).toEqual({ sent: [], failed: [] });
    delete server.answer.refuse;
    target.now += 60_000;
    expect((await send(target)).sent).toHaveLength(1);
    expect(server.received).toHaveLength(1);
    expect(await outboxState(target.store.read)).toEqual({
      held: 0,
      waiting: 0,
      failed: 0,
      sent: 1,
      dead: 0,
      lastError: null,
    });
  });

  it('is the same mail to the byte when the program died before it was recorded as sent', async () => {
    const target = await openMailWorld();
    await dip(target);
    await target.morning(DAY_ONE + 3);
    await send(target);
    await target.store.read.db.updateTable('deliveries').set({ state: 'waiting' }).execute();
    target.now += 3_600_000;
    await send(target);
    const [first, second] = server.received;
    expect(second?.mail.messageId).toBe(first?.mail.messageId);
    expect(second?.bytes).toEqual(first?.bytes);
  });

  it('reaches the others when one recipient is refused, and is not sent twice', async () => {
    const target = await openMailWorld();
    await dip(target);
    await target.morning(DAY_ONE + 3);
    server.answer.refuseRecipient = 'boss@acme.example';
    expect((await send(target)).failed).toEqual([]);
    expect(server.received.map(({ recipients }) => recipients)).toEqual([['care@acme.example']]);
    expect(target.logged.join('')).toContain('boss@acme.example');
    expect(await send(target)).toEqual({ sent: [], failed: [] });
  });

  it('stays when nothing answers, or the server offers no TLS though it must', async () => {
    const target = await openMailWorld({ tls: 'required' });
    await dip(target);
    await target.morning(DAY_ONE + 3);
    expect((await send(target)).failed).toMatchObject([{ error: expect.stringMatching(/STARTTLS/i) }]);
    await server.close();
    target.now += 3_600_000;
    expect((await send(target)).failed).toMatchObject([{ error: expect.stringMatching(/ECONNREFUSED/) }]);
    server = await openServer();
  });

  it('tells nobody the password, even when the server does', async () => {
    const target = await openMailWorld({ user: 'monitor', password_env: 'SMTP_PASSWORD' });
    await dip(target);
    await target.morning(DAY_ONE + 3);
    const { failed } = await send(target, () => 'hunter2-hunter2');
    expect(failed).toMatchObject([{ error: expect.stringContaining('wrong password ***') }]);
    expect(target.logged.join('')).not.toContain('hunter2');
    target.now += 3_600_000;
    expect((await send(target, (name) => (name === 'SMTP_PASSWORD' ? 'secret' : undefined))).sent).toHaveLength(1);
  });

  it('is refused at the start without its password', async () => {
    const target = await openMailWorld({ user: 'monitor', password_env: 'SMTP_PASSWORD' });
    expect(() => transportsOf(target.context.config, () => undefined)).toThrow(/SMTP_PASSWORD.*is not set/);
  });
});

describe('a mail into the outbox folder', () => {
  it('is an .eml file that opens', async () => {
    world = await openWorld();
    await dip(world);
    await world.morning(DAY_ONE + 3);
    const { sent } = await send(world);
    const folder = join(world.directory, 'outbox');
    const files = await readdir(folder);
    expect(files).toEqual([sent[0]?.file]);
    expect(files[0]).toMatch(/^2026-11-04-acme-air-[0-9a-f]{8}\.eml$/);
    const mail = await PostalMime.parse(await readFile(join(folder, files[0] ?? '')));
    expect(mail.subject).toContain('[Acme Air]');
    expect(mail.attachments).toHaveLength(1);
    expect(await send(world)).toEqual({ sent: [], failed: [] });
  });

  it('stays queued when the folder cannot be written, and does not hold up the run', async () => {
    world = await openWorld({ mail: {} });
    await dip(world);
    await world.morning(DAY_ONE + 3);
    const folder = join(world.directory, 'outbox');
    await writeFile(folder, 'a file in the way');
    expect((await send(world)).failed).toHaveLength(1);
    await rm(folder);
    world.now += 60_000;
    expect((await send(world)).sent).toHaveLength(1);
  });
});

describe('no mail', () => {
  it('without recipients, which the log tells', async () => {
    world = await openWorld({ brands: { 'acme-air': { alerts: [{ below: 0.45, min_posts: 10 }] } } });
    await dip(world);
    expect(await world.morning(DAY_ONE + 3)).toMatchObject({ firing: 1, mails: 0 });
    expect(world.logged.join('')).toContain('nobody to send it to');
  });

  it('about a dip whose brand has had no data for longer than the window', async () => {
    world = await openWorld();
    await dip(world);
    await world.decide(DAY_ONE + 3);
    expect(await world.morning(DAY_ONE + 7)).toMatchObject({ firing: 1, mails: 0 });
    expect(world.logged.join('')).toContain('no data for longer than the window');
    expect(await world.morning(DAY_ONE + 6)).toMatchObject({ firing: 1, mails: 1 });
  });

  it('from days after the newest one', async () => {
    world = await openWorld();
    await dip(world);
    expect(await world.morning(DAY_ONE + 2)).toMatchObject({ firing: 0, mails: 0 });
  });
});
