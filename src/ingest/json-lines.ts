import { lengthWithoutBreak, MAX_ROW, type RawRow, type RowProblem } from './reader.ts';

/** Objects inside objects are taken apart to this depth, so that `user.id` becomes a column; deeper ones stay JSON. */
const DEPTH = 3;
/** Digits from which on a number may not be what it was written as. */
const LONG_NUMBER = /\d{16}/;

const NOT_AN_OBJECT: RowProblem = { code: 'R_JSON', reason: 'the line is no JSON object' };
const TOO_LONG: RowProblem = { code: 'R_ROW_SIZE', reason: 'the row is longer than 1 MiB' };

/**
 * Reads JSON Lines: one object a line, empty lines left out. The values come in the order of the header; names that it doesn't
 * have are surplus. A line that is no object, or longer than a row can be, has a `problem` and is still one record.
 */
export async function* readJsonLines(
  texts: AsyncIterable<string>,
  header: readonly string[],
): AsyncGenerator<RawRow[]> {
  const places = new Map(header.map((name, index) => [name, index]));
  let row = 0;
  let line = 0;
  for await (const lines of linesOf(texts)) {
    const rows: RawRow[] = [];
    for (const raw of lines) {
      line += 1;
      if (raw.trim() === '') continue;
      row += 1;
      if (raw.length > MAX_ROW) rows.push({ row, line, fields: [], raw: raw.slice(0, MAX_ROW), problem: TOO_LONG });
      else rows.push({ row, line, raw, ...recordOf(raw, places) });
    }
    if (rows.length > 0) yield rows;
  }
}

/** Names and values of a JSON object's line, as text; undefined when it is none. Empty and null values are left out. */
export function namedValues(line: string): [name: string, value: string][] | undefined {
  let value: unknown;
  try {
    // A number of 64 bits, such as an id, keeps its digits only as it was written.
    value = LONG_NUMBER.test(line) ? JSON.parse(line, keepDigits) : JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const named: [string, string][] = [];
  flatten(value, '', 1, named);
  return named;
}

function recordOf(line: string, places: Map<string, number>): Pick<RawRow, 'fields' | 'problem' | 'surplus'> {
  const named = namedValues(line);
  if (named === undefined) return { fields: [], problem: NOT_AN_OBJECT };
  const fields: string[] = new Array(places.size).fill('');
  const surplus: [string, string][] = [];
  for (const [name, value] of named) {
    const place = places.get(name);
    if (place === undefined) surplus.push([name, value]);
    else fields[place] = value;
  }
  return { fields, problem: undefined, ...(surplus.length > 0 ? { surplus } : {}) };
}

function flatten(object: Record<string, unknown>, prefix: string, depth: number, into: [string, string][]): void {
  for (const [key, value] of Object.entries(object)) {
    const name = `${prefix}${key}`;
    if (value === null || value === '') continue;
    if (isObject(value) && depth < DEPTH) flatten(value, `${name}.`, depth + 1, into);
    // Half a character pair is valid in JSON and in no encoding.
    else into.push([name, (typeof value === 'object' ? JSON.stringify(value) : String(value)).toWellFormed()]);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keepDigits(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? (context?.source ?? value) : value;
}

/** Whole lines, without their breaks. Of a line longer than a row can be only the start is kept. */
async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = '';
  for await (const text of texts) {
    const lines = text.split('\n');
    lines[0] = rest + (lines[0] ?? '');
    rest = (lines.pop() ?? '').slice(0, MAX_ROW + 1);
    yield lines.map(withoutReturn);
  }
  yield [withoutReturn(rest)];
}

function withoutReturn(line: string): string {
  return line.slice(0, lengthWithoutBreak(line));
}
