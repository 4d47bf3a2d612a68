import { PgBoss } from 'pg-boss';
import { MonitorError, messageOf } from '../src/errors.ts';
import { packageVersion } from '../src/package.ts';
import { postgresError } from './postgres-errors.ts';
import type { Store } from './store.ts';
import type { DayRange } from './texts.ts';

/** The schema of the queue's tables, apart from the program's own. */
const QUEUE_SCHEMA = 'monitor_queue';
/** Where batches end that nobody could score, each with the reason. */
const DEAD = 'score.dead';
/** How often a batch is given out before that. */
const TRIES = 3;
/** Longer than any batch takes: who still beats after this hangs in some other way. */
const EXPIRE_SECONDS = 3_600;
/** Seconds without a sign of life after which a batch is given to somebody else. */
export const LEASE_SECONDS = 60;

/** Texts to score: those beyond `after` up to `last` that have no score, of posts on some days where days are given. */
export interface BatchWork {
  readonly after: number;
  readonly last: number;
  readonly texts: number;
  readonly days: DayRange | null;
}

/** A batch as it was given out: to this worker, for this attempt. */
export interface Batch {
  readonly id: string;
  readonly retryCount: number;
  /** Seconds without a sign of life after which it is somebody else's. */
  readonly heartbeatSeconds: number | null;
  readonly data: BatchWork;
}

/** How far a queue is, in batches. */
interface QueueState {
  readonly waiting: number;
  readonly active: number;
  readonly done: number;
  /** Given up. */
  readonly dead: number;
}

/**
 * The batches of one model's scoring. Only workers of the same program version see them, since another version might read the
 * same texts in another way.
 */
export interface ScoringQueue {
  /** Forgets the batches of earlier runs, of whatever version and model, and puts these in. Only for the holder of the run's lock. */
  fill(work: readonly BatchWork[], leaseSeconds: number): Promise<void>;
  /** Takes the next batch; undefined when none waits. */
  take(): Promise<Batch | undefined>;
  /** Says that a batch is still being worked on. */
  beat(batch: Batch): Promise<void>;
  /** A batch that was meanwhile given to somebody else stays theirs. */
  finish(batch: Batch): Promise<void>;
  fail(batch: Batch, reason: string): Promise<void>;
  state(): Promise<QueueState>;
  /** Gives batches out again whose workers are not heard from. */
  reclaim(): Promise<void>;
  /** Why batches were given up. */
  reasons(): Promise<string[]>;
}

/** The connection to the queues of a database. */
export interface Queues {
  of(modelSha256: string): ScoringQueue;
  /** Models that have batches waiting for workers of this version, by SHA-256. */
  waiting(): Promise<string[]>;
  close(): Promise<void>;
}

/** How the names of all queues of batches begin, those of other versions of the program too. */
const ALL = 'score.';
const prefix = `${ALL}${packageVersion}.`;

/**
 * Connects to the queues. A `worker` needs no right to make or alter tables; the `run` makes what is missing. Undefined for a
 * database that is not on a server, and for a worker where no run has made the queue yet.
 */
export async function openQueues(store: Store, role: 'run' | 'worker'): Promise<Queues | undefined> {
  const { postgres } = store;
  if (!postgres) return undefined;
  const query = (text: string, values?: unknown[]) =>
    postgres.pool.query(text, values).catch((thrown) => {
      throw postgresError(thrown, postgres.label);
    });
  if (role === 'worker') {
    const { rows } = await query(`select to_regclass('${QUEUE_SCHEMA}.job') is not null as there`);
    if (rows[0]?.there !== true) return undefined;
  }
  const boss = new PgBoss({
    ...{ db: { executeSql: query }, schema: QUEUE_SCHEMA, migrate: role === 'run', createSchema: role === 'run' },
    // What these would do at intervals is done where it is needed, by whoever waits for it.
    ...{ supervise: false, schedule: false, registerInstance: false, monitorIntervalSeconds: 1, reindex: false },
  });
  // Each call tells its own trouble.
  boss.on('error', () => undefined);
  try {
    await boss.start();
  } catch (thrown) {
    if (thrown instanceof MonitorError || role === 'run') throw thrown;
    // The library's own schema is of an older or newer version than that of this program.
    throw new MonitorError(
      'E_DATABASE',
      `The queue can't be used by this version of the program: ${messageOf(thrown)}`,
      {
        place: { file: postgres.label },
        remedy: 'Run workers of the same version as the runs.',
        cause: thrown,
      },
    );
  }
  return {
    of: (modelSha256) => queueOf(boss, query, `${prefix}${modelSha256}`),
    waiting: async () => {
      const { rows } = await query(
        `select distinct name from ${QUEUE_SCHEMA}.job where state < 'active' and starts_with(name, $1)`,
        [prefix],
      );
      return rows.map(({ name }: { name: string }) => name.slice(prefix.length));
    },
    close: () => boss.stop({ graceful: false, close: false }),
  };
}

type Query = (text: string, values?: unknown[]) => Promise<{ rows: { state: string; count: number }[] }>;

function queueOf(boss: PgBoss, query: Query, name: string): ScoringQueue {
  return {
    fill: async (work, leaseSeconds) => {
      const options = { heartbeatSeconds: leaseSeconds, expireInSeconds: EXPIRE_SECONDS, retryLimit: TRIES - 1 };
      await boss.createQueue(DEAD);
      await boss.createQueue(name, { ...options, deadLetter: DEAD });
      await boss.updateQueue(name, options);
      // Also what an earlier version left: its workers would go on with texts that are scored here.
      await query(`delete from ${QUEUE_SCHEMA}.job where starts_with(name, $1) and name <> $2`, [ALL, DEAD]);
      for (let start = 0; start < work.length; start += 1_000)
        await boss.insert(
          name,
          work.slice(start, start + 1_000).map((data) => ({ data })),
        );
    },
    take: async () => (await boss.fetch<BatchWork>(name))[0],
    beat: async ({ id, retryCount }) => {
      await boss.touch(name, { id, retryCount });
    },
    finish: async ({ id, retryCount }) => {
      await boss.complete(name, { id, retryCount });
    },
    fail: async ({ id, retryCount }, reason) => {
      await boss.fail(name, { id, retryCount }, { reason });
    },
    state: async () => {
      const { rows } = await query(
        `select state::text, count(*)::integer as count from ${QUEUE_SCHEMA}.job where name = $1 group by state`,
        [name],
      );
      const of = (...states: string[]) =>
        rows.reduce((sum, { state, count }) => sum + (states.includes(state) ? count : 0), 0);
      return {
        ...{ waiting: of('created', 'retry'), active: of('active'), done: of('completed') },
        dead: of('failed', 'cancelled'),
      };
    },
    reclaim: () => boss.supervise(name),
    reasons: async () => {
      const jobs = await boss.findJobs<BatchWork>(DEAD, { limit: 1_000 });
      const own = jobs.filter(({ sourceName }) => sourceName === name);
      return own
        .slice(-3)
        .map(({ data, sourceOutput }) => `texts ${data.after + 1}–${data.last}: ${words(sourceOutput)}`);
    },
  };
}

/** What pg-boss kept of why a batch failed. */
function words(output: object | null): string {
  const { reason, message } = Object(output) as { reason?: unknown; message?: unknown };
  return String(reason ?? message ?? 'its workers were not heard from again');
}
