import { basename } from 'node:path';
import { MonitorError } from '../../errors.ts';
import { readBytes } from '../../ingest/bytes.ts';
import { type RawRow, readRows } from '../../ingest/reader.ts';
import { fieldsOf } from '../predict-rows.ts';
import { readJsonLines } from './json-lines.ts';

/** Names of columns. Those of text and label are asked for, the others are read where they are. */
export interface TextColumns {
  readonly text: string;
  readonly label: string;
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  /** A column to tell groups of rows apart by; a file need not have it. */
  readonly group?: string | undefined;
}

/** How sure a teacher is of negative, neutral and positive; the three add up to 1. */
export type Probabilities = readonly [number, number, number];

/** The cells of a row as they stand in the file; or why it can't be read. */
export type TextRow =
  | {
      readonly text: string;
      readonly label: string;
      readonly id: string;
      /** The column's, or the file's name without its endings where that is empty or missing. */
      readonly source: string;
      readonly probabilities?: Probabilities | undefined;
      /** What the group column says, where one was asked for and the row has it. */
      readonly group?: string | undefined;
    }
  | { readonly skipped: string };

/** The columns of a teacher's probabilities: those that `monitor model predict` writes. */
export const TEACHER_COLUMNS = ['p_negative', 'p_neutral', 'p_positive'] as const;

interface ReadOptions {
  readonly columns: TextColumns;
  /** Whether a CSV file may have no column of labels. */
  readonly unlabelled?: boolean;
  readonly onRead?: (bytes: number) => void;
}

/**
 * The rows of a CSV (comma, header line) or JSONL file (by its name: `.jsonl` or `.ndjson`), `.gz` read as gzip, some hundred
 * at a time. Errors: E_INPUT without the columns or for damaged gzip data, E_FILE.
 */
export async function* readTextRows(file: string, options: ReadOptions): AsyncGenerator<TextRow[]> {
  const { columns, unlabelled = false, onRead = () => undefined } = options;
  const { text, label, id = 'id', source = 'source', group } = columns;
  const fallback = basename(file).replace(/\.(csv|jsonl|ndjson|gz)\b.*$/i, '');
  const rowOf = (cellOf: (column: string) => string, has: (column: string) => boolean): TextRow => ({
    text: cellOf(text),
    label: cellOf(label),
    id: cellOf(id).trim(),
    source: cellOf(source).trim() || fallback,
    probabilities: probabilitiesOf(TEACHER_COLUMNS.map(cellOf)),
    ...(group !== undefined && has(group) ? { group: cellOf(group) } : {}),
  });
  const bytes = readBytes(file, onRead);
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(file)) {
    for await (const objects of readJsonLines(bytes))
      yield objects.map((object) =>
        object === undefined
          ? { skipped: 'not a JSON object' }
          : rowOf(
              (column) => cell(object[column]),
              (column) => object[column] !== undefined,
            ),
      );
    return;
  }
  const wanted = unlabelled ? [text] : [text, label];
  let places: ReadonlyMap<string, number> | undefined;
  for await (const rows of readRows(bytes)) {
    const records: readonly RawRow[] = places === undefined ? rows.slice(1) : rows;
    places ??= placesOf(rows[0], wanted, file);
    const known = places;
    yield records.map((record) => {
      if (record.problem?.code === 'R_ROW_SIZE') return { skipped: record.problem.reason };
      const fields = fieldsOf(record);
      const placeOf = (column: string) => known.get(column.toLowerCase());
      return rowOf(
        (column) => fields[placeOf(column) ?? -1] ?? '',
        (column) => placeOf(column) !== undefined,
      );
    });
  }
  if (places === undefined) placesOf(undefined, wanted, file);
}

function cell(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A teacher's probabilities, or undefined where the row has none that add up. */
export function probabilitiesOf(cells: readonly string[]): Probabilities | undefined {
  const [negative = Number.NaN, neutral = Number.NaN, positive = Number.NaN] = cells.map((text) =>
    text.trim() === '' ? Number.NaN : Number(text),
  );
  const sum = negative + neutral + positive;
  const usable = Math.min(negative, neutral, positive) >= 0 && Math.abs(sum - 1) < 0.01;
  return usable ? [negative / sum, neutral / sum, positive / sum] : undefined;
}

/** Where a CSV file's columns are, by their names in small letters. Errors: E_INPUT when one that is wanted is missing. */
export function placesOf(
  header: RawRow | undefined,
  wanted: readonly string[],
  file: string,
): ReadonlyMap<string, number> {
  const names = header === undefined ? [] : fieldsOf(header).map((name) => name.trim().toLowerCase());
  const missing = wanted.find((column) => !names.includes(column.toLowerCase()));
  if (missing !== undefined) {
    const has =
      names.length === 0
        ? 'The file is empty'
        : `The file has no column "${missing}". Its columns: ${names.join(', ')}`;
    throw new MonitorError('E_INPUT', `${has}.`, {
      place: { file, line: 1 },
      remedy: `Give a comma-separated file whose first line names the columns ${wanted.map((name) => `"${name}"`).join(' and ')}.`,
    });
  }
  // Of two columns of one name the first is meant.
  return new Map(names.map((name, place) => [name, place] as const).reverse());
}
