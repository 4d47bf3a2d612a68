import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Channel } from '../../db/outbox.ts';
import type { Config } from '../config/schema.ts';
import { writeFileAtomic } from '../files.ts';
import { fileError } from '../system-errors.ts';
import { composeMail, type RenderedMail } from './mail.ts';
import type { Secrets } from './secret.ts';
import { smtpTransport } from './smtp.ts';
import { webhookTransport } from './webhook.ts';

/** A recipient whom the server refused while it accepted others. */
export interface Refusal {
  readonly recipient: string;
  readonly reason: string;
  /** Whether trying again later may help. */
  readonly isTemporary: boolean;
}

/** A way for messages to leave. */
export interface Transport {
  /**
   * Sends a message to these recipients of it. Resolves to those who were refused while others were
   * accepted. Errors: E_MAIL when nobody got it; those of writing files.
   */
  send(mail: RenderedMail, recipients: readonly string[], nowMs: number): Promise<readonly Refusal[]>;
  close(): void;
}

/** The channels that are set up. A webhook is its team's own. */
export interface Transports {
  readonly outbox: Transport;
  readonly smtp: Transport | undefined;
  readonly webhooks: ReadonlyMap<string, Transport>;
  close(): void;
}

/** The channels that new messages of a team take: mail by SMTP where it is configured, as .eml files otherwise; its webhook. */
export function channelsOf(config: Config, team: Config['teams'][string] | undefined): Channel[] {
  const mail: Channel = config.mail.smtp === undefined ? 'outbox' : 'smtp';
  if (team === undefined) return [mail];
  return [...(team.to.length > 0 ? [mail] : []), ...(team.webhook === undefined ? [] : (['webhook'] as const))];
}

/** The transports of a config. Errors: E_CONFIG when a secret that it names is missing. */
export function transportsOf(config: Config, secrets: Secrets): Transports {
  const outbox = folderTransport(join(config.data_dir, 'outbox'));
  const smtp = config.mail.smtp && smtpTransport(config.mail.smtp, secrets);
  const webhooks = new Map(
    Object.entries(config.teams).flatMap(([name, { webhook }]) =>
      webhook === undefined ? [] : [[name, webhookTransport(name, webhook, secrets)] as const],
    ),
  );
  return { outbox, smtp, webhooks, close: () => smtp?.close() };
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
