// For mutation tests: the thread that tests run in is kept from one change of the code to the next, as are the modules that it has
// loaded. vitest ends it after each run, and loading the program and its libraries anew takes longer than most tests.

import type { Plugin } from 'vitest/config';
import { ThreadsPoolWorker } from 'vitest/node';

type Message = Parameters<ThreadsPoolWorker['send']>[0];
type Listener = Parameters<ThreadsPoolWorker['on']>[1];

/** The thread that is kept. There is one: each of Stryker's processes has one worker. */
let kept: ThreadsPoolWorker | undefined;
let runs = 0;

/** A thread listens once more for each run, so that it is kept for so many. */
const MOST_RUNS = 200;

async function end(): Promise<void> {
  const ending = kept;
  [kept, runs] = [undefined, 0];
  await ending?.stop();
}

class KeptThread {
  readonly name = 'kept-thread';
  readonly #listeners: [event: string, listener: Listener][] = [];
  readonly #options: ConstructorParameters<typeof ThreadsPoolWorker>[0];
  #isAsked = false;

  constructor(options: ConstructorParameters<typeof ThreadsPoolWorker>[0]) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (kept) return;
    kept = new ThreadsPoolWorker(this.#options);
    await kept.start();
  }

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener]);
    kept?.on(event, listener);
  }

  off(event: string, listener: Listener): void {
    kept?.off(event, listener);
  }

  send(message: Message): void {
    if ((message as { type?: string }).type !== 'stop') {
      kept?.send(message);
      return;
    }
    this.#isAsked = true;
    const stopped = { type: 'stopped', __vitest_worker_response__: true };
    for (const [event, listener] of this.#listeners) if (event === 'message') listener(stopped);
  }

  /** Ends the thread where it no longer answers, or has done its runs. */
  async stop(): Promise<void> {
    for (const [event, listener] of this.#listeners) kept?.off(event, listener);
    runs += 1;
    if (!this.#isAsked || runs >= MOST_RUNS) await end();
  }

  deserialize(data: unknown): unknown {
    return data;
  }
}

/** Makes vitest run its tests in a thread that stays. */
export function keptThread(): Plugin {
  return {
    name: 'kept-thread',
    configureVitest({ vitest, project }) {
      vitest.onClose(end);
      project.config.pool = 'kept-thread';
      project.config.poolRunner = { name: 'kept-thread', createPoolWorker: (options) => new KeptThread(options) };
    },
  };
}
