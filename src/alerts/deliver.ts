import { markFailed, markSent, type WaitingDelivery, waitingDeliveries } from '../../db/outbox.ts';
import type { Context } from '../context.ts';
import { MonitorError, messageOf, throwIfAborted } from '../errors.ts';
import { isFileTrouble } from '../system-errors.ts';
import type { Transports } from './delivery.ts';
import type { RenderedMail } from './mail.ts';

const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;

/** What became of the mails that were due. */
export interface Delivered {
  readonly sent: readonly { readonly subject: string; readonly to: readonly string[]; readonly file?: string }[];
  readonly failed: readonly { readonly subject: string; readonly error: string; readonly attempts: number }[];
}

/**
 * Sends the mails that are due, oldest first. One that fails stays in the outbox with its error and is tried again later;
 * the others go on. A mail whose sending was not recorded, because the program died in between, goes out again
 * with the same Message-ID and the same bytes.
 */
export async function deliver(context: Context, transports: Transports): Promise<Delivered> {
  const { store, clock, log, signal } = context;
  const sent: Delivered['sent'][number][] = [];
  const failed: Delivered['failed'][number][] = [];
  for (const delivery of await waitingDeliveries(store.read, clock())) {
    throwIfAborted(signal);
    const { notification_id: id, channel } = delivery;
    const mail = JSON.parse(delivery.rendered) as RenderedMail;
    const { subject, to, file } = mail;
    try {
      const refused = await send(transports, delivery, mail);
      await store.transaction((tx) => markSent(tx, id, channel));
      sent.push(channel === 'outbox' ? { subject, to, file } : { subject, to });
      // Trying again would send a second copy to those who have it.
      if (refused.length > 0) log.warn({ subject, refused }, 'mail sent, but the server refused some recipients');
      else log.info({ subject, to, channel }, 'mail sent');
    } catch (thrown) {
      if (!(thrown instanceof MonitorError) || !(thrown.code === 'E_MAIL' || isFileTrouble(thrown))) throw thrown;
      const attempts = delivery.attempts + 1;
      const error = messageOf(thrown);
      await store.transaction((tx) => markFailed(tx, id, channel, error, clock() + retryAfter(attempts)));
      failed.push({ subject, error, attempts });
      log.error({ subject, channel, attempts, error, remedy: thrown.remedy }, 'mail not sent; it stays in the outbox');
    }
  }
  return { sent, failed };
}

function send(transports: Transports, { channel }: WaitingDelivery, mail: RenderedMail): Promise<readonly string[]> {
  const transport = transports[channel];
  if (transport) return transport.send(mail);
  throw new MonitorError('E_MAIL', 'The mail was meant for SMTP, which is no longer configured.', {
    remedy: 'Put mail.smtp back into the config; the mail waits until then.',
  });
}

/** Doubles with each attempt: 1 minute, 2, 4, … up to 6 hours, so that a nightly run always tries again. */
function retryAfter(attempts: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
}
