import { createTransport } from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import type { Config } from '../config/schema.ts';
import { MonitorError, messageOf } from '../errors.ts';
import { composeMail } from './mail.ts';
import { type Secrets, secretAt, withoutSecrets } from './secret.ts';
import type { Refusal, Transport } from './transport.ts';
import { oneLine } from './words.ts';

type Smtp = NonNullable<Config['mail']['smtp']>;

const IMPLICIT_TLS_PORT = 465;

/** What nodemailer adds to its errors: the server's answer, where there is one. */
interface SmtpFailure extends Error {
  readonly responseCode?: number | undefined;
  readonly recipient?: string | undefined;
  /** What the client was at: CONN until the server has greeted it. */
  readonly command?: string | undefined;
}

/**
 * Sends by SMTP over one connection that is kept while mails follow one another. Whatever goes wrong is told and left to the
 * outbox: nodemailer's own repetitions are off, so that no copy goes out that nobody counts.
 */
export function smtpTransport(smtp: Smtp, secrets: Secrets): Transport {
  const { transporter, told } = connect(smtp, secrets);
  return {
    async send(mail, recipients) {
      const [sender] = addressparser(oneLine(mail.from), { flatten: true });
      const raw = await composeMail(mail);
      try {
        const sent = await transporter.sendMail({
          raw,
          envelope: { from: sender?.address ?? '', to: [...recipients] },
        });
        return refusals(sent.rejectedErrors ?? [], told);
      } catch (cause) {
        throw new MonitorError('E_MAIL', told(cause), {
          remedy: `Check mail.smtp (${smtp.host}, port ${smtp.port}) and its password. The mail stays in the outbox and is tried again.`,
          cause,
        });
      }
    },
    close: () => transporter.close(),
  };
}

/** Connects and signs in as a mail would, and sends nothing. Errors: E_MAIL with the server's reason; E_CONFIG for a missing password. */
export async function checkSmtp(smtp: Smtp, secrets: Secrets): Promise<void> {
  const { transporter, told } = connect(smtp, secrets);
  try {
    await transporter.verify();
  } catch (cause) {
    throw new MonitorError('E_MAIL', `${smtp.host}, port ${smtp.port}: ${told(cause)}`, {
      remedy: 'Check host, port, tls, user and password under mail.smtp, and that this machine may reach the server.',
      cause,
    });
  } finally {
    transporter.close();
  }
}

function connect(smtp: Smtp, secrets: Secrets) {
  const password = secretAt({ env: smtp.password_env, file: smtp.password_file }, secrets, 'mail.smtp.password');
  const told = (cause: unknown): string =>
    withoutSecrets(oneLine(messageOf(cause)), [password, `\0${smtp.user}\0${password}`]);
  return { transporter: createTransport(connectionOf(smtp, password)), told };
}

/** The connection to a mail server, as nodemailer is told of it. */
export function connectionOf(smtp: Smtp, password: string | undefined) {
  const isImplicit = smtp.tls === 'implicit' || (smtp.tls === 'required' && smtp.port === IMPLICIT_TLS_PORT);
  return {
    host: smtp.host,
    port: smtp.port,
    secure: isImplicit,
    requireTLS: smtp.tls === 'required' && !isImplicit,
    ignoreTLS: smtp.tls === 'none',
    ...(smtp.user === undefined ? {} : { auth: { user: smtp.user, pass: password ?? '' } }),
    pool: true,
    maxConnections: 1,
    maxRequeues: 0,
    rateDelta: 60_000,
    rateLimit: smtp.per_minute,
    // A server that answers nothing must not hold up the night: the mail waits in the outbox instead.
    connectionTimeout: smtp.timeout_seconds * 1000,
    greetingTimeout: smtp.timeout_seconds * 1000,
    socketTimeout: smtp.timeout_seconds * 1000,
  } as const;
}

function refusals(errors: readonly SmtpFailure[], told: (cause: unknown) => string): Refusal[] {
  return errors.map((error) => ({
    recipient: error.recipient ?? '',
    reason: told(error),
    // RFC 5321, 4.2.1: 4yz may succeed later, 5yz does not.
    isTemporary: (error.responseCode ?? 0) < 500,
  }));
}

/** Whether no connection came about, so that the next mail would meet the same. */
export function isUnreachable(error: MonitorError): boolean {
  return (error.cause as SmtpFailure | undefined)?.command === 'CONN';
}
