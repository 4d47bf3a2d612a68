import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outboxState } from '../../db/deliveries.ts';
import { dueAt } from '../../src/alerts/due.ts';
import type { RenderedMail } from '../../src/alerts/mail.ts';
import { deliver, queueDigests, transportsOf } from '../../src/alerts/stage.ts';
import { webhookTransport } from '../../src/alerts/webhook.ts';
import { configSchema } from '../../src/config/schema.ts';
import { DAY_ONE, openWorld, posts, type World } from './world.ts';

let received: { headers: IncomingHttpHeaders; body: string }[];
let status: number;
let server: Server;
let url: string;
let world: World | undefined;
beforeEach(async () => {
  received = [];
  status = 200;
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(status).end(`no: ${url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/T0/secret-part`;
});
afterEach(async () => {
  await world?.close();
  world = undefined;
  server.close();
});

const HOOK = { url_env: 'CHAT_URL', secret_env: 'CHAT_SECRET' };
const secrets = (name: string) => ({ CHAT_URL: url, CHAT_SECRET: 'hunter2' })[name];

async function dipFor(team: Record<string, unknown>): Promise<World> {
  const opened = await openWorld({ teams: { care: team } });
  world = opened;
  for (const day of [0, 1, 2]) await opened.post(DAY_ONE + day, posts(20, 0.6));
  await opened.post(DAY_ONE + 3, posts(40, 0.1));
  await opened.morning(DAY_ONE + 3);
  return opened;
}

const send = (target: World) => deliver(target.context, transportsOf(target.context.config, secrets));

describe('a webhook', () => {
  it('gets the alert as JSON, signed, beside the mail', async () => {
    const target = await dipFor({ to: ['care@acme.example'], webhook: HOOK });
    expect((await send(target)).sent).toHaveLength(2);
    const [first] = received;
    const body = JSON.parse(first?.body ?? '{}');
    expect(body.text).toContain('🔴 Acme Air: Sentiment 0.43, below 0.45');
    expect(body.alerts).toMatchObject([{ notification: 1, kind: 'firing', brand: 'acme-air', day: '2026-11-04' }]);
    expect(first?.body).not.toContain('Post number');
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = first?.headers ?? {};
    const expected = createHmac('sha256', 'hunter2').update(`${id}.${time}.${first?.body}`).digest('base64');
    expect(signature).toBe(`v1,${expected}`);
  });

  it('that refuses waits by itself; a second attempt has the same id; its address stays secret', async () => {
    const target = await dipFor({ to: ['care@acme.example'], webhook: HOOK });
    status = 503;
    const { sent, failed } = await send(target);
    expect(sent).toHaveLength(1);
    expect(failed).toMatchObject([{ error: expect.stringMatching(/answered 503: no: \*\*\*/) }]);
    expect(target.logged.join('')).not.toMatch(/secret-part|hunter2/);
    status = 204;
    target.now += 60_000;
    expect((await send(target)).sent).toHaveLength(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await outboxState(target.store.read)).toMatchObject({ waiting: 0, sent: 2 });
  });

  it('alone is enough for a team; its secrets may be in files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-secret-'));
    writeFileSync(join(folder, 'url'), `${url}\n`);
    const target = await dipFor({ webhook: { url_file: join(folder, 'url') } });
    expect((await send(target)).sent).toMatchObject([{ to: ['webhook'] }]);
    rmSync(folder, { recursive: true });
    expect(() => transportsOf(target.context.config, secrets)).toThrow(/can't be read/);
  });
});

describe('a webhook by itself', () => {
  const mail = { messageId: '<0123abcd@acme.example>', chat: { text: 'Grüße' } } as RenderedMail;
  const post = (webhook: Parameters<typeof webhookTransport>[1], of: typeof secrets = secrets) =>
    webhookTransport('care', webhook, of).send(mail, [], 1_700_000_000_999);

  it('is sent JSON with the id and the second, and signed with the key that a secret of the standard stands for', async () => {
    const key = Buffer.from('a key of bytes');
    expect(await post({ url, secret_env: 'S' }, () => `whsec_${key.toString('base64')}`)).toEqual([]);
    const [request] = received;
    const signature = createHmac('sha256', key).update('0123abcd.1700000000.{"text":"Grüße"}').digest('base64');
    expect(request?.body).toBe('{"text":"Grüße"}');
    expect(request?.headers).toMatchObject({
      ...{ 'content-type': 'application/json', 'webhook-id': '0123abcd', 'webhook-timestamp': '1700000000' },
      'webhook-signature': `v1,${signature}`,
    });
    await post({ url, secret_env: 'S' }, () => 'key_whsec_');
    const plain = createHmac('sha256', 'key_whsec_').update('0123abcd.1700000000.{"text":"Grüße"}').digest('base64');
    expect(received[1]?.headers['webhook-signature']).toBe(`v1,${plain}`);
    await post({ url });
    expect(received[2]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('that answers nothing, or half an answer, says which and where to look', async () => {
    const { host } = new URL(url);
    const remedy = `Check teams.care.webhook (${host}). The message stays in the outbox and is tried again.`;
    server.removeAllListeners('request');
    server.on('request', (_request, response: ServerResponse) => {
      response.writeHead(500, { 'content-length': 100 }).write('half', () => response.destroy());
    });
    await expect(post({ url })).rejects.toMatchObject({ code: 'E_MAIL', message: `${host} answered 500:`, remedy });
    await new Promise((resolve) => server.close(resolve));
    const message = `${host} can't be reached: connect ECONNREFUSED ${host}`;
    await expect(post({ url })).rejects.toMatchObject({ code: 'E_MAIL', message, remedy });
  });

  it.each(['chat.example/hook', 'ftp://chat.example', 'xhttps://chat.example', ''])(
    'at "%s" is refused at the start',
    (address) => {
      expect(() => webhookTransport('care', { url: address }, secrets)).toThrow(
        expect.objectContaining({
          ...{ code: 'E_CONFIG', message: 'What teams.care.webhook.url is set to is not a web address.' },
          remedy: 'It begins with https:// and comes from the chat tool, where an incoming webhook is made.',
        }),
      );
    },
  );

  it.each(['url', 'secret'])('is refused at the start without its %s', (what) => {
    const hook = what === 'url' ? { url_env: 'GONE' } : { url, secret_env: 'GONE' };
    expect(() => webhookTransport('care', hook, () => undefined)).toThrow(
      `The environment variable GONE, which teams.care.webhook.${what}_env names, is not set.`,
    );
  });
});

describe('a team with an hour of its own', () => {
  it('gets all that was found since in one mail then, in its zone', async () => {
    const target = await dipFor({ to: ['care@acme.example'], send_after: '07:00', time_zone: 'Europe/Berlin' });
    expect(await send(target)).toEqual({ sent: [], failed: [] });
    expect(await outboxState(target.store.read)).toMatchObject({ held: 1, waiting: 0 });
    target.now = Date.UTC(2026, 10, 21, 5, 59);
    expect((await send(target)).sent).toEqual([]);
    target.now = Date.UTC(2026, 10, 21, 6, 0);
    expect((await send(target)).sent).toHaveLength(1);
  });

  it('that wants a digest gets one mail a day, with where its brands stand', async () => {
    const target = await dipFor({ to: ['care@acme.example'], digest: 'daily' });
    expect(await queueDigests(target.context, DAY_ONE + 3)).toEqual({ teams: 1 });
    expect(await queueDigests(target.context, DAY_ONE + 3)).toEqual({ teams: 0 });
    expect((await send(target)).sent).toMatchObject([{ subject: '[Daily digest] 4 November 2026: 1 new alert' }]);
    const settings = { send_after: 420, time_zone: 'UTC', digest: 'daily' } as const;
    const noon = Date.UTC(2026, 10, 21, 12);
    expect(dueAt(settings, 'UTC', noon, null)).toBe(noon);
    expect(dueAt(settings, 'UTC', noon, noon - 1)).toBe(Date.UTC(2026, 10, 22, 7));
    expect(dueAt({ ...settings, time_zone: 'America/New_York' }, 'UTC', Date.UTC(2026, 10, 21, 2), null)).toBe(
      Date.UTC(2026, 10, 21, 2),
    );
  });
});

describe('the settings of mail', () => {
  const mistakes = (settings: unknown) => configSchema.safeParse(settings).error?.issues.map(({ message }) => message);
  it('refuse what can not work', () => {
    expect(mistakes({ teams: { a: {} } })).toEqual(['needs at least one address, or the team a webhook']);
    expect(mistakes({ teams: { a: { to: ['x@y.example'], send_after: '7' } } })?.[0]).toContain('time of day');
    expect(mistakes({ teams: { a: { webhook: {} } } })?.[0]).toContain('one of url, url_env and url_file');
    expect(mistakes({ mail: { from: 'nobody' } })?.[0]).toContain('is not an address');
    expect(mistakes({ mail: { smtp: { host: 'h', user: 'u' } } })?.[0]).toContain('go together');
    expect(mistakes({ mail: { smtp: { host: 'h', user: 'u', password_file: 'p' } } })).toBeUndefined();
  });
});
