import { knownModels, registerModel } from '../db/networks.ts';
import { MonitorError } from '../src/errors.ts';
import { findModel, loadModel } from '../src/model/artifact.ts';
import { modelLabel } from '../src/model/pinned.ts';
import { createPool, type Pool } from '../src/model/pool.ts';
import { judge } from '../src/model/probabilities.ts';
import type { OpenSecondReader, SecondReader } from '../src/second-opinion/reader.ts';
import type { JudgeOf } from '../src/second-opinion/sample-stage.ts';
import { locateModel } from './models.ts';
import { type Session, workersOf } from './session.ts';

/** Accurate models as a run needs them: each is loaded when it is first asked, and closed with the run. */
export interface SecondReaders {
  readonly open: OpenSecondReader;
  readonly judgeOf: JudgeOf;
  close(): Promise<void>;
}

/**
 * What a run asks for second opinions. A model that can't be loaded is warned of once, and the run goes on without it. `startPool` is
 * another in tests.
 */
export function secondReaders(session: Session, startPool: typeof createPool = createPool): SecondReaders {
  const { store, config, log } = session;
  const opened = new Map<string, SecondReader | undefined>();
  const pools: Pool[] = [];
  const judges = new Map<number, Awaited<ReturnType<JudgeOf>>>([[session.model.modelId, session.model.judge]]);

  async function load(use: string): Promise<SecondReader> {
    const model = await loadModel(findModel(use));
    const { spec, networkSha256, networkSpec, modelSha256, modelSpec } = model;
    const ids = await store.transaction((tx) =>
      registerModel(tx, { name: spec.name, networkSha256, networkSpec, modelSha256, modelSpec }),
    );
    const pool = startPool({ model, workers: workersOf(config), engine: config.model.engine });
    pools.push(pool);
    return { label: modelLabel({ name: spec.name, sha256: modelSha256 }), ...ids, spec, pool };
  }

  return {
    open: async (use) => {
      if (!opened.has(use))
        opened.set(
          use,
          await load(use).catch((thrown: unknown) => {
            if (!(thrown instanceof MonitorError)) throw thrown;
            log.warn({ model: use, code: thrown.code }, `no second opinion: ${thrown.message}`);
            return undefined;
          }),
        );
      return opened.get(use);
    },
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
