import { stat } from 'node:fs/promises';
import Papa from 'papaparse';
import type { Progress } from '../context.ts';
import { MonitorError } from '../errors.ts';
import { writeFileInParts } from '../files.ts';
import { readBytes } from '../ingest/bytes.ts';
import { type RawRow, readRows } from '../ingest/reader.ts';
import type { Model } from './artifact.ts';
import { inOrder } from './in-order.ts';
import { PAGES_IN_FLIGHT, pagesOf } from './pages.ts';
import type { Pool } from './pool.ts';
import { columnsOf, fieldsOf, outputRow, type PredictColumns } from './predict-rows.ts';
import { calibrate } from './probabilities.ts';
import { cleanerOf } from './tokenizer.ts';

export interface PredictOptions {
  /** A CSV with a `text` column; read as gzip when its name ends in `.gz`. */
  readonly input: string;
  readonly output: string;
  readonly model: Pick<Model, 'spec'>;
  readonly pool: Pool;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * Adds `p_negative,p_neutral,p_positive,score,predicted` to a CSV: every record of the input is one of the output, in its
 * order, and its own cells keep their values to the letter. So a cell that a spreadsheet would run (`=…`) is not defused
 * here: the file is data for programs. Columns of those five names that exist already keep their place and get new values.
 * The output is UTF-8 without a byte order mark, comma-separated, with LF line ends; empty lines of the input are no records.
 * A row with too few cells is filled up with empty ones; cells beyond the header's go behind the new columns. A row with
 * broken quotes is read as well as it can be, and counted in `repaired`.
 * Errors: E_INPUT for a file without a `text` column, with damaged gzip data or a row longer than 1 MiB; E_FILE when a file
 * can't be read or written; the pool's. The output file appears only when it is complete.
 */
export async function predictFile(options: PredictOptions): Promise<{ rows: number; repaired: number }> {
  const { input, output, model, pool, signal, progress } = options;
  const clean = cleanerOf(model.spec.tokenizer);
  const size = await stat(input).then(
    (found) => found.size,
    () => undefined,
  );
  progress.start('predict', size);
  const batches = readRows(readBytes(input, (bytes) => progress.advance(bytes)));
  let rows = 0;
  let repaired = 0;
  try {
    const { columns, records } = await readHeader(batches, input);
    await writeFileInParts(output, async (write) => {
      await write(csv([columns.header]));
      const textsOf = (page: readonly RawRow[]) => page.map((record) => clean(fieldsOf(record)[columns.text] ?? ''));
      const scoreOf = async (texts: string[]) => calibrate(model, await pool.score(texts, signal));
      const scored = inOrder(
        pagesOf(whole(records, input), ({ raw }) => raw.length),
        (page) => scoreOf(textsOf(page)),
        PAGES_IN_FLIGHT,
      );
      for await (const { item: page, result } of scored) {
        const lines = page.map((record, index) =>
          outputRow(
            columns,
            model,
            fieldsOf(record),
            result[2 * index] ?? Number.NaN,
            result[2 * index + 1] ?? Number.NaN,
          ),
        );
        await write(csv(lines));
        rows += page.length;
        repaired += page.filter((record) => record.problem !== undefined).length;
      }
    });
  } finally {
    progress.finish();
  }
  return { rows, repaired };
}

async function readHeader(
  batches: AsyncGenerator<RawRow[]>,
  input: string,
): Promise<{ columns: PredictColumns; records: AsyncGenerator<RawRow[]> }> {
  const first = await batches.next();
  const [header, ...rest] = first.done ? [] : first.value;
  const names = header === undefined ? [] : fieldsOf(header);
  const columns = columnsOf(names);
  if (columns === undefined)
    throw new MonitorError(
      'E_INPUT',
      header === undefined ? 'The file is empty.' : `The file has no column "text". Its columns: ${names.join(', ')}`,
      {
        place: { file: input, line: 1 },
        remedy: 'Give a comma-separated file whose first line names a column "text".',
      },
    );
  async function* records() {
    if (rest.length > 0) yield rest;
    yield* batches;
  }
  return { columns, records: records() };
}

async function* whole(records: AsyncIterable<RawRow[]>, input: string): AsyncGenerator<RawRow> {
  for await (const batch of records)
    for (const record of batch) {
      if (record.problem?.code === 'R_ROW_SIZE')
        throw new MonitorError('E_INPUT', `A row can't be kept whole: ${record.problem.reason}.`, {
          place: { file: input, line: record.line, row: record.row },
          remedy: 'Look for a quote that is never closed in this row, and export the file again.',
        });
      yield record;
    }
}

function csv(rows: readonly (readonly string[])[]): string {
  return `${Papa.unparse(rows as string[][], { newline: '\n', header: false })}\n`;
}
