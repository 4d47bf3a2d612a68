import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MonitorError } from '../errors.ts';
import { fileError } from '../system-errors.ts';
import { loadModel, type Model } from './artifact.ts';
import { filesOf, SPEC_FILE } from './spec.ts';

/** The folder of the models that a data folder keeps copies of. */
export function pinnedModels(dataDir: string): string {
  return join(dataDir, 'models');
}

/** Where the copy of a model is kept, by the SHA-256 that names it. */
export function pinnedFolder(dataDir: string, modelSha256: string): string {
  return join(pinnedModels(dataDir), modelSha256.slice(0, 12));
}

/** How people tell models apart: the name, which an upgrade keeps, and the start of the SHA-256, which it changes. */
export function modelLabel({ name, sha256 }: { readonly name: string; readonly sha256: string }): string {
  return `${name}@${sha256.slice(0, 8)}`;
}

/**
 * Copies a model into the data folder, so that no upgrade of the program changes it, and returns it as loaded from there. The
 * copy appears when it is complete; one that is there and intact stays. Errors: E_FILE.
 */
export async function pinModel(dataDir: string, model: Model): Promise<Model> {
  const folder = pinnedFolder(dataDir, model.modelSha256);
  const there = await intactAt(folder, model.modelSha256);
  if (there) return there;
  const beside = `${folder}.part`;
  try {
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { recursive: true });
    const { weights, vocabulary } = filesOf(model.spec.network);
    for (const name of [SPEC_FILE, vocabulary, weights]) {
      await copyFile(join(model.directory, name), join(beside, name));
      await flush(join(beside, name));
    }
    const copy = await loadModel(beside);
    await rm(folder, { recursive: true, force: true });
    await rename(beside, folder);
    return { ...copy, directory: folder };
  } catch (cause) {
    await rm(beside, { recursive: true, force: true }).catch(() => undefined);
    if (cause instanceof MonitorError) throw cause;
    const remedy = 'Check that the data folder is writable and that the disk has room.';
    throw fileError(cause, folder, "The model can't be copied into the data folder", remedy);
  }
}

/** To disk: a power cut must not leave an empty file under the name of a complete one. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function intactAt(folder: string, modelSha256: string): Promise<Model | undefined> {
  if (!existsSync(join(folder, SPEC_FILE))) return undefined;
  try {
    const model = await loadModel(folder);
    return model.modelSha256 === modelSha256 ? model : undefined;
  } catch {
    return undefined;
  }
}

/** Loads the kept copy of a model. Errors: E_MODEL_MISSING, E_MODEL_INVALID. */
export async function loadPinned(dataDir: string, modelSha256: string): Promise<Model> {
  const folder = pinnedFolder(dataDir, modelSha256);
  const model = await loadModel(folder);
  if (model.modelSha256 !== modelSha256)
    throw new MonitorError('E_MODEL_INVALID', 'The folder holds another model than its name says.', {
      place: { file: folder },
      remedy: 'Put the model back that belongs there.',
    });
  return model;
}

/** Bytes of a kept copy; 0 when there is none. */
export async function pinnedBytes(dataDir: string, modelSha256: string): Promise<number> {
  const folder = pinnedFolder(dataDir, modelSha256);
  if (!existsSync(folder)) return 0;
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
