import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { countFigures, deleteDayStats, deleteScores, keepPinnedAs, knownModels } from '../db/networks.ts';
import { modelSpans } from '../db/series.ts';
import { accurateModels } from '../src/config/second-opinion.ts';
import type { Context } from '../src/context.ts';
import { throwIfAborted } from '../src/errors.ts';
import { modelLabel, pinnedFolder, pinnedModels } from '../src/model/pinned.ts';
import { pinnedAccurateModels } from './accurate-model.ts';

/** What is left of models that no day shows. */
export interface PruneSummary {
  models: { model: string; scores: number; days: number }[];
  /** Folders of copies that no day needs. */
  folders: string[];
}

/** Scores deleted in one transaction: about a second. */
const PAGE = 50_000;

/**
 * Deletes scores, daily statistics and copies of models that are neither active nor kept for old days, nor named by the settings
 * as accurate ones. A dry run only counts.
 * Errors: E_INTERRUPTED between pages; the next call goes on.
 */
export async function pruneModels(context: Context, options: { dryRun: boolean }): Promise<PruneSummary> {
  const { store, config, signal } = context;
  const needed = [...(await modelSpans(store.read)), ...(await pinnedAccurateModels(store.read, config))];
  const neededModels = new Set(needed.map(({ modelId }) => modelId));
  const neededNetworks = new Set(needed.map(({ networkId }) => networkId));
  const summary: PruneSummary = { models: [], folders: [] };
  for (const known of await knownModels(store.read)) {
    if (neededModels.has(known.modelId)) continue;
    const { scores, days } = await countFigures(store.read, known);
    // A model that differs only in its threshold has the same network, and needs its scores.
    const deletable = neededNetworks.has(known.networkId) ? 0 : scores;
    if (deletable + days > 0) summary.models.push({ model: modelLabel(known), scores: deletable, days });
    if (options.dryRun) continue;
    await store.transaction((tx) => deleteDayStats(tx, known.modelId));
    while (deletable > 0) {
      throwIfAborted(signal);
      if ((await store.transaction((tx) => deleteScores(tx, known.networkId, PAGE))) === 0) break;
    }
  }
  if (!options.dryRun) await store.transaction((tx) => keepPinnedAs(tx, accurateModels(config)));
  const folders = new Set(needed.map(({ sha256 }) => pinnedFolder(config.data_dir, sha256)));
  for (const name of await namesIn(pinnedModels(config.data_dir))) {
    const folder = join(pinnedModels(config.data_dir), name);
    if (!/^[0-9a-f]{12}(\.part)?$/.test(name) || folders.has(folder)) continue;
    summary.folders.push(folder);
    if (!options.dryRun) await rm(folder, { recursive: true, force: true });
  }
  return summary;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}
