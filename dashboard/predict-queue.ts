import { MonitorError } from '../src/errors.ts';
import type { Pool } from '../src/model/pool.ts';
import type { Probabilities } from '../src/model/probabilities.ts';

/** Scores texts of several requests together. */
export interface PredictQueue {
  /** Probabilities of the texts, in their order. Errors: E_BUSY when too many texts wait, and the pool's. */
  score(texts: readonly string[]): Promise<Probabilities>;
}

/** Requests scored, and the batches that they were scored in. */
export interface QueueCounts {
  requests: number;
  batches: number;
}

/** Texts that are run together: one job of the pool. A larger request is scored in parts, between which others come in. */
const MOST_TEXTS = 1_024;
const MOST_WAITING = 50_000;
/** Requests answered by one batch that are taken for many clients, and how long the next batch waits for them at most. */
const MANY = 8;
const MOMENT_MS = 10;

interface Request {
  readonly texts: readonly string[];
  readonly scores: Float64Array;
  /** How many of its texts were given to a batch. */
  taken: number;
  readonly done: (scores: Probabilities) => void;
  readonly failed: (reason: unknown) => void;
}

/**
 * A queue before a worker that takes all that has arrived whenever the worker is free: a client alone waits for nothing, and the
 * busier it gets the larger the batches are. Requests take turns, so that a large one doesn't hold up the small ones.
 */
export function predictQueue(
  pool: Pick<Pool, 'score'>,
  signal: AbortSignal,
  counts: QueueCounts = { requests: 0, batches: 0 },
): PredictQueue {
  let waiting: Request[] = [];
  let waitingTexts = 0;
  let working = false;
  let answered = 0;
  let arrived: (() => void) | undefined;

  async function work(): Promise<void> {
    working = true;
    while (waiting.length > 0) {
      const parts = takeBatch();
      const before = answered;
      const texts = parts.flatMap(({ request, from, to }) => request.texts.slice(from, to));
      counts.batches += 1;
      try {
        const scores = await pool.score(texts, signal);
        let position = 0;
        for (const { request, from, to } of parts) {
          request.scores.set(scores.subarray(2 * position, 2 * (position + to - from)), 2 * from);
          position += to - from;
          if (to === request.texts.length) {
            request.done(request.scores);
            answered += 1;
          }
        }
      } catch (thrown) {
        for (const { request } of parts) request.failed(thrown);
        const failed = new Set(parts.map(({ request }) => request));
        for (const request of waiting) if (failed.has(request)) waitingTexts -= request.texts.length - request.taken;
        waiting = waiting.filter((request) => !failed.has(request));
      }
      // Many who were answered at once ask again at once: one batch with them and those who wait costs little more than half of it.
      if (answered - before >= MANY) await arrivals(waiting.length + answered - before);
    }
    working = false;
  }

  /** Until so many requests wait, or the moment is over. */
  function arrivals(requests: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        arrived = undefined;
        resolve();
      };
      const timer = setTimeout(end, MOMENT_MS);
      arrived = () => {
        if (waiting.length >= requests) end();
      };
    });
  }

  /** An equal share of the batch for each request; what short ones leave goes to the others. */
  function takeBatch(): { request: Request; from: number; to: number }[] {
    const parts: { request: Request; from: number; to: number }[] = [];
    let room = MOST_TEXTS;
    const order = [...waiting].sort((a, b) => a.texts.length - a.taken - (b.texts.length - b.taken));
    for (const [index, request] of order.entries()) {
      const share = Math.max(1, Math.floor(room / (order.length - index)));
      const from = request.taken;
      const to = Math.min(request.texts.length, from + share);
      if (room === 0) break;
      request.taken = to;
      room -= to - from;
      waitingTexts -= to - from;
      parts.push({ request, from, to });
    }
    waiting = waiting.filter(({ taken, texts }) => taken < texts.length);
    return parts;
  }

  return {
    score: (texts) => {
      if (texts.length === 0) return Promise.resolve(new Float64Array());
      if (waitingTexts + texts.length > MOST_WAITING)
        return Promise.reject(
          new MonitorError('E_BUSY', 'Too many texts wait to be scored.', { remedy: 'Try again in a few seconds.' }),
        );
      return new Promise((done, failed) => {
        counts.requests += 1;
        waitingTexts += texts.length;
        waiting.push({ texts, scores: new Float64Array(2 * texts.length), taken: 0, done, failed });
        arrived?.();
        if (!working) void work();
      });
    },
  };
}
