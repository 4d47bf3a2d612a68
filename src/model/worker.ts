import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, MonitorError, type Place } from '../errors.ts';
import type { Model } from './artifact.ts';
import type { EngineChoice } from './engines/engine.ts';
import type { Probabilities } from './probabilities.ts';

/** What the pool sends to a worker process. */
export interface WorkerRequest {
  readonly texts: readonly string[];
}

/** What a worker process sends back. An error loses its class on the way, so it travels in parts. */
export type WorkerReply =
  | { readonly kind: 'scores'; readonly networkSha256: string; readonly scores: Probabilities }
  | {
      readonly kind: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly place: Place;
      readonly remedy: string;
    };

type WorkerAnswer =
  | { readonly kind: 'scores'; readonly scores: Probabilities }
  | { readonly kind: 'error'; readonly error: MonitorError }
  | { readonly kind: 'died'; readonly how: string };

/** A worker process. It scores one list of texts at a time. */
export interface Worker {
  /** A worker that has not answered after `limitMs` milliseconds is killed, and counts as one that died. */
  score(texts: readonly string[], limitMs: number): Promise<WorkerAnswer>;
  /** Kills the process, which keeps nothing worth saving, and waits until it is gone. */
  kill(): Promise<void>;
}

// Beside this file, and built or not as this one is.
const WORKER_FILE = fileURLToPath(new URL(`./worker-process${extname(import.meta.url)}`, import.meta.url));

/** How much of a worker's last words is kept for the error message. */
const LAST_WORDS = 500;

/** Starts a worker process for the model. */
export function startWorker(model: Pick<Model, 'directory' | 'networkSha256'>, engine: EngineChoice): Worker {
  const child = fork(WORKER_FILE, [model.directory, engine], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Not the parent's options: two processes can't share an inspector's port, for one. Less room for young objects, and one
    // heap for the threads that take turns at the network: a third less memory, at no measurable cost of time.
    execArgv: ['--max-semi-space-size=4'],
    env: { ...process.env, MALLOC_ARENA_MAX: '1' },
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (words: string) => {
    lastWords = (lastWords + words).slice(-LAST_WORDS);
  });
  const { promise: gone, resolve: leave } = Promise.withResolvers<string>();
  // 'close' comes after 'exit' and after the last words; 'error' alone when the process could not be started.
  child.on('close', (code, signal) =>
    leave([signal ?? `exit code ${code}`, lastWords.trim()].filter(Boolean).join(': ')),
  );
  child.on('error', (error) => {
    if (child.pid === undefined) leave(error.message);
  });

  // One settler instead of a race with `gone`: that would keep every answer for as long as the process lives.
  let settle: (answer: WorkerAnswer) => void = () => undefined;
  let how: string | undefined;
  let overdue: string | undefined;
  child.on('message', (reply: WorkerReply) => settle(answerOf(reply, model)));
  void gone.then((end) => {
    how = overdue ?? end;
    settle({ kind: 'died', how });
  });

  function endOverdue(limitMs: number): void {
    overdue = `no answer after ${Math.round(limitMs / 1000)} seconds, so it was ended`;
    child.kill('SIGKILL');
  }

  return {
    score: (texts, limitMs) =>
      new Promise((resolve) => {
        let answered = false;
        // After a turn in which this process was busy itself, an answer may be waiting: it is heard before the worker is ended.
        const timer = setTimeout(() => setImmediate(() => answered || endOverdue(limitMs)), limitMs);
        settle = (answer) => {
          answered = true;
          clearTimeout(timer);
          resolve(answer);
        };
        if (how !== undefined) settle({ kind: 'died', how });
        else send(child, { texts });
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function send(child: ChildProcess, request: WorkerRequest): void {
  // A failure to send means that the process is gone, and its end is heard of anyway.
  if (child.connected) child.send(request, () => undefined);
}

function answerOf(reply: WorkerReply, model: Pick<Model, 'directory' | 'networkSha256'>): WorkerAnswer {
  if (reply.kind === 'error') {
    const { code, message, place, remedy } = reply;
    return { kind: 'error', error: new MonitorError(code, message, { place, remedy }) };
  }
  if (reply.networkSha256 === model.networkSha256) return { kind: 'scores', scores: reply.scores };
  return {
    kind: 'error',
    error: new MonitorError('E_MODEL_INVALID', 'The model was replaced by another one while it was in use.', {
      place: { file: model.directory },
      remedy: 'Run the same command again: it scores with the new model.',
    }),
  };
}
