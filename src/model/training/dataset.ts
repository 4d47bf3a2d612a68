import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { MonitorError, throwIfAborted } from '../../errors.ts';
import { cleanText } from '../../ingest/text.ts';
import { THREE_CLASSES, type TokenizerSpec, TWO_CLASSES } from '../spec.ts';
import { type ClassName, type Probabilities, readLabelled, USUAL_LABELS } from './labelled-rows.ts';
import type { Recipe } from './recipe.ts';

/** A text as the tokeniser is to read it, and the place of its class among the recipe's. */
interface Example {
  readonly text: string;
  readonly label: number;
  readonly probabilities?: Probabilities | undefined;
}

export interface Dataset {
  readonly examples: readonly Example[];
  /** Hash of all texts and labels, in their order. */
  readonly sha256: string;
  /** By file name: rows used, and rows left out by reason. */
  readonly files: readonly {
    readonly file: string;
    readonly rows: number;
    readonly skipped: Readonly<Record<string, number>>;
  }[];
}

function classesOf(recipe: Pick<Recipe, 'classes'>): readonly ClassName[] {
  return recipe.classes === 2 ? TWO_CLASSES : THREE_CLASSES;
}

/**
 * Reads all examples of the files into memory. Errors: readLabelled's; E_INPUT when a class has fewer than two examples:
 * nothing can be learnt about it, and nothing measured.
 */
export async function readDataset(
  files: readonly string[],
  recipe: Pick<Recipe, 'classes' | 'columns'> & {
    readonly labels?: Recipe['labels'];
    readonly tokenizer: Pick<TokenizerSpec, 'reads'>;
  },
  signal: AbortSignal,
): Promise<Dataset> {
  const classes = classesOf(recipe);
  const clean = recipe.tokenizer.reads === 'cleaned' ? cleanText : (text: string) => text;
  const labels = Object.fromEntries(
    Object.entries(recipe.labels ?? USUAL_LABELS).map(([label, name]) => [label.toLowerCase(), name]),
  );
  const hash = createHash('sha256');
  const examples: Example[] = [];
  const told: Dataset['files'][number][] = [];
  for (const file of files) {
    const skipped: Record<string, number> = {};
    const before = examples.length;
    const skip = (reason: string) => {
      skipped[reason] = (skipped[reason] ?? 0) + 1;
    };
    for await (const rows of readLabelled(file, recipe.columns, labels)) {
      throwIfAborted(signal);
      for (const row of rows) {
        if ('skipped' in row) skip(row.skipped);
        else if (!classes.includes(row.label)) skip(`class ${row.label}`);
        else {
          const { probabilities } = row;
          const example = { text: clean(row.text), label: classes.indexOf(row.label), probabilities };
          hash.update(`${example.label}\0${example.text}\0${probabilities?.join(' ') ?? ''}\0`);
          examples.push(example);
        }
      }
    }
    told.push({ file: basename(file), rows: examples.length - before, skipped });
  }
  for (const [index, name] of classes.entries()) {
    const rows = examples.filter((example) => example.label === index).length;
    if (rows < 2)
      throw new MonitorError('E_INPUT', `The data has ${rows} ${name} texts, too few to learn from.`, {
        place: files[0] === undefined ? {} : { file: files[0] },
        remedy: `Check the columns and the labels that the recipe maps, or set its classes. Left out: ${JSON.stringify(told)}`,
      });
  }
  return { examples, sha256: hash.digest('hex'), files: told };
}
