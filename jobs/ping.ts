import type { RunOutcome } from '../db/schema.ts';
import { MonitorError, messageOf } from '../src/errors.ts';
import type { JobInput } from './session.ts';

const TIME_LIMIT_MS = 10_000;
/** Errors that say nothing about the night: somebody stopped it, or another run is doing it. */
const NO_NEWS = ['E_INTERRUPTED', 'E_BUSY'];

/**
 * Does a night and tells `ping_url` how it ended, so that somebody else notices when no night is done at all: the address itself
 * after a night that came to its end, the address with `/fail` after one that failed or whose mails could not be sent. A ping
 * that does not get through is logged; it never changes how the night ends.
 */
export async function pingAfter<Run extends { outcome: RunOutcome }>(
  input: Pick<JobInput, 'config' | 'log'>,
  night: () => Promise<Run>,
  limitMs = TIME_LIMIT_MS,
): Promise<Run> {
  try {
    const run = await night();
    await ping(input, run.outcome === 'ok' || run.outcome === 'rejected_input', limitMs);
    return run;
  } catch (thrown) {
    if (!(thrown instanceof MonitorError && NO_NEWS.includes(thrown.code))) await ping(input, false, limitMs);
    throw thrown;
  }
}

async function ping({ config, log }: Pick<JobInput, 'config' | 'log'>, ok: boolean, limitMs: number): Promise<void> {
  if (config.ping_url === undefined) return;
  const url = new URL(config.ping_url);
  if (!ok) url.pathname = `${url.pathname.replace(/\/$/, '')}/fail`;
  // Only the host is logged: the rest of such an address is all that protects it.
  const { host } = url;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
    await answer.body?.cancel();
    if (!answer.ok) log.warn({ host, status: answer.status }, 'ping_url did not take the ping');
  } catch (thrown) {
    const { cause } = Object(thrown) as { cause?: unknown };
    log.warn({ host, reason: messageOf(cause ?? thrown) }, 'ping_url could not be reached');
  }
}
