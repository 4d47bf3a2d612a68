import { stat } from 'node:fs/promises';
import type { Progress } from '../../context.ts';
import { MonitorError } from '../../errors.ts';
import { cleanText } from '../../ingest/text.ts';
import type { Model } from '../artifact.ts';
import { inOrder } from '../in-order.ts';
import type { Pool } from '../pool.ts';
import { calibrate, classify } from '../probabilities.ts';
import { THREE_CLASSES, TWO_CLASSES } from '../spec.ts';
import { type ClassName, type LabelledColumns, type LabelledRow, readLabelled } from '../training/labelled-rows.ts';
import { ConfusionCounter, type Figures } from './metrics.ts';

/** Ends a page: neither many rows nor long ones may fill the memory. */
const ROWS_PER_PAGE = 4_096;
const CHARACTERS_PER_PAGE = 4_194_304;
const PAGES_IN_FLIGHT = 2;

export interface EvaluateOptions {
  /** A CSV or JSONL file with a text and a label: negative, neutral, positive, or 0 and 1. */
  readonly data: string;
  readonly columns?: LabelledColumns;
  readonly model: Pick<Model, 'spec'>;
  readonly pool: Pick<Pool, 'score'>;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What a model reaches on labelled texts. `rows` are those that were measured. */
export interface Evaluation extends Figures {
  readonly model: string;
  /** Rows that were not measured, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * Scores labelled texts and compares. When model and labels have different classes, what can be compared is:
 * - a three-class model on labels without any neutral is asked for the more probable of negative and positive;
 * - a two-class model can't be asked about neutral texts, which are skipped and counted.
 * Otherwise the class is the one that posts get, by the model's threshold.
 * Errors: readLabelled's, the pool's, E_INPUT when no row can be measured.
 */
export async function evaluateModel(options: EvaluateOptions): Promise<Evaluation> {
  const { data, columns, model, pool, signal, progress } = options;
  const clean = model.spec.tokenizer.reads === 'cleaned' ? cleanText : (text: string) => text;
  const has: readonly ClassName[] = model.spec.labels;
  const skipped: Record<string, number> = {};
  // Whether there is a neutral label is known at the end only, so both ways are counted.
  const all = new ConfusionCounter(has);
  const polar = new ConfusionCounter(TWO_CLASSES);
  const isPolar = (label: ClassName) => label !== 'neutral';
  let neutral = 0;

  progress.start('evaluate', await sizeOf(data));
  try {
    const rows = readLabelled(data, columns, undefined, (bytes) => progress.advance(bytes));
    const measured = pages(rows, has, skipped);
    const scored = inOrder(
      measured,
      async (page) => {
        const texts = page.map(({ text }) => clean(text));
        return calibrate(model, await pool.score(texts, signal));
      },
      PAGES_IN_FLIGHT,
    );
    for await (const { item: page, result } of scored)
      for (const [index, { label }] of page.entries()) {
        const pNegative = result[2 * index] ?? Number.NaN;
        const pPositive = result[2 * index + 1] ?? Number.NaN;
        all.add(has.indexOf(label), has.indexOf(classify(model, pNegative, pPositive)));
        if (isPolar(label)) polar.add(label === 'positive' ? 1 : 0, pPositive >= pNegative ? 1 : 0);
        else neutral += 1;
      }
  } finally {
    progress.finish();
  }
  const figures = (has.length === THREE_CLASSES.length && neutral === 0 ? polar : all).figures();
  if (figures.rows === 0)
    throw new MonitorError('E_INPUT', `No row has a text and a label to measure by. ${JSON.stringify(skipped)}`, {
      place: { file: data },
      remedy: `Labels are ${has.join(', ')}, or 0 for negative and 1 for positive.`,
    });
  return { model: model.spec.name, skipped, ...figures };
}

type Measurable = Exclude<LabelledRow, { readonly skipped: string }>;

/** The rows that the model has a class for, in pages; the others are counted. */
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

async function sizeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
}
