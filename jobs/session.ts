import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureBrand } from '../db/brands.ts';
import { markAllDirty } from '../db/dirty-days.ts';
import { takeLock } from '../db/lock.ts';
import { registerModel } from '../db/networks.ts';
import { closeKilledRuns } from '../db/runs.ts';
import { saveSetting, setting } from '../db/settings.ts';
import { openSqlite, type Store } from '../db/store.ts';
import type { AggregationModel } from '../src/aggregate/stage.ts';
import { formatDay, zoneOf } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';
import type { Context } from '../src/context.ts';
import { MonitorError } from '../src/errors.ts';
import { findModel, loadModel, type Model } from '../src/model/artifact.ts';
import { createPool, type Pool } from '../src/model/pool.ts';
import { classify } from '../src/model/probabilities.ts';

/** What the edge hands to a job. */
export interface JobInput extends Omit<Context, 'store' | 'zone'> {
  /** How long to wait for another program that holds the database; ten seconds unless it is set. */
  readonly waitMs?: number;
}

/** A job's context with the model that it works with. */
export interface Session extends Context {
  readonly model: Model & AggregationModel;
  readonly pool: Pool;
}

export function databasePath(config: Config): string {
  return join(config.data_dir, 'monitor.db');
}

export function lockPath(config: Config): string {
  return join(config.data_dir, 'monitor.lock');
}

/** Opens the database for one job at a time, with the configured model, and closes everything at the end. */
export async function withSession<T>(
  input: JobInput,
  command: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { config, clock, log } = input;
  const artifact = await loadModel(findModel(config.model.use));
  const holder = `${command}, process ${process.pid}, since ${new Date(clock()).toISOString()}`;
  const release = takeLock(lockPath(config), holder);
  try {
    const store = await openSqlite(databasePath(config), { waitMs: input.waitMs });
    if (store.migrated) log.info(store.migrated, 'the database was brought up to date');
    try {
      const ids = await prepareDatabase(store, config, artifact);
      const workers = config.model.workers === 'auto' ? availableParallelism() : config.model.workers;
      const pool = createPool({ model: artifact, workers, engine: config.model.engine });
      try {
        const model = {
          ...artifact,
          ...ids,
          classify: (negative: number, positive: number) => classify(artifact, negative, positive),
        };
        return await work({ ...input, store, zone: zoneOf(config.time_zone), model, pool });
      } finally {
        await pool.close();
      }
    } finally {
      await store.close();
    }
  } finally {
    release();
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
    const zone = await setting(tx, 'time_zone');
    if (zone !== undefined && zone !== config.time_zone)
      throw new MonitorError(
        'E_TIME_ZONE_CHANGED',
        `The database counts days in ${zone}, the config says ${config.time_zone}. Days of both zones must not mix.`,
        {
          place: { file: databasePath(config) },
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
