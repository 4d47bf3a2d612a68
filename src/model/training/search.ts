import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MonitorError } from '../../errors.ts';
import { writeFileAtomic } from '../../files.ts';
import { loadModel, type Model } from '../artifact.ts';
import { canonicalJson } from '../canonical-json.ts';
import { goodness } from './epochs.ts';
import { type Recipe, recipeHash } from './recipe.ts';
import { drawSettings, recipeWith, type SearchSpace, type Settings } from './search-space.ts';
import { type TrainOptions, trainModel } from './train.ts';
import { type EpochLog, LOG_FILE, type ValidationFigures } from './training-log.ts';

/** Trials that must have come as far before another is measured by them. */
const TRIALS_TO_COMPARE = 3;

export interface SearchOptions extends Omit<TrainOptions, 'onEpoch'> {
  /** The folder of the search: a model folder for each trial, and results.json. */
  readonly out: string;
  readonly space: SearchSpace;
  readonly trials: number;
  readonly seed: number;
  readonly onTrial?: (trial: Trial) => void;
}

/** What became of a trial. */
export interface Trial {
  /** From 1. */
  readonly trial: number;
  readonly model: string;
  readonly settings: Settings;
  readonly epochs: number;
  /** Whether it was given up because the others were better at the same epoch. */
  readonly given_up: boolean;
  readonly best_epoch: number;
  /** The best epoch's, on the rows held out. */
  readonly validation: ValidationFigures;
  readonly seconds: number;
}

export interface SearchResult {
  readonly metric: string;
  /** The best first. */
  readonly trials: readonly Trial[];
}

interface Run {
  readonly trial: Trial;
  readonly log: readonly EpochLog[];
  /** Hash of the data as the trial read it, and all of its recipe that this depends on. */
  readonly data: unknown;
  readonly reads: string;
}

/**
 * Trains the recipe with settings drawn from the space, trial after trial. A trial ends after an epoch at which it has been worse
 * than half of the earlier ones had been by then (the median stopping rule of Golovin et al. 2017). Trials that are done stay
 * done: the same call goes on after them, also with more trials.
 * Errors: trainModel's; E_CONFIG when the space doesn't fit the recipe; E_USAGE when the folder holds another search.
 */
export async function searchModels(options: SearchOptions): Promise<SearchResult> {
  const { recipe, space, seed, trials, out, onTrial, ...training } = options;
  if (recipe.split.validation === 0)
    throw new MonitorError('E_CONFIG', 'A search needs rows held out to choose by.', {
      remedy: 'Set split.validation in the recipe above 0.',
    });
  // All drawn first: a space that doesn't fit is heard of before the first hour has passed.
  const drawn = Array.from({ length: trials }, (_, index) => {
    const settings = drawSettings(space, seed, index + 1);
    return { settings, recipe: recipeWith(recipe, settings) };
  });
  await mkdir(out, { recursive: true });
  const runs: Run[] = [];
  const metric = recipe.early_stopping?.metric ?? 'macro_recall';
  for (const [index, { settings, recipe: own }] of drawn.entries()) {
    const folder = join(out, `trial-${String(index + 1).padStart(3, '0')}`);
    const isBehind = (log: readonly EpochLog[]) => behind(recipe, log, runs);
    const { model, log } = existsSync(folder)
      ? await doneBefore(folder, own)
      : await trainModel({ ...training, recipe: own, out: folder, isEnough: isBehind });
    const run = runOf(index + 1, folder, settings, { recipe, own, model, log, isBehind });
    const twin = runs.find(({ reads }) => reads === run.reads);
    if (twin && twin.data !== run.data) throw another(out);
    runs.push(run);
    onTrial?.(run.trial);
    await writeFileAtomic(join(out, 'results.json'), `${JSON.stringify(resultOf(recipe, metric, runs), null, 2)}\n`);
  }
  return resultOf(recipe, metric, runs);
}

function resultOf(recipe: Recipe, metric: string, runs: readonly Run[]): SearchResult {
  const trials = runs.map(({ trial }) => trial);
  trials.sort((a, b) => goodness(recipe, b.validation) - goodness(recipe, a.validation) || a.trial - b.trial);
  return { metric, trials };
}

function runOf(
  trial: number,
  folder: string,
  settings: Settings,
  done: {
    recipe: Recipe;
    own: Recipe;
    model: Model;
    log: readonly EpochLog[];
    isBehind: (log: readonly EpochLog[]) => boolean;
  },
): Run {
  const { recipe, own, model, log } = done;
  const measured = log.flatMap(({ epoch, validation }) => (validation ? [{ epoch, validation }] : []));
  const [first, ...others] = measured;
  if (!first) throw another(folder);
  const best = others.reduce(
    (before, one) => (goodness(recipe, one.validation) > goodness(recipe, before.validation) ? one : before),
    first,
  );
  const { data } = model.spec.about as { data?: { sha256?: string } };
  return {
    log,
    data: data?.sha256,
    reads: canonicalJson([own.classes, own.columns, own.labels, own.sources, own.split.from, own.tokenizer.reads]),
    trial: {
      trial,
      model: folder,
      settings,
      epochs: log.length,
      given_up: log.length < own.epochs && done.isBehind(log),
      best_epoch: best.epoch,
      validation: best.validation,
      seconds: log.reduce((sum, { seconds }) => sum + seconds, 0),
    },
  };
}

/** Whether the best epoch so far is worse than the median of what earlier trials had reached by then. */
function behind(recipe: Recipe, log: readonly EpochLog[], earlier: readonly Run[]): boolean {
  const reached = (of: readonly EpochLog[]) =>
    Math.max(
      ...of.slice(0, log.length).map(({ validation }) => (validation ? goodness(recipe, validation) : -Infinity)),
    );
  const others = earlier.filter((run) => run.log.length >= log.length).map((run) => reached(run.log));
  if (log.length === 0 || others.length < TRIALS_TO_COMPARE) return false;
  others.sort((a, b) => a - b);
  return reached(log) < (others[Math.floor(others.length / 2)] ?? -Infinity);
}

/** A trial that an earlier call has finished. */
async function doneBefore(folder: string, recipe: Recipe): Promise<{ model: Model; log: readonly EpochLog[] }> {
  const model = await loadModel(folder);
  if (model.spec.about['recipe_sha256'] !== recipeHash(recipe)) throw another(folder);
  const lines = (await readFile(join(folder, LOG_FILE), 'utf8')).trim().split('\n');
  return { model, log: lines.map((line) => JSON.parse(line) as EpochLog) };
}

function another(folder: string): MonitorError {
  return new MonitorError('E_USAGE', 'The folder holds trials of another search: other data, recipe, space or seed.', {
    place: { file: folder },
    remedy: 'Give what it was begun with, or another --out.',
  });
}
