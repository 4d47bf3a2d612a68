import Papa from 'papaparse';
import type { Encoding } from './encoding.ts';

/** A record of a CSV file. Its number counts records after the header, which is row 0. */
export interface RawRow {
  row: number;
  /** Line of the file where the record starts, from 1. Line breaks inside quotes count. */
  line: number;
  fields: readonly string[];
  /** The record's own text, without its line break. */
  raw: string;
  problem: RowProblem | undefined;
  /** Named values beyond the columns, which only JSON Lines have. */
  surplus?: readonly (readonly [name: string, value: string])[];
}

export interface RowProblem {
  code: string;
  reason: string;
}

/** How a CSV file is written. */
export interface Dialect {
  encoding: Encoding;
  delimiter: Delimiter;
  /** What ends a line: LF with any CRs before it, or CR alone. */
  newline: 'lf' | 'cr';
}

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

const PLAIN: Dialect = { encoding: 'utf-8', delimiter: ',', newline: 'lf' };

/** Longer records are rejected (in UTF-16 units). It also bounds how far a closing quote is looked for. */
export const MAX_ROW = 1_048_576;
const LF = 10;
const CR = 13;
const FULL_WINDOW = 65_536;
/** After a broken quote the next one is likely near, and each costs a window. */
const SMALL_WINDOW = 256;

/**
 * Reads CSV (RFC 4180 quotes) from pieces of bytes; a byte order mark is dropped, bytes that the encoding doesn't have become
 * U+FFFD. Yields the records in order, some hundred at a time; empty lines are no records. Memory stays at a few MiB.
 *
 * A record that breaks the rules has a `problem` and is still one record:
 * - R_QUOTE: a quoted field goes on after its closing quote, or is never closed. The record is then only its first line, and
 *   reading goes on with the next one, so that a lost quote doesn't swallow the rest of the file.
 * - R_ROW_SIZE: longer than `MAX_ROW`; what follows up to the end of the line is skipped.
 * When the pieces end in an error, the complete records before it are yielded first.
 */
export async function* readRows(pieces: AsyncIterable<Uint8Array>, dialect: Dialect = PLAIN): AsyncGenerator<RawRow[]> {
  const scanner = createScanner(dialect.delimiter);
  for await (const text of decode(pieces, dialect)) {
    const rows = scanner.push(text);
    if (rows.length > 0) yield rows;
  }
  const rows = scanner.end();
  if (rows.length > 0) yield rows;
}

/** Text of pieces of bytes. Decoding comes before parsing, because a character can lie across two pieces. */
export async function* decode(
  pieces: AsyncIterable<Uint8Array>,
  { encoding, newline }: Pick<Dialect, 'encoding' | 'newline'>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  const lines = newline === 'cr' ? (text: string) => text.replaceAll('\r', '\n') : (text: string) => text;
  for await (const piece of pieces) yield lines(decoder.decode(piece, { stream: true }));
  const rest = decoder.decode();
  if (rest !== '') yield lines(rest);
}

/** The records at the start of a text that goes on after it unless it is the whole file. */
export function recordsOf(text: string, delimiter: Delimiter, whole: boolean): RawRow[] {
  const scanner = createScanner(delimiter);
  const rows = scanner.push(text);
  return whole ? [...rows, ...scanner.end()] : rows;
}

interface Scanner {
  push(text: string): RawRow[];
  end(): RawRow[];
}

/** Cuts text into records with papaparse, one window of whole lines at a time. */
function createScanner(delimiter: Delimiter): Scanner {
  let text = '';
  let position = 0;
  let row = 0;
  let line = 1;
  let window = FULL_WINDOW;
  let skipping = false;
  let rows: RawRow[] = [];

  const emit = (fields: readonly string[], source: string, problem: RowProblem | undefined): void => {
    const lines = countLines(source);
    const raw = source.slice(0, lengthWithoutBreak(source));
    if (raw !== '') rows.push({ row: row++, line, fields, raw, problem });
    line += lines;
  };
  /** Rejects the first line of the record that starts here; the next line is the next record. */
  const rejectLine = (): void => {
    const end = text.indexOf('\n', position) + 1;
    emit([], text.slice(position, end), QUOTE);
    position = end;
    window = SMALL_WINDOW;
  };

  /** Parses whole lines from the position to `end`. Tells whether anything was read. */
  const parse = (end: number): boolean => {
    const start = position;
    const lines = text.slice(start, end);
    let done = 0;
    let broken = false;
    const parser = new Papa.Parser({
      delimiter,
      newline: '\n',
      step: ({ data, errors, meta }) => {
        const source = lines.slice(done, meta.cursor);
        const fields = data[0] as unknown as string[];
        if (errors.length > 0) {
          broken = true;
          parser.abort();
          return;
        }
        done = meta.cursor;
        dropReturn(fields, source, delimiter);
        emit(fields, source, undefined);
      },
    });
    const rest = parser.parse(lines, 0, true) as { errors: unknown[] };
    position += done;
    // Errors that no record took along belong to the unfinished record at the end.
    if (broken || rest.errors.length > 0) rejectLine();
    else if (done > 0) window = FULL_WINDOW;
    return position > start;
  };

  const scan = (final: boolean): RawRow[] => {
    rows = [];
    while (position < text.length) {
      if (skipping) {
        const next = text.indexOf('\n', position) + 1;
        position = next === 0 ? text.length : next;
        skipping = next === 0;
        if (!skipping) line += 1;
        continue;
      }
      const limit = Math.min(position + window, text.length);
      const end = text.lastIndexOf('\n', limit - 1) + 1;
      if (end > position && parse(end)) continue;
      const available = text.length - position;
      if (window < available && window < MAX_ROW) window *= 2;
      else if (available >= MAX_ROW || final) {
        if (end > position) rejectLine();
        else {
          emit([], text.slice(position, limit), TOO_LONG);
          position = limit;
          skipping = true;
        }
      } else break;
    }
    text = text.slice(position);
    position = 0;
    return rows;
  };

  return {
    push: (more) => {
      text += more;
      return scan(false);
    },
    end: () => {
      if (!text.endsWith('\n')) text += '\n';
      return scan(true);
    },
  };
}

const QUOTE: RowProblem = {
  code: 'R_QUOTE',
  reason: 'a quoted field goes on after its closing quote, or is never closed; quotes inside it must be doubled',
};
const TOO_LONG: RowProblem = { code: 'R_ROW_SIZE', reason: 'the row is longer than 1 MiB' };

/**
 * Lines end at LF for the parser, so that the CR before it ends up in an unquoted last field (a quoted one has it outside).
 */
function dropReturn(fields: string[], source: string, delimiter: Delimiter): void {
  const last = fields.length - 1;
  const value = fields[last];
  if (!value?.endsWith('\r') || !source.endsWith(`${value}\n`)) return;
  const before = source.at(-value.length - 2);
  if (before === undefined || before === delimiter) fields[last] = value.slice(0, lengthWithoutBreak(value));
}

/**
 * The length of a line without the LF and the CRs that it ends with. Scans from the end: an expression would try every character, which
 * took a third of the time of reading, and hours for a line of nothing but CRs before its last word.
 */
export function lengthWithoutBreak(source: string): number {
  let length = source.length;
  if (source.charCodeAt(length - 1) === LF) length -= 1;
  while (source.charCodeAt(length - 1) === CR) length -= 1;
  return length;
}

function countLines(source: string): number {
  let lines = 0;
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
