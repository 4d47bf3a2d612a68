import { createHash } from 'node:crypto';

const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;
/** A mail server that is down over a long weekend still gets it; later an alert is history. */
const GIVE_UP_AFTER_MS = 4 * 24 * 3_600_000;

/**
 * When a message is tried again after so many attempts, milliseconds UTC; null when it is given up, four days after it was made. The
 * wait doubles from one minute to six hours, so that a nightly run always tries again, and is shortened by up to a half:
 * differently for each message, so that those that failed together do not all come back together, and the same for the
 * same message and attempt, so that a run can be repeated.
 */
export function nextAttempt(
  message: { readonly key: string; readonly createdMs: number },
  attempts: number,
  nowMs: number,
): number | null {
  if (nowMs - message.createdMs >= GIVE_UP_AFTER_MS) return null;
  const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20));
  const drawn = createHash('sha256').update(`${message.key} ${attempts}`).digest().readUInt32BE() / 2 ** 32;
  return nowMs + Math.round(wait * (1 - drawn / 2));
}
