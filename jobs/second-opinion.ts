import { knownModels, registerModel } from '../db/networks.ts';
import { MonitorError } from '../src/errors.ts';
import type { Model } from '../src/model/artifact.ts';
import { modelLabel } from '../src/model/pinned.ts';
import { createPool, type Pool } from '../src/model/pool.ts';
import { judge } from '../src/model/probabilities.ts';
import type { OpenSecondReader, SecondReader } from '../src/second-opinion/reader.ts';
import type { JudgeOf } from '../src/second-opinion/sample-stage.ts';
import { accurateModel } from './accurate-model.ts';
import { locateModel } from './models.ts';
import { type Session, workersOf } from './session.ts';

/** Accurate models as a run needs them: each is loaded when it is first asked, and closed with the run. */
export interface SecondReaders {
  /** The model that the settings name so, as kept in the data folder. One that can't be used is warned of once, and is none. */
  readonly open: OpenSecondReader;
  /** This very model. Its scores are kept in the database like any other's. */
  start(model: Model): Promise<SecondReader>;
  readonly judgeOf: JudgeOf;
  close(): Promise<void>;
}

/** What a run asks for second opinions. `startPool` is another in tests. */
export function secondReaders(session: Session, startPool: typeof createPool = createPool): SecondReaders {
  const { store, config, log } = session;
  const opened = new Map<string, SecondReader | undefined>();
  const pools: Pool[] = [];
  const judges = new Map<number, Awaited<ReturnType<JudgeOf>>>([[session.model.modelId, session.model.judge]]);
  const workers = workersOf(config);

  async function start(model: Model): Promise<SecondReader> {
    const { spec, modelSha256: sha256 } = model;
    const ids = await store.transaction((tx) => registerModel(tx, { name: spec.name, ...model }));
    const pool = startPool({ model, workers, engine: config.model.engine });
    pools.push(pool);
    return { label: modelLabel({ name: spec.name, sha256 }), ...ids, spec, pool, workers };
  }

  async function tried(use: string): Promise<SecondReader | undefined> {
    try {
      return await start(await accurateModel(session, use));
    } catch (thrown) {
      if (!(thrown instanceof MonitorError)) throw thrown;
      log.warn({ model: use, code: thrown.code, remedy: thrown.remedy }, `no second opinion: ${thrown.message}`);
      return undefined;
    }
  }

  return {
    open: async (use) => {
      if (!opened.has(use)) opened.set(use, await tried(use));
      return opened.get(use);
    },
    start,
    judgeOf: async (modelId) => {
      const known = judges.get(modelId);
      if (known) return known;
      const shown = (await knownModels(store.read)).find((model) => model.modelId === modelId);
      if (!shown) throw new Error(`model ${modelId} is not known`);
      const model = await locateModel(config, shown);
      const made = (negative: number, positive: number) => judge(model, negative, positive);
      judges.set(modelId, made);
      return made;
    },
    close: async () => {
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}
