import { createHmac } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { MonitorError, messageOf } from '../errors.ts';
import { type Secrets, secretAt, withoutSecrets } from './secret.ts';
import type { Transport } from './transport.ts';
import { oneLine, shorten } from './words.ts';

type Webhook = NonNullable<Config['teams'][string]['webhook']>;

const TIMEOUT_MS = 15_000;

/**
 * Posts a message as JSON to a team's address. The id is the same in every attempt, so that a receiver can drop a copy;
 * with a secret, the request is signed as the Standard Webhooks specification says. The address is a secret too: chat tools
 * let everybody in who knows it.
 */
export function webhookTransport(team: string, webhook: Webhook, secrets: Secrets): Transport {
  const key = `teams.${team}.webhook`;
  const url = webhook.url ?? secretAt({ env: webhook.url_env, file: webhook.url_file }, secrets, `${key}.url`) ?? '';
  const secret = secretAt({ env: webhook.secret_env, file: webhook.secret_file }, secrets, `${key}.secret`);
  const host = hostOf(url, key);
  return {
    async send({ messageId, chat }, _recipients, nowMs) {
      const body = JSON.stringify(chat);
      const id = messageId.slice(1, messageId.indexOf('@'));
      const failed = (what: string): MonitorError =>
        new MonitorError('E_MAIL', withoutSecrets(oneLine(what), [url, secret]), {
          remedy: `Check ${key} (${host}). The message stays in the outbox and is tried again.`,
        });
      let response: Response;
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...signed(id, nowMs, body, secret) },
          body,
          redirect: 'manual',
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
      } catch (cause) {
        throw failed(`${host} can't be reached: ${messageOf((cause as Error).cause ?? cause)}`);
      }
      const answer = await response.text().catch(() => '');
      if (!response.ok) throw failed(`${host} answered ${response.status}: ${shorten(oneLine(answer), 120)}`);
      return [];
    },
    close() {},
  };
}

/** The headers of Standard Webhooks 1.0: id, time in seconds and, with a secret, the HMAC of both and the body. */
function signed(id: string, nowMs: number, body: string, secret: string | undefined): Record<string, string> {
  const seconds = String(Math.floor(nowMs / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': seconds };
  if (secret === undefined) return headers;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

function hostOf(url: string, key: string): string {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return new URL(url).host;
  throw new MonitorError('E_CONFIG', `What ${key}.url is set to is not a web address.`, {
    remedy: 'It begins with https:// and comes from the chat tool, where an incoming webhook is made.',
  });
}
