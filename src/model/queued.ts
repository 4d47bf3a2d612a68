import { setTimeout as pause } from 'node:timers/promises';
import { type Batch, type BatchWork, LEASE_SECONDS, openQueues, type ScoringQueue } from '../../db/queue.ts';
import { saveScores } from '../../db/scores.ts';
import type { Store } from '../../db/store.ts';
import { type DayRange, pagesWithoutScore, textsWithoutScore } from '../../db/texts.ts';
import type { Context } from '../context.ts';
import { MonitorError, messageOf, throwIfAborted } from '../errors.ts';
import type { Model } from './artifact.ts';
import type { Pool } from './pool.ts';
import { newScores, wordingOf } from './wording.ts';

/** Texts of a batch: what a processor scores in well under a second, and what is done twice when a worker dies. */
const TEXTS_PER_BATCH = 4_096;
/** How long to wait before looking again for a batch, or for the end of those that others have. */
const LOOK_MS = 500;
/** How often the run looks for batches whose workers died. */
const RECLAIM_MS = 5_000;

/** What scoring through the queue needs of a model. */
export type QueuedModel = Pick<Model, 'spec' | 'modelSha256'> & { readonly networkId: number };

/** Scores the batches of one queue: what a run and its workers both do. */
export interface BatchWorker {
  readonly store: Store;
  readonly model: QueuedModel;
  readonly pool: Pool;
  readonly queue: ScoringQueue;
}

/** Never raised: a batch that was begun is finished, also when the process is asked to stop. */
const NEVER = new AbortController().signal;

/**
 * Takes one batch and scores it. The scores are written in one transaction, whatever of the batch somebody else has written
 * staying as it is. A batch that fails is given back with its reason. Returns its texts; undefined when none waits.
 * Errors: those of the database; what keeps this process from scoring anything, such as E_MODEL_INVALID.
 */
export async function scoreNextBatch(worker: BatchWorker): Promise<number | undefined> {
  const { queue } = worker;
  const batch = await queue.take();
  if (batch === undefined) return undefined;
  // Also while the pool is busy; a beat that is lost is made up by the next.
  const beat = setInterval(
    () => void queue.beat(batch).catch(() => undefined),
    ((batch.heartbeatSeconds ?? LEASE_SECONDS) * 1_000) / 4,
  );
  try {
    await scoreBatch(worker, batch);
  } catch (thrown) {
    if (isOfDatabase(thrown)) throw thrown;
    await queue.fail(batch, messageOf(thrown));
    if (isOfProcess(thrown)) throw thrown;
    return 0;
  } finally {
    clearInterval(beat);
  }
  await queue.finish(batch);
  return batch.data.texts;
}

/** Trouble with the database ends the work; the batch is given out again when nobody beats for it. */
function isOfDatabase(thrown: unknown): boolean {
  return thrown instanceof MonitorError && /^E_(DATABASE|DISK|PERMISSION)/.test(thrown.code);
}

/** What would fail with every batch: others have better luck with this one. */
function isOfProcess(thrown: unknown): boolean {
  return thrown instanceof MonitorError && /^E_(MODEL|ENGINE|INTERRUPTED)/.test(thrown.code);
}

async function scoreBatch({ store, model, pool }: BatchWorker, { data }: Batch): Promise<void> {
  const { after, last, texts, days } = data;
  const page = await textsWithoutScore(store.read, model.networkId, after, texts, days ?? undefined, last);
  if (page.length === 0) return;
  const result = await pool.score(page.map(wordingOf(model.spec)), NEVER);
  await store.transaction((tx) => saveScores(tx, model.networkId, newScores(page, result)));
}

/**
 * Scores on PostgreSQL what the model's network has not scored: the texts are put into the queue as batches, and this process
 * works on them like every worker does, so that it ends without any. Returns when no batch is left with anybody.
 * Errors: E_INTERRUPTED between batches, E_WORKER with the reason when batches could not be scored by anyone, E_DATABASE_….
 */
export async function scoreByQueue(
  context: Pick<Context, 'store' | 'signal' | 'progress'>,
  model: QueuedModel,
  pool: Pool,
  { range, leaseSeconds = LEASE_SECONDS }: { range?: DayRange | undefined; leaseSeconds?: number | undefined } = {},
): Promise<{ texts: number }> {
  const { store, signal, progress } = context;
  const work = await batchesOf(store, model.networkId, range);
  const total = work.reduce((sum, { texts }) => sum + texts, 0);
  if (total === 0) return { texts: 0 };
  const queues = await openQueues(store, 'run');
  if (queues === undefined) throw new Error('the queue is only for databases on a server');
  const queue = queues.of(model.modelSha256);
  progress.start('score', total);
  try {
    await queue.fill(work, leaseSeconds);
    const worker = { store, model, pool, queue };
    let [shown, reclaimedMs] = [0, performance.now()];
    const lane = async (): Promise<void> => {
      for (;;) {
        throwIfAborted(signal);
        const idle = (await scoreNextBatch(worker)) === undefined;
        const { waiting, active, done } = await queue.state();
        const scored = Math.round((total * done) / work.length);
        progress.advance(Math.max(0, scored - shown));
        shown = Math.max(shown, scored);
        if (waiting + active === 0) return;
        if (performance.now() - reclaimedMs > RECLAIM_MS) {
          reclaimedMs = performance.now();
          await queue.reclaim();
        }
        if (idle) await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
      }
    };
    // One is scored while the texts of the other are read and its scores written.
    const ends = await Promise.allSettled([lane(), lane()]);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    const { dead } = await queue.state();
    if (dead > 0) throw givenUp(dead, await queue.reasons());
    return { texts: total };
  } finally {
    progress.finish();
    await queues.close().catch(() => undefined);
  }
}

async function batchesOf(store: Store, networkId: number, range: DayRange | undefined): Promise<BatchWork[]> {
  let after = -1;
  return (await pagesWithoutScore(store.read, networkId, TEXTS_PER_BATCH, range)).map(({ last, texts }) => {
    const batch = { after, last, texts, days: range ?? null };
    after = last;
    return batch;
  });
}

function givenUp(dead: number, reasons: readonly string[]): MonitorError {
  return new MonitorError(
    'E_WORKER',
    `${dead} ${dead === 1 ? 'batch of texts' : 'batches of texts'} could not be scored, by this process or any worker: ${reasons.join('; ')}`,
    { remedy: 'Remove the reason, then run again: everything else is scored, and only these are tried again.' },
  );
}
