import type { ColumnMapping } from './column-names.ts';
import { type Columns, findColumns } from './columns.ts';
import { namedValues } from './json-lines.ts';
import { DELIMITERS, type Delimiter, type RawRow, recordsOf } from './reader.ts';

/** Lines above the header that a file may have, such as a report's title. */
const MAX_TITLE_LINES = 5;
/** Rows by which delimiters are told apart when several make a header. */
const COMPARED_ROWS = 100;
/** Lines whose names make the columns of JSON Lines. */
const NAMED_LINES = 1000;

/** Where a CSV file's columns are, or what is wrong with its header. */
export interface FoundTable {
  delimiter: Delimiter;
  /** Records above the header. */
  titles: number;
  header: readonly string[];
  columns: Columns | string;
}

/**
 * Finds delimiter, title lines and header at the start of a file: the delimiter and the line, among the first six, that make a
 * header with known columns. Where none does, what the likeliest header lacks.
 */
export function findTable(
  text: string,
  whole: boolean,
  settings: { delimiter?: Delimiter | undefined; columns?: ColumnMapping | undefined } = {},
): FoundTable {
  const named = /^\ufeff?sep=(.)\r*\n/i.exec(text)?.[1];
  const told = settings.delimiter ?? DELIMITERS.find((delimiter) => delimiter === named);
  const tables = (told === undefined ? DELIMITERS : [told]).map((delimiter) =>
    tableOf(recordsOf(text, delimiter, whole), delimiter, settings.columns),
  );
  const best = tables.reduce((a, b) => (compare(b, a) > 0 ? b : a));
  return best.table;
}

interface Candidate {
  table: FoundTable;
  /** Rows of the header's width. */
  fitting: number;
  /** Cells of the header, broken or not. */
  cells: number;
}

function compare(a: Candidate, b: Candidate): number {
  const known = ({ table }: Candidate): number => (typeof table.columns === 'string' ? 0 : 1);
  return known(a) - known(b) || a.fitting - b.fitting || a.cells - b.cells;
}

function tableOf(rows: readonly RawRow[], delimiter: Delimiter, mapping: ColumnMapping | undefined): Candidate {
  let first: FoundTable | undefined;
  const cells = rows[0]?.raw.split(delimiter).length ?? 0;
  for (const [titles, row] of rows.slice(0, MAX_TITLE_LINES + 1).entries()) {
    const columns = row.problem ? `the header is broken: ${row.problem.reason}` : findColumns(row.fields, mapping);
    const table = { delimiter, titles, header: row.fields, columns };
    if (typeof columns !== 'string')
      return { table, fitting: fittingRows(rows.slice(titles + 1), columns.width), cells: columns.width };
    first ??= table;
  }
  const table = first ?? { delimiter, titles: 0, header: [], columns: 'the file is empty: it has no header' };
  return { table, fitting: table.header.length > 1 ? fittingRows(rows.slice(1), table.header.length) : 0, cells };
}

function fittingRows(rows: readonly RawRow[], width: number): number {
  return rows.slice(0, COMPARED_ROWS).filter(({ fields }) => fields.length === width).length;
}

/** The names that the objects at the start of JSON Lines have; undefined when the first line is no object. */
export function jsonHeader(text: string, whole: boolean): string[] | undefined {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  if (!whole && lines.length > 1) lines.pop();
  const names = new Set<string>();
  const written = lines.filter((line) => line.trim() !== '').slice(0, NAMED_LINES);
  if (written[0] === undefined || namedValues(written[0]) === undefined) return undefined;
  for (const line of written) for (const [name] of namedValues(line) ?? []) names.add(name);
  return [...names];
}
