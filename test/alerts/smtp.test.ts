import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { mailNames, type RenderedMail } from '../../src/alerts/mail.ts';
import { checkSmtp, connectionOf, isUnreachable, smtpTransport } from '../../src/alerts/smtp.ts';
import { MonitorError } from '../../src/errors.ts';

type Smtp = Parameters<typeof checkSmtp>[0];

const from = 'Monitor <monitor@acme.example>';
const mail: RenderedMail = {
  ...{ from, to: [], subject: 's', text: 't', html: '', dateMs: 0, charts: [], quotes: [], chat: { text: '' } },
  ...mailNames('key', { from, newestDay: 20_778, about: 'acme' }),
};

let server: { readonly port: number; close(): void } | undefined;
afterEach(() => server?.close());

/** A mail server in this process. */
async function serve(options: SMTPServerOptions): Promise<void> {
  const smtp = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true, closeTimeout: 1 },
    ...options,
  });
  smtp.on('error', () => undefined);
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  server = { port: (smtp.server.address() as AddressInfo).port, close: () => smtp.close() };
}

const settings = (change: Partial<Smtp> = {}): Smtp => ({
  ...{ host: '127.0.0.1', port: server?.port ?? 0, tls: 'none', per_minute: 1000, timeout_seconds: 5, ...change },
});

async function send(recipients: readonly string[], change: Partial<Smtp> = {}, password = 'hush') {
  const transport = smtpTransport(settings(change), () => password);
  return transport.send(mail, recipients, 0).finally(() => transport.close());
}

async function failure(work: Promise<unknown>): Promise<MonitorError> {
  const thrown = await work.catch((error: unknown) => error);
  return thrown instanceof MonitorError ? thrown : expect.fail('it is sent');
}

const refusal = (message: string, responseCode: number) => Object.assign(new Error(message), { responseCode });

describe('a mail by SMTP', () => {
  it('names its sender alone to the server, and tells who was refused and whether for good', async () => {
    const senders: string[] = [];
    await serve({
      onMailFrom({ address }, _session, done) {
        senders.push(address);
        done();
      },
      onRcptTo({ address }, _session, done) {
        const [, code] = /^code-(\d+)/.exec(address) ?? [];
        done(code === undefined ? null : refusal(`no:\n${code}`, Number(code)));
      },
      onData(stream, _session, done) {
        stream.on('end', done).resume();
      },
    });
    const refused = (code: number, isTemporary: boolean) => ({
      ...{ recipient: `code-${code}@acme.example`, isTemporary },
      reason: expect.stringMatching(new RegExp(`${code} no: ${code}`)),
    });
    const all = ['code-450@acme.example', 'care@acme.example', 'code-500@acme.example', 'code-550@acme.example'];
    expect(await send(all)).toEqual([refused(450, true), refused(500, false), refused(550, false)]);
    expect(senders).toEqual(['monitor@acme.example']);
  });

  it('that the server refuses says where to look; the server is there for the next', async () => {
    await serve({ onMailFrom: (_address, _session, done) => done(refusal('not you', 550)) });
    const error = await failure(send(['care@acme.example']));
    expect(error).toMatchObject({
      ...{ code: 'E_MAIL', message: expect.stringContaining('550 not you'), cause: expect.any(Error) },
      remedy: `Check mail.smtp (127.0.0.1, port ${server?.port}) and its password. The mail stays in the outbox and is tried again.`,
    });
    expect(isUnreachable(error)).toBe(false);
    expect(isUnreachable(new MonitorError('E_MAIL', 'no cause', { remedy: 'none' }))).toBe(false);
  });

  it('keeps the password to itself as the server repeats it, also with the name before it', async () => {
    const said = ['hush', Buffer.from('hush').toString('base64'), Buffer.from('\0ann\0hush').toString('base64')];
    await serve({ onAuth: (_auth, _session, done) => done(new Error(`not: ${said.join(' ')}`)) });
    const auth = { user: 'ann', password_env: 'SMTP_PASSWORD' };
    expect((await failure(send(['care@acme.example'], auth))).message).toMatch(/not: \*\*\* \*\*\* \*\*\*$/);
    expect((await failure(send(['care@acme.example'], auth, ''))).message).toBe(
      'The environment variable SMTP_PASSWORD, which mail.smtp.password_env names, is not set.',
    );
  });

  it('and the check of the server say that nothing answers', async () => {
    await serve({});
    await checkSmtp(settings(), () => undefined);
    const port = server?.port ?? 0;
    server?.close();
    const mailed = await failure(send(['care@acme.example'], { port }));
    expect([isUnreachable(mailed), mailed.message]).toEqual([true, `connect ECONNREFUSED 127.0.0.1:${port}`]);
    expect(await failure(checkSmtp(settings({ port }), () => undefined))).toMatchObject({
      ...{ code: 'E_MAIL', message: `127.0.0.1, port ${port}: connect ECONNREFUSED 127.0.0.1:${port}` },
      remedy: 'Check host, port, tls, user and password under mail.smtp, and that this machine may reach the server.',
    });
  });
});

describe('the connection to a mail server', () => {
  const one = { host: 'mail.acme.example', per_minute: 30, timeout_seconds: 7 };
  /** Encrypted from the first byte, by STARTTLS or not at all, or as the server offers. */
  const [direct, upgraded, never, asOffered] = [
    { secure: true, requireTLS: false, ignoreTLS: false },
    { secure: false, requireTLS: true, ignoreTLS: false },
    { secure: false, requireTLS: false, ignoreTLS: true },
    { secure: false, requireTLS: false, ignoreTLS: false },
  ];
  it.each([
    ['required', 587, upgraded],
    ['required', 465, direct],
    ['implicit', 587, direct],
    ['if_offered', 465, asOffered],
    ['none', 465, never],
  ] as const)('with tls: %s at port %i is encrypted as asked', (tls, port, encryption) => {
    const connection = {
      ...{ host: 'mail.acme.example', port, ...encryption },
      ...{ pool: true, maxConnections: 1, maxRequeues: 0, rateDelta: 60_000, rateLimit: 30 },
      ...{ connectionTimeout: 7000, greetingTimeout: 7000, socketTimeout: 7000 },
    };
    expect(connectionOf({ ...one, tls, port }, undefined)).toEqual(connection);
    expect(connectionOf({ ...one, tls, port, user: 'ann' }, 'hush')).toEqual({
      ...connection,
      auth: { user: 'ann', pass: 'hush' },
    });
  });
});
