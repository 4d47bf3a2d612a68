import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { MonitorError, throwIfAborted } from '../../errors.ts';
import type { Sentiment } from '../../sentiment.ts';
import { THREE_CLASSES, type TokenizerSpec, TWO_CLASSES } from '../spec.ts';
import { cleanerOf } from '../tokenizer.ts';
import { classOf, USUAL_LABELS } from './labelled-rows.ts';
import type { Recipe } from './recipe.ts';
import { isOfSource, patternOf } from './sources.ts';
import { readTeachers, type Teachers } from './teachers.ts';
import { readTextRows, type TeacherProbabilities, type TextRow } from './text-rows.ts';

/** A text as the tokeniser is to read it, and the place of its class among the recipe's. */
interface Example {
  readonly text: string;
  /** The teacher's likeliest class where the row's own label is not looked at. */
  readonly label: number;
  readonly probabilities?: TeacherProbabilities | undefined;
  /** Where the recipe says something of sources: its source's weight and share of soft labels, and whether it may be held out. */
  readonly weight?: number;
  readonly soft?: number;
  readonly learntOnly?: boolean;
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
  /** Where teachers' files were given: them, their ids that no row has, and rows used that no teacher speaks of. */
  readonly teachers?: {
    readonly files: Teachers['files'];
    readonly unknown_ids: number;
    readonly rows_without: number;
  };
  /** What its giver should hear of, each a sentence. */
  readonly notes: readonly string[];
}

type DataRecipe = Pick<Recipe, 'classes' | 'columns' | 'labels' | 'split'> &
  Partial<Pick<Recipe, 'sources' | 'soft_labels'>> & { readonly tokenizer: Pick<TokenizerSpec, 'reads'> };

/**
 * Reads all examples of the files into memory, joined with what teachers' files say of their ids. Errors: readTextRows's and
 * readTeachers's; E_INPUT when a class has fewer than two examples (nothing can be learnt about it, and nothing measured), or
 * when no row is of the sources to be held out.
 */
export async function readDataset(
  files: readonly string[],
  recipe: DataRecipe,
  signal: AbortSignal,
  teacherFiles: readonly string[] = [],
): Promise<Dataset> {
  const teachers = teacherFiles.length === 0 ? undefined : await readTeachers(teacherFiles, signal);
  const read = exampleReader(recipe, teachers);
  // A label is not looked at under `soft_labels: 1`; only then may a file have none.
  const unlabelled = Object.values(recipe.sources ?? {}).some((rule) => rule.soft_labels === 1);
  const bySource = recipe.sources !== undefined || recipe.split.from !== undefined;
  const hash = createHash('sha256');
  const examples: Example[] = [];
  const told: Dataset['files'][number][] = [];
  const seen = new Set<string>();
  for (const file of files) {
    const skipped: Record<string, number> = {};
    const before = examples.length;
    for await (const rows of readTextRows(file, { columns: recipe.columns, unlabelled })) {
      throwIfAborted(signal);
      for (const row of rows) {
        const example = 'skipped' in row ? row : read(row);
        if (!('skipped' in row)) seen.add(row.source);
        if ('skipped' in example) skipped[example.skipped] = (skipped[example.skipped] ?? 0) + 1;
        else {
          const source = bySource && 'source' in row ? `${row.source}\0` : '';
          hash.update(`${example.label}\0${example.text}\0${example.probabilities?.join(' ') ?? ''}\0${source}`);
          examples.push(example);
        }
      }
    }
    told.push({ file: basename(file), rows: examples.length - before, skipped });
  }
  refuseSmall(examples, recipe, files, told);
  refuseUnheld(examples, recipe, files, seen);
  const joined = teachers && {
    files: teachers.files,
    unknown_ids: teachers.unasked(),
    rows_without: examples.filter(({ probabilities }) => probabilities === undefined).length,
  };
  const notes = [...notesOfSources(recipe, seen), ...(joined ? notesOfTeachers(joined) : [])];
  return { examples, sha256: hash.digest('hex'), files: told, ...(joined ? { teachers: joined } : {}), notes };
}

/** What a row becomes by the recipe. */
function exampleReader(
  recipe: DataRecipe,
  teachers: Teachers | undefined,
): (row: Exclude<TextRow, { readonly skipped: string }>) => Example | { readonly skipped: string } {
  const classes: readonly Sentiment[] = recipe.classes === 2 ? TWO_CLASSES : THREE_CLASSES;
  const clean = cleanerOf(recipe.tokenizer);
  const labels = new Map(
    Object.entries(recipe.labels ?? USUAL_LABELS).map(([label, name]) => [label.toLowerCase(), name]),
  );
  const { sources, split } = recipe;
  const patterns = Object.keys(sources ?? {});
  return (row) => {
    const probabilities = teachers?.of(row.id) ?? row.probabilities;
    const rule = sources?.[patternOf(patterns, row.source) ?? ''] ?? {};
    if (rule.weight === 0) return { skipped: `source ${row.source}` };
    const taught = rule.soft_labels === 1;
    let name: ReturnType<typeof classOf>;
    if (taught && probabilities === undefined) name = { skipped: 'no teacher’s probabilities' };
    else if (taught) name = likeliest(probabilities);
    else name = classOf(labels, row.label);
    if (typeof name === 'object') return name;
    if (row.text.trim() === '') return { skipped: 'no text' };
    if (!classes.includes(name)) return { skipped: `class ${name}` };
    return {
      text: clean(row.text),
      label: classes.indexOf(name),
      probabilities,
      ...(rule.weight === undefined ? {} : { weight: rule.weight }),
      ...(rule.soft_labels === undefined ? {} : { soft: rule.soft_labels }),
      ...(taught || (split.from !== undefined && !isOfSource(split.from, row.source)) ? { learntOnly: true } : {}),
    };
  };
}

function likeliest([negative, neutral, positive]: TeacherProbabilities = [0, 1, 0]): Sentiment {
  if (neutral >= Math.max(negative, positive)) return 'neutral';
  return negative >= positive ? 'negative' : 'positive';
}

function refuseSmall(
  examples: readonly Example[],
  recipe: DataRecipe,
  [file]: readonly string[],
  told: Dataset['files'],
): void {
  for (const [index, name] of (recipe.classes === 2 ? TWO_CLASSES : THREE_CLASSES).entries()) {
    const rows = examples.filter((example) => example.label === index).length;
    if (rows < 2)
      throw new MonitorError('E_INPUT', `The data has ${rows} ${name} texts, too few to learn from.`, {
        place: file === undefined ? {} : { file },
        remedy: `Check the columns and the labels that the recipe maps, or set its classes. Left out: ${JSON.stringify(told)}`,
      });
  }
}

function refuseUnheld(
  examples: readonly Example[],
  { split, sources }: DataRecipe,
  [file]: readonly string[],
  seen: ReadonlySet<string>,
): void {
  if (split.validation === 0 || (split.from === undefined && sources === undefined)) return;
  if (examples.filter(({ learntOnly }) => learntOnly !== true).length > 1) return;
  const which = split.from === undefined ? 'with a label of its own' : `of the sources ${split.from}`;
  throw new MonitorError('E_INPUT', `No row ${which} can be held out.`, {
    place: file === undefined ? {} : { file },
    remedy: `Correct split.from, or set split.validation to 0. Sources of the data: ${[...seen].slice(0, 20).join(', ')}`,
  });
}

function notesOfSources({ sources }: DataRecipe, seen: ReadonlySet<string>): string[] {
  return Object.keys(sources ?? {})
    .filter((pattern) => ![...seen].some((source) => isOfSource(pattern, source)))
    .map((pattern) => `No row is of the source ${pattern} that the recipe names.`);
}

function notesOfTeachers({ files, unknown_ids, rows_without }: NonNullable<Dataset['teachers']>): string[] {
  return [
    ...files
      .filter(({ unusable }) => unusable > 0)
      .map(
        ({ file, rows, unusable }) => `${unusable} of ${rows} rows of ${file} have no id or no usable probabilities.`,
      ),
    ...(unknown_ids > 0 ? [`The teacher has ${unknown_ids} ids that no row of the data has.`] : []),
    ...(rows_without > 0 ? [`The teacher says nothing of ${rows_without} rows of the data.`] : []),
  ];
}
