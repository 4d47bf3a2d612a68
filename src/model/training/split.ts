import type { Dataset } from './dataset.ts';
import { randomOf, shuffled } from './random.ts';
import type { Recipe } from './recipe.ts';

/** Rows to learn from and rows to choose by, both by their place in the data. */
export interface Split {
  readonly training: readonly number[];
  readonly validation: readonly number[];
}

/**
 * Draws the validation rows, of those that may be held out: of each class the same share when stratified, at least one and
 * never all. Depends on the labels, on what may be held out, on the share and the seed alone.
 */
export function splitOf(
  labels: readonly number[],
  options: Recipe['split'],
  mayBeHeld: (row: number) => boolean = () => true,
): Split {
  const held = new Set<number>();
  const rows = labels.map((_, row) => row);
  const candidates = rows.filter(mayBeHeld);
  const groups = options.stratified
    ? [...new Set(labels)].sort((a, b) => a - b).map((label) => candidates.filter((row) => labels[row] === label))
    : [candidates];
  if (options.validation > 0)
    for (const [index, group] of groups.entries()) {
      const size = Math.max(0, Math.min(Math.max(1, Math.round(group.length * options.validation)), group.length - 1));
      for (const row of shuffled(group, randomOf(options.seed, index)).slice(0, size)) held.add(row);
    }
  return { training: rows.filter((row) => !held.has(row)), validation: rows.filter((row) => held.has(row)) };
}

/** Whether a row may be held out: it is of the sources that the model is for, with a label of its own. */
export function mayBeHeld({ examples }: Pick<Dataset, 'examples'>, row: number): boolean {
  return examples[row]?.learntOnly !== true;
}

/** The rows of a dataset that are learnt from, and those that are held out. */
export function splitOfDataset(data: Pick<Dataset, 'examples'>, options: Recipe['split']): Split {
  const labels = data.examples.map(({ label }) => label);
  return splitOf(labels, options, (row) => mayBeHeld(data, row));
}
