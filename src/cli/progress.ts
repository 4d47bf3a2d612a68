import { SingleBar } from 'cli-progress';
import type { Logger } from 'pino';
import type { Clock, Progress } from '../context.ts';

/** Log lines of long work come at most this often. */
const LOG_EVERY_MS = 10_000;

/** A bar on a terminal, log lines otherwise; both go to stderr. */
export function createProgress(terminal: boolean, log: Logger, clock: Clock): Progress {
  return terminal ? barProgress() : logProgress(log, clock);
}

function barProgress(): Progress {
  let bar: SingleBar | undefined;
  return {
    start: (label, total) => {
      if (total === undefined || total === 0) return;
      bar = new SingleBar({
        format: `${label.padEnd(10)} {bar} {percentage}% | {value}/{total} | {eta_formatted} left`,
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
      });
      bar.start(total, 0);
    },
    advance: (by) => bar?.increment(by),
    finish: () => {
      bar?.stop();
      bar = undefined;
    },
  };
}

function logProgress(log: Logger, clock: Clock): Progress {
  let work = { label: '', total: 0, done: 0, startedMs: 0, loggedMs: 0 };
  return {
    start: (label, total) => {
      const now = clock();
      work = { label, total: total ?? 0, done: 0, startedMs: now, loggedMs: now };
    },
    advance: (by) => {
      work.done += by;
      const now = clock();
      if (now - work.loggedMs < LOG_EVERY_MS) return;
      work.loggedMs = now;
      const leftSeconds = Math.round(((now - work.startedMs) / 1000 / work.done) * Math.max(0, work.total - work.done));
      log.info({ done: work.done, total: work.total, left_seconds: leftSeconds }, work.label);
    },
    finish: () => undefined,
  };
}
