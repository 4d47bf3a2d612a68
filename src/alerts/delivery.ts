import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import type { Channel } from '../../db/outbox.ts';
import type { Config } from '../config/schema.ts';
import { MonitorError, messageOf } from '../errors.ts';
import { writeFileAtomic } from '../files.ts';
import { fileError } from '../system-errors.ts';
import { composeMail, type RenderedMail } from './mail.ts';
import { oneLine } from './words.ts';

/** A way for mails to leave. */
interface Transport {
  /** Sends a mail; resolves to the recipients that were refused while others were accepted. Errors: E_MAIL, and those of writing files. */
  send(mail: RenderedMail): Promise<readonly string[]>;
  close(): void;
}

/** The channels that are set up. */
export type Transports = Partial<Record<Channel, Transport>>;

/** The channel that new mails take: SMTP where it is configured, .eml files otherwise. */
export function channelOf(config: Config): Channel {
  return config.mail.smtp === undefined ? 'outbox' : 'smtp';
}

/**
 * The transports of a config. `secrets` looks up the password by the name in `mail.smtp.password_env`.
 * Errors: E_CONFIG when that is not set.
 */
export function transportsOf(config: Config, secrets: (name: string) => string | undefined): Transports {
  const outbox = folderTransport(join(config.data_dir, 'outbox'));
  const { smtp } = config.mail;
  return smtp === undefined ? { outbox } : { outbox, smtp: smtpTransport(smtp, secrets) };
}

/** Writes each mail as an .eml file into a folder. */
function folderTransport(folder: string): Transport {
  return {
    async send(mail) {
      const bytes = await composeMail(mail);
      try {
        await mkdir(folder, { recursive: true });
      } catch (cause) {
        throw fileError(cause, folder, "The outbox folder can't be made", 'Check that nothing else has its name.');
      }
      await writeFileAtomic(join(folder, mail.file), bytes);
      return [];
    },
    close() {},
  };
}

/** Sends by SMTP, over TLS unless the config says otherwise. */
function smtpTransport(
  smtp: NonNullable<Config['mail']['smtp']>,
  secrets: (name: string) => string | undefined,
): Transport {
  const password = passwordOf(smtp, secrets);
  const transporter = createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.secure,
    requireTLS: smtp.require_tls && !smtp.secure,
    ...(smtp.user === undefined ? {} : { auth: { user: smtp.user, pass: password ?? '' } }),
    // A server that answers nothing must not hold up the night: the mail waits in the outbox instead.
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 60_000,
  });
  return {
    async send(mail) {
      const [sender] = addressparser(oneLine(mail.from), { flatten: true });
      try {
        const sent = await transporter.sendMail({
          raw: await composeMail(mail),
          envelope: { from: sender?.address ?? '', to: [...mail.to] },
        });
        return sent.rejected;
      } catch (cause) {
        throw new MonitorError('E_MAIL', withoutSecret(oneLine(messageOf(cause)), smtp.user, password), {
          remedy: `Check mail.smtp (${smtp.host}, port ${smtp.port}) and its password. The mail stays in the outbox and is tried again.`,
        });
      }
    },
    close: () => transporter.close(),
  };
}

function passwordOf(
  { user, password_env }: NonNullable<Config['mail']['smtp']>,
  secrets: (name: string) => string | undefined,
): string | undefined {
  // The config holds both or neither.
  if (user === undefined || password_env === undefined) return undefined;
  const password = secrets(password_env);
  if (password === undefined || password === '')
    throw new MonitorError(
      'E_CONFIG',
      `The environment variable ${password_env}, which mail.smtp.password_env names, is not set.`,
      { remedy: `Set ${password_env} to the password of ${user}, or take user and password_env out of mail.smtp.` },
    );
  return password;
}

/** Some servers repeat in their answer what they were sent. */
function withoutSecret(message: string, user = '', password = ''): string {
  if (password === '') return message;
  const encoded = [password, `\0${user}\0${password}`].map((secret) => Buffer.from(secret).toString('base64'));
  return [...encoded, password].reduce((text, secret) => text.replaceAll(secret, '***'), message);
}
