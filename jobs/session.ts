import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureBrand } from '../db/brands.ts';
import { COPY_SETTING } from '../db/copy.ts';
import { databaseOf } from '../db/database.ts';
import { markAllDirty } from '../db/dirty-days.ts';
import { activeModel, registerModel } from '../db/networks.ts';
import { numberPostsOn } from '../db/numbers.ts';
import type { Secrets } from '../db/postgres.ts';
import { closeKilledRuns } from '../db/runs.ts';
import { saveSetting, setting } from '../db/settings.ts';
import type { Store } from '../db/store.ts';
import type { AggregationModel } from '../src/aggregate/stage.ts';
import { formatDay, zoneOf } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';
import type { Context } from '../src/context.ts';
import { MonitorError } from '../src/errors.ts';
import { findModel, loadModel, type Model } from '../src/model/artifact.ts';
import { pinModel } from '../src/model/pinned.ts';
import { createPool, type Pool } from '../src/model/pool.ts';
import { aggregationModel, namedModel, type OfferedModel, offeredModel, pinnedModel } from './models.ts';

/** What the edge hands to a job. */
export interface JobInput extends Omit<Context, 'store' | 'zone'> {
  /** How long to wait for another program that holds the database; ten seconds unless it is set. */
  readonly waitMs?: number;
  /** Where the password of a database server is looked up. */
  readonly secrets?: Secrets;
  /** Seconds without a sign of life after which a batch of texts is taken from a worker; a minute unless it is set. */
  readonly leaseSeconds?: number;
}

/** A job's context with the model that it works with. */
export interface Session extends Context {
  readonly model: Model & AggregationModel;
  readonly pool: Pool;
  /** What the settings name instead of the pinned model; null when they agree. */
  readonly offered: OfferedModel | null;
  /** As in JobInput. */
  readonly leaseSeconds?: number;
}

/** Scoring processes that the settings allow. */
export function workersOf({ model }: Config): number {
  return model.workers === 'auto' ? availableParallelism() : model.workers;
}

/**
 * Opens the database for one job at a time and closes everything at the end. The job works with the pinned model, or with the
 * one that `use` names, beside it.
 */
export async function withSession<T>(
  input: JobInput,
  command: string,
  work: (session: Session) => Promise<T>,
  options: { use?: string | undefined } = {},
): Promise<T> {
  const { config, clock, log } = input;
  const database = databaseOf(config, input.secrets);
  // A mistyped name or a damaged model should not leave an empty database behind.
  if (!(await database.exists())) await loadModel(findModel(options.use ?? config.model.use));
  const holder = `${command}, process ${process.pid}, since ${new Date(clock()).toISOString()}`;
  const lock = await database.lock(holder);
  try {
    const store = await database.open({ waitMs: input.waitMs });
    if (store.migrated && store.migrated.from > 0) log.info(store.migrated, 'the database was brought up to date');
    try {
      // The settings' model is the first, also where the first thing done is to look at another beside it.
      if (options.use !== undefined && !(await activeModel(store.read)))
        await prepareDatabase(store, config, await pinnedModel(store.read, config));
      const artifact =
        options.use === undefined
          ? await pinnedModel(store.read, config)
          : await pinModel(config.data_dir, await namedModel(store.read, config, options.use));
      const ids = await prepareDatabase(store, config, artifact);
      const active = await activeModel(store.read);
      const offered = active ? await offeredModel(config, active.sha256) : null;
      const pool = createPool({ model: artifact, workers: workersOf(config), engine: config.model.engine });
      try {
        const model = { ...artifact, ...aggregationModel(artifact, ids) };
        const signal = AbortSignal.any([input.signal, lock.lost]);
        return await work({ ...input, signal, store, zone: zoneOf(config.time_zone), model, pool, offered });
      } finally {
        await pool.close();
      }
    } finally {
      await store.close();
    }
  } catch (thrown) {
    if (!lock.lost.aborted) throw thrown;
    throw new MonitorError('E_DATABASE_UNREACHABLE', 'The connection that holds the lock of this run broke.', {
      place: { file: database.label },
      remedy: 'Check the database server and the network, then run again: it goes on where it stopped.',
      cause: thrown,
    });
  } finally {
    await lock.release().catch(() => undefined);
  }
}

/** Checks that the database belongs to this config, and records the configured brands and model in it. */
async function prepareDatabase(
  store: Store,
  config: Config,
  model: Model,
): Promise<{ networkId: number; modelId: number }> {
  return store.transaction(async (tx) => {
    await closeKilledRuns(tx);
    await numberPostsOn(tx);
    if ((await setting(tx, COPY_SETTING)) !== undefined)
      throw new MonitorError('E_DATABASE', 'The database is half of a copy.', {
        place: { file: databaseOf(config).label },
        remedy: 'Run the same `monitor db copy` again: it goes on where it stopped.',
      });
    const zone = await setting(tx, 'time_zone');
    if (zone !== undefined && zone !== config.time_zone)
      throw new MonitorError(
        'E_TIME_ZONE_CHANGED',
        `The database counts days in ${zone}, the config says ${config.time_zone}. Days of both zones must not mix.`,
        {
          place: { file: databaseOf(config).label },
          remedy: `Set time_zone back to ${zone}, or start a new data_dir and read the exports again.`,
        },
      );
    await saveSetting(tx, 'time_zone', config.time_zone);
    const duplicates = (await setting(tx, 'duplicates')) ?? config.duplicates;
    await saveSetting(tx, 'duplicates', config.duplicates);
    if (duplicates !== config.duplicates) await markAllDirty(tx);
    for (const [slug, brand] of Object.entries(config.brands)) await ensureBrand(tx, slug, brand.name ?? slug);
    return registerModel(tx, {
      name: model.spec.name,
      networkSha256: model.networkSha256,
      networkSpec: model.networkSpec,
      modelSha256: model.modelSha256,
      modelSpec: model.modelSpec,
    });
  });
}

/** The folder of the reports that end with a day. */
export function reportDirectory(config: Config, newestDay: number): string {
  return join(config.data_dir, 'reports', formatDay(newestDay));
}
