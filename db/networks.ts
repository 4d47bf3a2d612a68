import { markAllDirty } from './dirty-days.ts';
import { saveSetting, setting } from './settings.ts';
import type { Reader, Tx } from './store.ts';

/** Records a model and its network, and makes it the one that figures are computed with; a change makes every day dirty. */
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
    .values({ sha256: model.modelSha256, network_id, name: model.name, spec: model.modelSpec })
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ name: model.name, spec: model.modelSpec }))
    .returning('model_id')
    .executeTakeFirstOrThrow();
  const active = await setting(tx, 'active_model');
  if (active !== model.modelSha256) {
    await saveSetting(tx, 'active_model', model.modelSha256);
    if (active !== undefined) await markAllDirty(tx);
  }
  return { networkId: network_id, modelId: model_id };
}

/** The model that figures are computed with, or undefined before the first run. */
export async function activeModel(
  reader: Reader,
): Promise<{ modelId: number; networkId: number; name: string } | undefined> {
  const row = await reader.db
    .selectFrom('models')
    .innerJoin('settings', (join) =>
      join.onRef('settings.value', '=', 'models.sha256').on('settings.key', '=', 'active_model'),
    )
    .select(['models.model_id', 'models.network_id', 'models.name'])
    .executeTakeFirst();
  return row && { modelId: row.model_id, networkId: row.network_id, name: row.name };
}
