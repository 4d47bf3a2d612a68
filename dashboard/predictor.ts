import { activeModel, pinnedAs } from '../db/networks.ts';
import { isFound, locateModel, type ModelName } from '../jobs/models.ts';
import type { Config } from '../src/config/schema.ts';
import { accurateModels } from '../src/config/second-opinion.ts';
import type { Clock } from '../src/context.ts';
import { MonitorError } from '../src/errors.ts';
import { findModel, loadModel, type Model } from '../src/model/artifact.ts';
import { type Explanation, explainTexts } from '../src/model/explain.ts';
import { ACCURATE_MODEL } from '../src/model/names.ts';
import { modelLabel } from '../src/model/pinned.ts';
import { createPool, type Pool } from '../src/model/pool.ts';
import { type Prediction, predictTexts } from '../src/model/predict-texts.ts';
import type { DatabaseReader } from './database.ts';
import { type PredictQueue, predictQueue, type QueueCounts } from './predict-queue.ts';

/** Says what the model in use makes of texts, or another one that second opinions ask. */
export interface Predictor {
  /** The names of the other ones. */
  readonly others: readonly string[];
  /** Errors: E_BUSY when too many texts wait; E_MODEL_MISSING, E_MODEL_INVALID, E_WORKER. */
  predict(texts: readonly string[]): Promise<{ model: string; predictions: Prediction[] }>;
  /** The same with what each word does, by the model in use or one of the others. Errors: E_INPUT for any other name, too. */
  explain(text: string, other?: string): Promise<{ model: string; explanation: Explanation }>;
  /** How many requests were scored, in how many batches. */
  counts(): QueueCounts;
  close(): Promise<void>;
}

interface InUse {
  readonly label: string;
  /** Without the weights, which the scoring process has. */
  readonly model: Pick<Model, 'spec' | 'vocabulary' | 'classifier'>;
  readonly queue: PredictQueue;
  readonly pool: Pool;
}

/** How long a model that was in use is taken to be so still: a look at the database for each text would take as long as the network. */
const LOOK_AGAIN_MS = 1_000;

/** Makes the pool of a model; a test gives one that scores in its own process. */
export type MakePool = (model: Model) => Pool;

/**
 * Scores in a process of its own with the model that the database's figures come from, or with that of the settings before the
 * first run. When another model is taken into use, texts that come a second later are scored by it.
 */
export function predictorOf(
  config: Config,
  database: DatabaseReader,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  {
    makePool = (model) => createPool({ model, workers: 1, engine: config.model.engine }),
    makeQueue = predictQueue,
  }: { readonly makePool?: MakePool; readonly makeQueue?: typeof predictQueue } = {},
): Predictor {
  const counts: QueueCounts = { requests: 0, batches: 0 };
  let loaded: { sha256: string | undefined; inUse: Promise<InUse> } | undefined;
  let lookedMs = 0;
  const names = [...new Set([...accurateModels(config), ACCURATE_MODEL])].filter(isFound);
  const others = new Map<string, Promise<InUse>>();

  /** The model that the database knows, from its copy; else the one of that name or path. */
  async function load(known: ModelName | undefined, use: string): Promise<InUse> {
    const found = known ? await locateModel(config, known) : await loadModel(findModel(use));
    const pool = makePool(found);
    const { spec, vocabulary, modelSha256, classifier } = found;
    const reader = classifier && { classifier: { encode: classifier.encode, onnx: new Uint8Array() } };
    const label = modelLabel({ name: spec.name, sha256: modelSha256 });
    return { label, model: { spec, vocabulary, ...reader }, queue: makeQueue(pool, signal, counts), pool };
  }

  async function activeNow(): Promise<ModelName | undefined> {
    await database.refresh();
    const store = database.store();
    return store && activeModel(store.read);
  }

  async function current(): Promise<InUse> {
    const nowMs = clock();
    if (loaded && nowMs >= lookedMs && nowMs < lookedMs + LOOK_AGAIN_MS) return loaded.inUse;
    // Whoever comes meanwhile is served by the model so far.
    lookedMs = nowMs;
    const active = await activeNow().catch((thrown) => {
      lookedMs = 0;
      throw thrown;
    });
    if (loaded?.sha256 === active?.sha256 && loaded !== undefined) return loaded.inUse;
    const before = loaded;
    const inUse = load(active, config.model.use);
    loaded = { sha256: active?.sha256, inUse };
    try {
      return await inUse;
    } catch (thrown) {
      // The next request tries again: the model may be put back.
      loaded = undefined;
      throw thrown;
    } finally {
      // Texts under way with the model from before come to their end.
      if (before) setTimeout(() => void end(before.inUse), 60_000).unref();
    }
  }

  async function other(name: string): Promise<InUse> {
    if (!names.includes(name))
      throw new MonitorError('E_INPUT', `"${name}" is no model to be tried here.`, {
        remedy: `Choose one of: ${names.join(', ') || '(none; see second_opinion in the settings)'}.`,
      });
    const store = database.store();
    const inUse = others.get(name) ?? load(store && (await pinnedAs(store.read, name)), name);
    others.set(name, inUse);
    // The next request tries again.
    inUse.catch(() => others.delete(name));
    return inUse;
  }

  async function end(inUse: Promise<InUse>): Promise<void> {
    await (await inUse.catch(() => undefined))?.pool.close();
  }

  return {
    predict: async (texts) => {
      const { label, model, queue } = await current();
      return { model: label, predictions: await predictTexts(model, texts, queue.score) };
    },
    others: names,
    explain: async (text, name) => {
      const { label, model, queue } = await (name === undefined ? current() : other(name));
      const [explanation] = await explainTexts(model, [text], queue.score);
      if (!explanation) throw new Error('a text without an explanation');
      return { model: label, explanation };
    },
    counts: () => counts,
    close: async () => {
      await Promise.all([...(loaded ? [loaded.inUse] : []), ...others.values()].map(end));
    },
  };
}
