import { MonitorError, throwIfAborted } from '../errors.ts';
import type { Model } from './artifact.ts';
import type { EngineChoice } from './engines/engine.ts';
import { workersFor } from './engines/graphics-card.ts';
import type { Probabilities } from './probabilities.ts';
import { startWorker, type Worker } from './worker.ts';

/** Scores texts in worker processes, which can crash or be killed without harm to the job. */
export interface Pool {
  /**
   * Probabilities of the texts, in their order. Errors: E_INTERRUPTED on the signal, E_WORKER when workers keep dying or hanging,
   * and what a worker reports about the model.
   */
  score(texts: readonly string[], signal: AbortSignal): Promise<Probabilities>;
  /** Ends the workers, and waits until they are gone. What is under way ends with E_INTERRUPTED. */
  close(): Promise<void>;
}

/**
 * Texts of one job for a worker: a page of the scoring stage. Fixed, so that which texts are run together never depends on the
 * number of workers; large enough for many texts of the same length, of which half as many took a tenth longer.
 */
const TEXTS_PER_JOB = 4_096;

/** A job is given to a new worker this many times after the first one died on it. */
const RETRIES = 2;

/**
 * Milliseconds after which a worker is taken for hanging: a slow disk's time to load a model, and for each text a hundred times
 * what the slowest engine needs for it.
 */
function timeLimitOf(texts: number): number {
  return 300_000 + 200 * texts;
}

interface Job {
  readonly texts: readonly string[];
  readonly done: (scores: Probabilities) => void;
  readonly failed: (reason: unknown) => void;
  deaths: number;
  abandoned: boolean;
}

/**
 * A pool for this model on an engine, `auto` unless told otherwise. Workers start when there is work that no idle one can
 * take, at most `workers` of them.
 */
export function createPool(options: {
  model: Pick<Model, 'directory' | 'networkSha256'>;
  workers: number;
  engine?: EngineChoice;
  /** The time that a worker has for so many texts, in milliseconds; generous unless told otherwise. */
  timeLimit?: (texts: number) => number;
}): Pool {
  const { model, engine = 'auto', timeLimit = timeLimitOf } = options;
  const workers = workersFor(engine, options.workers);
  const queue: Job[] = [];
  const running = new Map<Worker, Job | undefined>();
  let closed = false;

  function dispatch(): void {
    while (!closed && queue.length > 0) {
      const idle = [...running].find(([, job]) => job === undefined)?.[0];
      if (idle === undefined && running.size >= workers) return;
      const job = queue.shift();
      if (job === undefined || job.abandoned) continue;
      run(idle ?? startWorker(model, engine), job);
    }
  }

  function run(worker: Worker, job: Job): void {
    running.set(worker, job);
    worker.score(job.texts, timeLimit(job.texts.length)).then(
      (answer) => {
        if (answer.kind === 'died') {
          running.delete(worker);
          redo(job, answer.how);
        } else {
          running.set(worker, undefined);
          if (answer.kind === 'scores') job.done(answer.scores);
          else job.failed(answer.error);
        }
        dispatch();
      },
      (defect) => job.failed(defect),
    );
  }

  function redo(job: Job, how: string): void {
    job.deaths += 1;
    if (closed || job.abandoned) return;
    if (job.deaths <= RETRIES) queue.unshift(job);
    else
      job.failed(
        new MonitorError('E_WORKER', `A scoring process died ${job.deaths} times on the same texts: ${how}`, {
          remedy:
            'Check that the machine has enough memory, and set model.workers to a smaller number. Then run again.',
        }),
      );
  }

  return {
    score: async (texts, signal) => {
      throwIfAborted(signal);
      const jobs: Job[] = [];
      const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
      const interrupt = () => stop(interrupted());
      const parts: Promise<Probabilities>[] = [];
      for (let start = 0; start < texts.length; start += TEXTS_PER_JOB) {
        const { promise, resolve, reject } = Promise.withResolvers<Probabilities>();
        jobs.push({
          texts: texts.slice(start, start + TEXTS_PER_JOB),
          done: resolve,
          failed: reject,
          deaths: 0,
          abandoned: false,
        });
        parts.push(promise);
      }
      signal.addEventListener('abort', interrupt, { once: true });
      try {
        if (closed) throw interrupted();
        queue.push(...jobs);
        dispatch();
        return joined(await Promise.race([Promise.all(parts), stopped]));
      } finally {
        signal.removeEventListener('abort', interrupt);
        for (const job of jobs) job.abandoned = true;
      }
    },
    close: async () => {
      closed = true;
      for (const job of [...queue, ...running.values()]) job?.failed(interrupted());
      queue.length = 0;
      await Promise.all([...running.keys()].map((worker) => worker.kill()));
      running.clear();
    },
  };
}

function joined(parts: readonly Probabilities[]): Probabilities {
  const all = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
  let position = 0;
  for (const part of parts) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}

function interrupted(): MonitorError {
  return new MonitorError('E_INTERRUPTED', 'Scoring was stopped. Everything scored so far is kept.', {
    remedy: 'Run the same command again: it goes on where it stopped.',
  });
}
