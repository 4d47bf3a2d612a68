import { activeModel, type KnownModel, knownModels } from '../db/networks.ts';
import type { Reader } from '../db/store.ts';
import type { AggregationModel } from '../src/aggregate/stage.ts';
import type { Config } from '../src/config/schema.ts';
import { accurateModels } from '../src/config/second-opinion.ts';
import { MonitorError } from '../src/errors.ts';
import { findModel, loadModel, type Model, readIdentity, shippedModels } from '../src/model/artifact.ts';
import { loadPinned, modelLabel, pinModel, pinnedFolder } from '../src/model/pinned.ts';
import { judge } from '../src/model/probabilities.ts';

/** What names a model for good. */
export type ModelName = Pick<KnownModel, 'name' | 'sha256'>;

/** What the settings name under `model.use`, when it is not the pinned model: another model, or nothing that can be used. */
export interface OfferedModel {
  readonly use: string;
  /** Null when it can't be read; `problem` says why. */
  readonly model: ModelName | null;
  readonly problem: string | null;
}

/**
 * The model that a run works with, as kept in the data folder: the pinned one, whatever the settings name by now; on the first
 * run that of the settings. Errors: E_MODEL_MISSING, E_MODEL_INVALID, E_FILE.
 */
export async function pinnedModel(reader: Reader, config: Config): Promise<Model> {
  const active = await activeModel(reader);
  if (active) return locateModel(config, active);
  return pinModel(config.data_dir, await loadModel(findModel(config.model.use)));
}

/**
 * A model that the database knows, from its copy in the data folder. Where that is missing or damaged, it is made again from
 * the same model in the settings or in the program; a worker, of which several may share the folder, reads it where it is and
 * writes nothing. Errors: E_MODEL_MISSING, E_MODEL_INVALID, both with what to do.
 */
export async function locateModel(
  config: Config,
  known: ModelName,
  { keepCopy = true }: { keepCopy?: boolean } = {},
): Promise<Model> {
  try {
    return await loadPinned(config.data_dir, known.sha256);
  } catch (thrown) {
    if (!(thrown instanceof MonitorError)) throw thrown;
    for (const use of [config.model.use, ...accurateModels(config), ...shippedModels()])
      if ((await nameOf(use))?.sha256 === known.sha256) {
        const model = await loadModel(findModel(use));
        return keepCopy ? pinModel(config.data_dir, model) : model;
      }
    const folder = pinnedFolder(config.data_dir, known.sha256);
    const state = thrown.code === 'E_MODEL_MISSING' ? 'is missing' : 'is damaged';
    throw new MonitorError(
      thrown.code,
      `This database's copy of the model ${modelLabel(known)} ${state}: ${thrown.message}`,
      {
        place: { file: folder },
        remedy:
          `Restore ${folder} from a backup, or switch to another model with: monitor model use NAME. ` +
          'Nothing else computes the same figures.',
        cause: thrown,
      },
    );
  }
}

/** Which model a name or path leads to; undefined where none can be read. */
export async function nameOf(use: string): Promise<ModelName | undefined> {
  try {
    return await readIdentity(findModel(use));
  } catch {
    return undefined;
  }
}

/** The model of the settings, if it is not the one that is pinned. */
export async function offeredModel(config: Config, pinnedSha256: string): Promise<OfferedModel | null> {
  const { use } = config.model;
  try {
    const model = await readIdentity(findModel(use));
    return model.sha256 === pinnedSha256 ? null : { use, model, problem: null };
  } catch (thrown) {
    if (!(thrown instanceof MonitorError)) throw thrown;
    return { use, model: null, problem: thrown.message };
  }
}

/** The offer in one line. */
export function describeOffer(offer: OfferedModel, pinned: ModelName): string {
  return offer.model === null
    ? `model.use in the settings can't be used (${offer.problem}); the figures go on with ${modelLabel(pinned)}`
    : `another model is offered: ${modelLabel(offer.model)}. The figures go on with ${modelLabel(pinned)}; \`monitor model use ${offer.use}\` switches`;
}

/** A model as aggregation needs it. */
export function aggregationModel(
  model: Model,
  { modelId, networkId }: Pick<AggregationModel, 'modelId' | 'networkId'>,
): AggregationModel {
  return { modelId, networkId, judge: (negative, positive) => judge(model, negative, positive) };
}

/** Which model someone means: the start of its SHA-256 (as in name@sha), a name, or a path. Errors: as `knownModel`, `findModel`. */
export async function namedModel(reader: Reader, config: Config, id: string): Promise<Model> {
  const isKnown = fitting(await knownModels(reader), id).length > 0;
  // A name stands for what ships under it today, also where an earlier version of it is known.
  const isHash = /(^|@)[0-9a-f]{4,64}$/.test(id);
  if (isKnown && (isHash || !isFound(id))) return locateModel(config, await knownModel(reader, id));
  return loadModel(findModel(id));
}

/** A known model by the start of its SHA-256 or by its name. Errors: E_USAGE when none or several fit. */
export async function knownModel(reader: Reader, id: string): Promise<KnownModel> {
  const known = await knownModels(reader);
  const found = fitting(known, id);
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  throw new MonitorError('E_USAGE', `"${id}" is ${only ? 'several models' : 'no model of this database'}.`, {
    remedy: `Name one of: ${(only ? found : known).map(modelLabel).join(', ') || '(none yet; the first run adds one)'}.`,
  });
}

/** Models whose SHA-256 begins as given, or else those of that name. */
function fitting(known: readonly KnownModel[], id: string): KnownModel[] {
  const prefix = id.slice(id.indexOf('@') + 1);
  const bySha = /^[0-9a-f]{4,64}$/.test(prefix) ? known.filter(({ sha256 }) => sha256.startsWith(prefix)) : [];
  return bySha.length > 0 ? bySha : known.filter(({ name }) => name === id);
}

/** Whether a name or path leads to a model folder. */
export function isFound(use: string): boolean {
  try {
    findModel(use);
    return true;
  } catch {
    return false;
  }
}
