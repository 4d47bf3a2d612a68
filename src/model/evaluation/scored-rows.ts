import { stat } from 'node:fs/promises';
import type { Progress } from '../../context.ts';
import { MonitorError } from '../../errors.ts';
import { cleanText } from '../../ingest/text.ts';
import type { Model } from '../artifact.ts';
import { inOrder } from '../in-order.ts';
import type { Pool } from '../pool.ts';
import { calibrate, type Probabilities } from '../probabilities.ts';
import { THREE_CLASSES } from '../spec.ts';
import { type ClassName, type LabelledColumns, type LabelledRow, readLabelled } from '../training/labelled-rows.ts';

/** Ends a page: neither many rows nor long ones may fill the memory. */
const ROWS_PER_PAGE = 4_096;
const CHARACTERS_PER_PAGE = 4_194_304;
const PAGES_IN_FLIGHT = 2;

/** A model and what scores with it. */
export interface ModelAtWork {
  readonly model: Pick<Model, 'spec'>;
  readonly pool: Pick<Pool, 'score'>;
}

export interface LabelledData {
  /** A CSV or JSONL file with a text and a label: negative, neutral, positive, or 0 and 1. */
  readonly data: string;
  readonly columns?: LabelledColumns;
  /** Whether a file without the group column is refused. */
  readonly mustGroup?: boolean;
  /** Only rows whose group column says this are measured; a `*` stands for anything. */
  readonly only?: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Rows that every model has a class for, in the order of the file. Their texts are not kept. */
export interface ScoredRows {
  readonly labels: readonly ClassName[];
  /** What the group column says of each row; undefined when the file has no such column. */
  readonly groups: readonly string[] | undefined;
  /** Words between blanks. */
  readonly words: readonly number[];
  /** The classes that all models have. */
  readonly shared: readonly ClassName[];
  /** For each model, p_negative and p_positive in turn. */
  readonly scores: readonly Probabilities[];
  /** Rows that can't be measured, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * Reads labelled texts once and scores them by each model.
 * Errors: readLabelled's, the pools', E_INPUT when no row can be measured or the group column is missing.
 */
export async function scoreLabelled(models: readonly ModelAtWork[], options: LabelledData): Promise<ScoredRows> {
  const { data, columns, signal, progress } = options;
  const shared = THREE_CLASSES.filter((name) =>
    models.every(({ model }) => (model.spec.labels as readonly ClassName[]).includes(name)),
  );
  const skipped: Record<string, number> = {};
  const labels: ClassName[] = [];
  const groups: string[] = [];
  const words: number[] = [];
  const scores: number[][] = models.map(() => []);
  let grouped = false;

  progress.start('evaluate', await sizeOf(data));
  try {
    const rows = readLabelled(data, columns, undefined, (bytes) => progress.advance(bytes));
    const scored = inOrder(
      pages(named(rows, options, skipped), shared, skipped),
      (page) => {
        grouped ||= page.some(({ group }) => group !== undefined);
        if (options.mustGroup === true && !grouped) throw missingColumn(options);
        return Promise.all(
          models.map(async ({ model, pool }) => {
            const clean = model.spec.tokenizer.reads === 'cleaned' ? cleanText : (text: string) => text;
            const texts = page.map(({ text }) => clean(text));
            return calibrate(model, await pool.score(texts, signal));
          }),
        );
      },
      PAGES_IN_FLIGHT,
    );
    for await (const { item: page, result } of scored) {
      for (const { text, label, group = '' } of page) {
        labels.push(label);
        groups.push(group.trim());
        words.push(text.split(/\s+/).filter((word) => word !== '').length);
      }
      for (const [index, probabilities] of result.entries())
        for (const probability of probabilities) scores[index]?.push(probability);
    }
  } finally {
    progress.finish();
  }
  if (labels.length === 0)
    throw new MonitorError('E_INPUT', `No row has a text and a label to measure by. ${JSON.stringify(skipped)}`, {
      place: { file: data },
      remedy: `Labels are ${shared.join(', ')}, or 0 for negative and 1 for positive.`,
    });
  return {
    labels,
    groups: grouped ? groups : undefined,
    words,
    shared,
    scores: scores.map((values) => Float64Array.from(values)),
    skipped,
  };
}

type Measurable = Exclude<LabelledRow, { readonly skipped: string }>;

/** The rows that the models have a class for, in pages; the others are counted. */
async function* pages(
  batches: AsyncIterable<LabelledRow[]>,
  classes: readonly ClassName[],
  skipped: Record<string, number>,
): AsyncGenerator<Measurable[]> {
  let page: Measurable[] = [];
  let characters = 0;
  for await (const rows of batches)
    for (const row of rows) {
      if ('skipped' in row || !classes.includes(row.label)) {
        const reason = 'skipped' in row ? row.skipped : `${row.label}: no class of the model`;
        skipped[reason] = (skipped[reason] ?? 0) + 1;
        continue;
      }
      page.push(row);
      characters += row.text.length;
      if (page.length < ROWS_PER_PAGE && characters < CHARACTERS_PER_PAGE) continue;
      yield page;
      page = [];
      characters = 0;
    }
  if (page.length > 0) yield page;
}

/** The rows whose group is asked for; the others are counted. */
async function* named(
  batches: AsyncIterable<LabelledRow[]>,
  { only, columns }: LabelledData,
  skipped: Record<string, number>,
): AsyncGenerator<LabelledRow[]> {
  if (only === undefined) return yield* batches;
  const parts = only.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`, 'su');
  const reason = `${columns?.group ?? 'group'} other than ${only}`;
  for await (const rows of batches)
    yield rows.filter((row) => {
      if ('skipped' in row || pattern.test(row.group?.trim() ?? '')) return true;
      skipped[reason] = (skipped[reason] ?? 0) + 1;
      return false;
    });
}

function missingColumn({ data, columns }: LabelledData): MonitorError {
  return new MonitorError('E_INPUT', `The file has no column "${columns?.group ?? ''}" to group rows by.`, {
    place: { file: data },
    remedy: 'Name one of the columns of its first line with --by.',
  });
}

async function sizeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
}
