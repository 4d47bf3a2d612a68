import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MonitorError } from '../../errors.ts';
import { writeFileAtomic } from '../../files.ts';
import { sha256 } from '../canonical-json.ts';
import { readSafetensors, writeSafetensors } from '../safetensors.ts';
import type { Weights } from './initial-weights.ts';
import type { EpochLog } from './training-log.ts';

/** Where a training is, but for its numbers. */
export interface TrainingState {
  /** Hash of the recipe, the data and the vectors: what makes it this training and no other. */
  readonly training: string;
  /** Epochs that are done. */
  readonly epoch: number;
  /** Batches of the next epoch that are done. */
  readonly batch: number;
  /** Steps of the optimiser so far. */
  readonly step: number;
  /** By parameter, steps that it took part in. */
  readonly steps: Readonly<Record<string, number>>;
  /** Of the unfinished epoch: sum of its rows' losses, its rows, and seconds it took. */
  readonly partial: { readonly loss: number; readonly rows: number; readonly seconds: number };
  readonly log: readonly EpochLog[];
}

/** A training's state and its numbers: parameters, the optimiser's sums, averages and the best weights, by prefixed names. */
export interface Checkpoint {
  readonly state: TrainingState;
  readonly tensors: Weights;
}

const STATE_FILE = 'checkpoint.json';
const stateSchema = z.looseObject({
  numbers: z.string(),
  sha256: z.string(),
  state: z.looseObject({ training: z.string() }),
});

/**
 * Writes a checkpoint: first the numbers under a name of their own, then the small file that names them, so that at every
 * moment there is one whole checkpoint. Older numbers are removed last.
 */
export async function writeCheckpoint(folder: string, { state, tensors }: Checkpoint): Promise<void> {
  await mkdir(folder, { recursive: true });
  const numbers = `checkpoint-${state.step}-${state.epoch}.safetensors`;
  const bytes = writeSafetensors(tensors, 'F32');
  await writeFileAtomic(join(folder, numbers), bytes);
  await writeFileAtomic(join(folder, STATE_FILE), `${JSON.stringify({ numbers, sha256: sha256(bytes), state })}\n`);
  // What a kill left behind goes as well.
  for (const name of await readdir(folder))
    if (name !== numbers && /^\.?checkpoint-.*safetensors/.test(name)) await rm(join(folder, name), { force: true });
}

/**
 * The checkpoint of a folder, or undefined when there is none.
 * Errors: E_USAGE when it belongs to another training, E_MODEL_INVALID when it is damaged.
 */
export async function readCheckpoint(folder: string, training: string): Promise<Checkpoint | undefined> {
  const file = join(folder, STATE_FILE);
  if (!existsSync(file)) return undefined;
  const damaged = (cause?: unknown) =>
    new MonitorError('E_MODEL_INVALID', 'The checkpoint is damaged.', {
      place: { file },
      remedy: `Remove the folder ${folder} to train from the start.`,
      cause,
    });
  let saved: z.output<typeof stateSchema>;
  try {
    saved = stateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw damaged(cause);
  }
  if (saved.state.training !== training)
    throw new MonitorError('E_USAGE', 'There is a checkpoint of another training: other data, recipe or vectors.', {
      place: { file },
      remedy: `Give what it was begun with, or another --out, or remove the folder ${folder} to train from the start.`,
    });
  const bytes = await readFile(join(folder, saved.numbers)).catch((cause: unknown) => {
    throw damaged(cause);
  });
  if (sha256(bytes) !== saved.sha256) throw damaged();
  // The hash says that this program wrote it, so the rest needs no second look.
  return { state: saved.state as unknown as TrainingState, tensors: new Map(readSafetensors(bytes, saved.numbers)) };
}
