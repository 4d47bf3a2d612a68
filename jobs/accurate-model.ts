import { type KnownModel, pinModelAs, pinnedAs, registerModel } from '../db/networks.ts';
import type { Reader } from '../db/store.ts';
import type { Config } from '../src/config/schema.ts';
import { accurateModels } from '../src/config/second-opinion.ts';
import { findModel, loadModel, type Model } from '../src/model/artifact.ts';
import { modelLabel, pinModel } from '../src/model/pinned.ts';
import { locateModel, nameOf } from './models.ts';
import type { Session } from './session.ts';

/**
 * The accurate model that the settings name `use`, as kept in the data folder: the one that had this name when it was first used,
 * whatever has it by now, so that no upgrade changes what samples say. Errors: E_MODEL_MISSING, E_MODEL_INVALID, E_FILE.
 */
export async function accurateModel(session: Session, use: string): Promise<Model> {
  const { store, config, log } = session;
  const pinned = await pinnedAs(store.read, use);
  if (pinned === undefined) return pinAccurateModel(session, use);
  const offered = await nameOf(use);
  if (offered !== undefined && offered.sha256 !== pinned.sha256)
    log.info(
      { model: modelLabel(pinned), offered: modelLabel(offered) },
      `another model is called ${use} now; samples go on with the one before: \`monitor model use ${use} --second\` switches`,
    );
  return locateModel(config, pinned);
}

/** The models that the accurate names of the settings stand for, as far as they were used. */
export async function pinnedAccurateModels(reader: Reader, config: Config): Promise<KnownModel[]> {
  const pinned = await Promise.all(accurateModels(config).map((name) => pinnedAs(reader, name)));
  return pinned.filter((model) => model !== undefined);
}

/** Takes what is called `use` today for the accurate model of that name. Errors: as `accurateModel`. */
export async function pinAccurateModel({ store, config }: Session, use: string): Promise<Model> {
  const model = await pinModel(config.data_dir, await loadModel(findModel(use)));
  await store.transaction(async (tx) => {
    await registerModel(tx, { name: model.spec.name, ...model });
    await pinModelAs(tx, use, model.modelSha256);
  });
  return model;
}
