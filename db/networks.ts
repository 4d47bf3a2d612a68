import type { Calibration } from '../src/model/calibration.ts';
import { deleteDaySamples } from './second-opinion.ts';
import { deleteSetting, saveSetting, setting } from './settings.ts';
import type { Reader, Tx } from './store.ts';

/** Records a model and its network. The first one becomes the active model; after that only a switch changes it. */
export async function registerModel(
  tx: Tx,
  model: { name: string; networkSha256: string; networkSpec: string; modelSha256: string; modelSpec: string },
): Promise<{ networkId: number; modelId: number }> {
  const { network_id } = await tx.db
    .insertInto('networks')
    .values({ sha256: model.networkSha256, spec: model.networkSpec })
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ spec: model.networkSpec }))
    .returning('network_id')
    .executeTakeFirstOrThrow();
  const { model_id } = await tx.db
    .insertInto('models')
    .values({
      ...{ sha256: model.modelSha256, network_id, name: model.name, spec: model.modelSpec },
      ...calibrationColumns(model.modelSpec),
    })
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ name: model.name, spec: model.modelSpec }))
    .returning('model_id')
    .executeTakeFirstOrThrow();
  if ((await setting(tx, 'active_model')) === undefined) await saveSetting(tx, 'active_model', model.modelSha256);
  return { networkId: network_id, modelId: model_id };
}

/** What the views need of a model's calibration: a model is its spec, so that these never change. */
function calibrationColumns(modelSpec: string) {
  const { calibration } = JSON.parse(modelSpec) as { calibration?: Calibration };
  if (calibration === undefined) return {};
  const { scale, bias } = calibration;
  return {
    ...{ scale_negative: scale[0] ?? null, bias_negative: bias[0] ?? null },
    ...(scale.length === 3 ? { scale_neutral: scale[1] ?? null, bias_neutral: bias[1] ?? null } : {}),
    ...{ scale_positive: scale.at(-1) ?? null, bias_positive: bias.at(-1) ?? null },
  };
}

/** A model that the database knows. */
export interface KnownModel {
  readonly modelId: number;
  readonly networkId: number;
  readonly name: string;
  readonly sha256: string;
}

const COLUMNS = ['models.model_id', 'models.network_id', 'models.name', 'models.sha256'] as const;

const knownModel = (row: { model_id: number; network_id: number; name: string; sha256: string }): KnownModel => ({
  ...{ modelId: row.model_id, networkId: row.network_id, name: row.name, sha256: row.sha256 },
});

/** The pinned model: the one that the newest days are computed with. Undefined before the first run. */
export async function activeModel(reader: Reader): Promise<KnownModel | undefined> {
  const row = await reader.db
    .selectFrom('models')
    .innerJoin('settings', (join) =>
      join.onRef('settings.value', '=', 'models.sha256').on('settings.key', '=', 'active_model'),
    )
    .select(COLUMNS)
    .executeTakeFirst();
  return row && knownModel(row);
}

/** The setting that keeps which model an accurate model's name stands for. */
const PINNED_AS = 'accurate_model:';

/** The model that was taken for the accurate one of that name; undefined where none was yet. */
export async function pinnedAs(reader: Reader, name: string): Promise<KnownModel | undefined> {
  const sha256 = await setting(reader, PINNED_AS + name);
  return (await knownModels(reader)).find((model) => model.sha256 === sha256);
}

export function pinModelAs(tx: Tx, name: string, sha256: string): Promise<void> {
  return saveSetting(tx, PINNED_AS + name, sha256);
}

/** Forgets all such names but these. */
export async function keepPinnedAs(tx: Tx, names: readonly string[]): Promise<void> {
  const kept = new Set(names.map((name) => PINNED_AS + name));
  const keys = await tx.db.selectFrom('settings').select('key').where('key', 'like', `${PINNED_AS}%`).execute();
  for (const { key } of keys) if (!kept.has(key)) await deleteSetting(tx, key);
}

/** Every model that the database has ever worked with, oldest first. */
export async function knownModels(reader: Reader): Promise<KnownModel[]> {
  return (await reader.db.selectFrom('models').select(COLUMNS).orderBy('model_id').execute()).map(knownModel);
}

/** The number of a network by its hash, if the database has worked with it. */
export async function networkIdOf(reader: Reader, sha256: string): Promise<number | undefined> {
  const row = await reader.db
    .selectFrom('networks')
    .select('network_id')
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  return row?.network_id;
}

/** How many texts a network has scored, and how many brand-days were computed with a model. */
export async function countFigures(
  reader: Reader,
  { modelId, networkId }: Pick<KnownModel, 'modelId' | 'networkId'>,
): Promise<{ scores: number; days: number }> {
  const count = async (query: { executeTakeFirstOrThrow(): Promise<{ count: string | number | bigint }> }) =>
    Number((await query.executeTakeFirstOrThrow()).count);
  const { db } = reader;
  const all = db.fn.countAll().as('count');
  return {
    scores: await count(db.selectFrom('scores').select(all).where('network_id', '=', networkId)),
    days: await count(db.selectFrom('day_stats').select(all).where('model_id', '=', modelId)),
  };
}

/** Deletes up to `limit` scores of a network. Returns how many there were. */
export async function deleteScores(tx: Tx, networkId: number, limit: number): Promise<number> {
  const result = await tx.db
    .deleteFrom('scores')
    .where('network_id', '=', networkId)
    .where('text_id', 'in', (eb) =>
      eb
        .selectFrom('scores as s')
        .select('s.text_id')
        .where('s.network_id', '=', networkId)
        .orderBy('s.text_id')
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

export async function deleteDayStats(tx: Tx, modelId: number): Promise<number> {
  await deleteDaySamples(tx, modelId);
  const result = await tx.db.deleteFrom('day_stats').where('model_id', '=', modelId).executeTakeFirst();
  return Number(result.numDeletedRows);
}
