import { markFailed, markSent, type WaitingDelivery, waitingDeliveries } from '../../db/deliveries.ts';
import { takeDeliveryLock } from '../../db/delivery-lock.ts';
import type { Context } from '../context.ts';
import { MonitorError, messageOf, throwIfAborted } from '../errors.ts';
import { isFileTrouble } from '../system-errors.ts';
import { nextAttempt } from './backoff.ts';
import { composeMessages } from './compose.ts';
import { parseMail, type RenderedMail } from './mail.ts';
import { isUnreachable } from './smtp.ts';
import type { Refusal, Transport, Transports } from './transport.ts';

/** What sending needs: no model, no progress. */
export type DeliveryContext = Pick<Context, 'store' | 'config' | 'clock' | 'log' | 'signal'>;

/** What became of the messages that were due. */
export interface Delivered {
  readonly sent: readonly { readonly subject: string; readonly to: readonly string[]; readonly file?: string }[];
  readonly failed: readonly {
    readonly subject: string;
    readonly error: string;
    readonly attempts: number;
    /** Present when it was given up. */
    readonly dead?: true;
  }[];
}

/**
 * Makes messages of the notifications that are due and sends them, oldest first. One that fails stays in the outbox with its
 * error and is tried again later; the others go on, but for those that need a server which can't be reached. One program sends at a
 * time; another leaves it to that one. A mail whose sending was not recorded, because the program died in between, goes
 * out again with the same Message-ID and the same bytes.
 */
export async function deliver(context: DeliveryContext, transports: Transports): Promise<Delivered> {
  const release = await takeDeliveryLock(context.store, context.config, `process ${process.pid}`);
  if (!release) {
    // The one at work looks for more before it ends, so it finds what was queued before it was asked for its turn.
    context.log.info('another program is sending what waits');
    return { sent: [], failed: [] };
  }
  try {
    return await deliverAll(context, transports);
  } finally {
    await release();
  }
}

async function deliverAll(context: DeliveryContext, transports: Transports): Promise<Delivered> {
  const { store, clock, signal } = context;
  const result = { sent: [] as Delivered['sent'][number][], failed: [] as Delivered['failed'][number][] };
  const tried = new Set<string>();
  const unreachable = new Set<Transport>();
  for (;;) {
    await composeMessages(context);
    const due = (await waitingDeliveries(store.read, clock())).filter((delivery) => !tried.has(nameOf(delivery)));
    if (due.length === 0) return result;
    for (const delivery of due) {
      throwIfAborted(signal);
      tried.add(nameOf(delivery));
      const transport = transportOf(transports, delivery);
      if (transport && unreachable.has(transport)) continue;
      const mail = parseMail(delivery.rendered);
      try {
        const refused = await send(transport, delivery, mail, clock());
        await record(context, delivery, mail, refused, result);
      } catch (thrown) {
        if (!(thrown instanceof MonitorError) || !(thrown.code === 'E_MAIL' || isFileTrouble(thrown))) throw thrown;
        if (transport && isUnreachable(thrown)) unreachable.add(transport);
        await fail(context, delivery, mail, { error: messageOf(thrown), remedy: thrown.remedy }, result);
      }
    }
  }
}

interface Results {
  sent: Delivered['sent'][number][];
  failed: Delivered['failed'][number][];
}

/** Everybody got it, or those who can get it at all; or some are asked to wait. */
async function record(
  context: DeliveryContext,
  delivery: WaitingDelivery,
  mail: RenderedMail,
  refused: readonly Refusal[],
  results: Results,
): Promise<void> {
  const { store, log } = context;
  const { subject, to, file } = mail;
  const { channel } = delivery;
  const forGood = refused.filter(({ isTemporary }) => !isTemporary);
  const later = refused.filter(({ isTemporary }) => isTemporary);
  // Trying these again would end the same way.
  if (forGood.length > 0) log.warn({ subject, refused: forGood }, 'mail sent, but the server refused some recipients');
  if (later.length > 0) {
    const recipients = later.map(({ recipient }) => recipient);
    const error = describe(later);
    await fail(
      context,
      delivery,
      mail,
      { error, remedy: 'The others have it; these are tried again.' },
      results,
      recipients,
    );
    return;
  }
  await store.transaction((tx) => markSent(tx, delivery, forGood.length > 0 ? describe(forGood) : null));
  results.sent.push(
    channel === 'outbox' ? { subject, to, file } : { subject, to: channel === 'smtp' ? to : ['webhook'] },
  );
  if (forGood.length === 0) log.info({ subject, to, channel }, 'message sent');
}

function describe(refused: readonly Refusal[]): string {
  return refused.map(({ recipient, reason }) => `${recipient}: ${reason}`).join('; ');
}

async function fail(
  { store, clock, log }: DeliveryContext,
  delivery: WaitingDelivery,
  { subject }: RenderedMail,
  { error, remedy }: { error: string; remedy: string },
  { failed }: Results,
  recipients = waitingRecipients(delivery),
): Promise<void> {
  const attempts = delivery.attempts + 1;
  const message = { key: delivery.message_key, createdMs: delivery.created_ms };
  const nextMs = nextAttempt(message, attempts, clock());
  await store.transaction((tx) => markFailed(tx, delivery, { error, nextMs, recipients }));
  failed.push({ subject, error, attempts, ...(nextMs === null ? { dead: true } : {}) });
  const about = { subject, channel: delivery.channel, attempts, error, remedy };
  if (nextMs === null) log.error(about, 'message given up; `monitor alerts deliver --again` tries it once more');
  else log.error(about, 'message not sent; it stays in the outbox');
}

function send(
  transport: Transport | undefined,
  delivery: WaitingDelivery,
  mail: RenderedMail,
  nowMs: number,
): Promise<readonly Refusal[]> {
  if (transport) return transport.send(mail, waitingRecipients(delivery) ?? mail.to, nowMs);
  const [what, where] =
    delivery.channel === 'webhook' ? ['a webhook', `teams.${delivery.team}.webhook`] : ['SMTP', 'mail.smtp'];
  throw new MonitorError('E_MAIL', `The message was meant for ${what}, which is no longer configured.`, {
    remedy: `Put ${where} back into the config; the message waits until then.`,
  });
}

function waitingRecipients({ recipients }: WaitingDelivery): readonly string[] | null {
  return recipients === null ? null : (JSON.parse(recipients) as string[]);
}

function transportOf(transports: Transports, { channel, team }: WaitingDelivery): Transport | undefined {
  return channel === 'webhook' ? transports.webhooks.get(team ?? '') : transports[channel];
}

function nameOf({ message_id, channel }: WaitingDelivery): string {
  return `${message_id} ${channel}`;
}
