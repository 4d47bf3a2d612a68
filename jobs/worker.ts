import { setTimeout as pause } from 'node:timers/promises';
import { databaseOf } from '../db/database.ts';
import { knownModels } from '../db/networks.ts';
import { openQueues, type Queues } from '../db/queue.ts';
import type { Store } from '../db/store.ts';
import { MonitorError, messageOf } from '../src/errors.ts';
import type { Model } from '../src/model/artifact.ts';
import { createPool, type Pool } from '../src/model/pool.ts';
import { scoreNextBatch } from '../src/model/queued.ts';
import { locateModel } from './models.ts';
import type { JobInput } from './session.ts';

/** How long to wait for a database or a queue that isn't there yet, and for batches. */
const WAIT_MS = 2_000;
/** Batches are cut into parts for so many processes each. */
const PROCESSES_PER_BATCH = 4;

interface Work {
  batches: number;
  texts: number;
}

interface WorkerOptions {
  /** Scoring processes. */
  readonly concurrency: number;
  /** Makes what scores a model's texts; child processes unless told otherwise. */
  readonly poolOf?: (model: Model) => Pool;
}

/**
 * Helps runs on a PostgreSQL database: takes batches of texts from the queue and scores them, until it is asked to stop. Whatever
 * it does can be cut off at any point: its batch is then done again elsewhere. It waits for a server that is away, and for the
 * next run where the schema is older than this program. Returns what it did.
 * Errors: E_DATABASE_NEWER once a newer program has changed the schema; E_MODEL_…, E_ENGINE_… when it can't score; E_USAGE.
 */
export async function work(input: JobInput, options: WorkerOptions): Promise<Work> {
  const { config, signal, log } = input;
  const done: Work = { batches: 0, texts: 0 };
  const database = databaseOf(config, input.secrets);
  const scorers = new Scorers(input, options);
  let told = '';
  const tell = (reason: string): void => {
    if (reason !== told) log.info(reason);
    told = reason;
  };
  try {
    while (!signal.aborted) {
      try {
        const store = await database.openAsWorker();
        if (store) await whileOpen(store, (reason) => tell(reason));
        else tell('waiting: the next run brings the database up to date');
      } catch (thrown) {
        // A server that restarts, or a queue that the next run makes or brings up to date.
        const passing = thrown instanceof MonitorError && /^E_DATABASE(_UNREACHABLE)?$/.test(thrown.code);
        if (!passing) throw thrown;
        tell(`waiting: ${messageOf(thrown)}`);
      }
      await pause(WAIT_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await scorers.close();
  }
  return done;

  async function whileOpen(store: Store, tell: (reason: string) => void): Promise<void> {
    let queues: Queues | undefined;
    try {
      queues = await openQueues(store, 'worker');
      while (queues && !signal.aborted) {
        await database.checkSchema(store);
        const before = done.batches;
        for (const sha256 of await queues.waiting()) await takeAll(store, queues, sha256);
        if (done.batches > before) continue;
        tell('waiting for texts to score');
        await pause(WAIT_MS, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await queues?.close().catch(() => undefined);
      await store.close();
    }
  }

  async function takeAll(store: Store, queues: Queues, sha256: string): Promise<void> {
    const scorer = await scorers.of(store, sha256);
    if (!scorer) return;
    const worker = { store, ...scorer, queue: queues.of(sha256) };
    const lane = async (): Promise<void> => {
      for (let texts: number | undefined = 0; texts !== undefined && !signal.aborted; ) {
        texts = await scoreNextBatch(worker);
        if (texts === undefined) return;
        done.batches += 1;
        done.texts += texts;
      }
    };
    const { batches, texts } = { ...done };
    // One batch is scored while the texts of another are read and its scores written.
    const lanes = Array.from({ length: 1 + Math.ceil(options.concurrency / PROCESSES_PER_BATCH) }, lane);
    const ends = await Promise.allSettled(lanes);
    log.info({ batches: done.batches - batches, texts: done.texts - texts }, 'scored');
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

/** The model that is being scored with. One at a time: each takes memory for every process. */
class Scorers {
  readonly #input: JobInput;
  readonly #poolOf: (model: Model) => Pool;
  readonly #lacking = new Set<string>();
  #now: { sha256: string; model: Model & { networkId: number }; pool: Pool } | undefined;

  constructor(input: JobInput, { concurrency, poolOf }: WorkerOptions) {
    this.#input = input;
    const { engine } = input.config.model;
    this.#poolOf = poolOf ?? ((model) => createPool({ model, workers: concurrency, engine }));
  }

  /** A model by its SHA-256, with its processes; undefined where this machine does not have it. */
  async of(store: Store, sha256: string): Promise<{ model: Model & { networkId: number }; pool: Pool } | undefined> {
    if (this.#now?.sha256 === sha256) return this.#now;
    const known = (await knownModels(store.read)).find((model) => model.sha256 === sha256);
    if (!known || this.#lacking.has(sha256)) return undefined;
    const model = await locateModel(this.#input.config, known, { keepCopy: false }).catch((thrown) => {
      this.#lacking.add(sha256);
      this.#input.log.warn(`its texts are left to others: ${messageOf(thrown)}`);
    });
    if (!model) return undefined;
    await this.close();
    this.#now = { sha256, model: { ...model, networkId: known.networkId }, pool: this.#poolOf(model) };
    return this.#now;
  }

  async close(): Promise<void> {
    await this.#now?.pool.close();
    this.#now = undefined;
  }
}
