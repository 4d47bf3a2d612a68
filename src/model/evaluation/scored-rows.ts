import { stat } from 'node:fs/promises';
import type { Progress } from '../../context.ts';
import { MonitorError } from '../../errors.ts';
import type { Sentiment } from '../../sentiment.ts';
import type { Model } from '../artifact.ts';
import { inOrder } from '../in-order.ts';
import { PAGES_IN_FLIGHT, pagesOf } from '../pages.ts';
import type { Pool } from '../pool.ts';
import { calibrate, type Probabilities } from '../probabilities.ts';
import { THREE_CLASSES } from '../spec.ts';
import { cleanerOf } from '../tokenizer.ts';
import { type LabelledRow, readLabelled } from '../training/labelled-rows.ts';
import type { TextColumns } from '../training/text-rows.ts';

/** A model and what scores with it. */
export interface ModelAtWork {
  readonly model: Pick<Model, 'spec'>;
  readonly pool: Pick<Pool, 'score'>;
}

export interface LabelledData {
  /** A CSV or JSONL file with a text and a label: negative, neutral, positive, or 0 and 1. */
  readonly data: string;
  readonly columns?: TextColumns;
  /** Whether a file without the group column is refused. */
  readonly mustGroup?: boolean;
  /** Only rows whose group column says this are measured; a `*` stands for anything. */
  readonly only?: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Rows that every model has a class for, in the order of the file. Their texts are not kept. */
export interface ScoredRows {
  readonly labels: readonly Sentiment[];
  /** What the group column says of each row; undefined when the file has no such column. */
  readonly groups: readonly string[] | undefined;
  /** Words between blanks. */
  readonly words: readonly number[];
  /** The classes that all models have. */
  readonly shared: readonly Sentiment[];
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
    models.every(({ model }) => (model.spec.labels as readonly Sentiment[]).includes(name)),
  );
  const skipped: Record<string, number> = {};
  const labels: Sentiment[] = [];
  const groups: string[] = [];
  const words: number[] = [];
  const scores: number[][] = models.map(() => []);
  let grouped = false;

  progress.start('evaluate', await sizeOf(data));
  try {
    const rows = readLabelled(data, columns, undefined, (bytes) => progress.advance(bytes));
    const scored = inOrder(
      pagesOf(measurable(rows, options, shared, skipped), ({ text }) => text.length),
      (page) => {
        grouped ||= page.some(({ group }) => group !== undefined);
        if (options.mustGroup === true && !grouped) throw missingColumn(options);
        return Promise.all(
          models.map(async ({ model, pool }) => {
            const clean = cleanerOf(model.spec.tokenizer);
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
      remedy:
        options.only === undefined
          ? `Labels are ${shared.join(', ')}, or 0 for negative and 1 for positive.`
          : `Check the value of --only, and the column that it is looked for in: ${columns?.group ?? 'none'}.`,
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

/** The rows whose group is asked for and that the models have a class for; the others are counted. */
async function* measurable(
  batches: AsyncIterable<LabelledRow[]>,
  { only, columns }: LabelledData,
  classes: readonly Sentiment[],
  skipped: Record<string, number>,
): AsyncGenerator<Measurable> {
  const isAsked = only === undefined ? () => true : isLike(only);
  const reasonOf = (row: LabelledRow): string | undefined => {
    if ('skipped' in row) return row.skipped;
    if (!isAsked(row.group?.trim() ?? '')) return `${columns?.group ?? 'group'} other than ${only}`;
    return classes.includes(row.label) ? undefined : `${row.label}: no class of the model`;
  };
  for await (const rows of batches)
    for (const row of rows) {
      const reason = reasonOf(row);
      if (reason === undefined) yield row as Measurable;
      else skipped[reason] = (skipped[reason] ?? 0) + 1;
    }
}

/** Whether a value is like a pattern, in which a `*` stands for anything. */
function isLike(pattern: string): (value: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 'su');
  return (value) => expression.test(value);
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
