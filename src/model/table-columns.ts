import { MonitorError } from '../errors.ts';
import { readBytes } from '../ingest/bytes.ts';
import { type RawRow, readRows } from '../ingest/reader.ts';
import { fieldsOf } from './predict-rows.ts';
import { readJsonLines } from './training/json-lines.ts';

/** A row's cells in the order in which columns were asked for, undefined where there is no such column; or why it can't be read. */
export type TableRow = readonly (string | undefined)[] | { readonly skipped: string };

/**
 * Some columns of a CSV (comma, header line) or JSONL file (by its name: `.jsonl` or `.ndjson`), `.gz` read as gzip, some
 * hundred rows at a time. `optional` names columns that may be missing. Of JSON, text, numbers and booleans are cells.
 * `onRead` hears how many bytes were read. Errors: E_INPUT for a missing column or damaged gzip data, E_FILE.
 */
export async function* readColumns(
  file: string,
  names: readonly string[],
  optional: ReadonlySet<string>,
  onRead: (bytes: number) => void,
): AsyncGenerator<TableRow[]> {
  const wanted = names.filter((name) => !optional.has(name));
  const bytes = readBytes(file, onRead);
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(file)) {
    // An object may leave out what it has no value for, so that a column is missing only when no object has it.
    const seen = new Set<string>();
    for await (const objects of readJsonLines(bytes))
      yield objects.map((object) => {
        if (object === undefined) return { skipped: 'not a JSON object' };
        for (const name of Object.keys(object)) seen.add(name);
        return names.map((name) => cellOf(object[name]));
      });
    refuseMissing(wanted, seen, file);
    return;
  }
  let places: ReadonlyMap<string, number> | undefined;
  for await (const rows of readRows(bytes)) {
    if (rows.length === 0) continue;
    const records = places === undefined ? rows.slice(1) : rows;
    places ??= placesOf(rows[0], wanted, file);
    const known = places;
    const own = names.map((name) => known.get(name.trim().toLowerCase()));
    yield records.map((record) => {
      if (record.problem?.code === 'R_ROW_SIZE') return { skipped: record.problem.reason };
      const fields = fieldsOf(record);
      return own.map((place) => (place === undefined ? undefined : (fields[place] ?? '')));
    });
  }
  if (places === undefined) placesOf(undefined, wanted, file);
}

function cellOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Where a CSV file's columns are, by their names in small letters. Errors: E_INPUT when one that is wanted is missing. */
export function placesOf(
  header: RawRow | undefined,
  wanted: readonly string[],
  file: string,
): ReadonlyMap<string, number> {
  const names = header === undefined ? [] : fieldsOf(header).map((name) => name.trim().toLowerCase());
  const small = wanted.map((name) => name.trim().toLowerCase());
  refuseMissing(small, new Set(names), file);
  // Of two columns of one name the first is meant.
  return new Map(names.map((name, place) => [name, place] as const).reverse());
}

function refuseMissing(wanted: readonly string[], found: ReadonlySet<string>, file: string): void {
  const missing = wanted.find((name) => !found.has(name));
  if (missing === undefined) return;
  const has =
    found.size === 0
      ? 'The file is empty'
      : `The file has no column "${missing}". Its columns: ${[...found].join(', ')}`;
  throw new MonitorError('E_INPUT', `${has}.`, {
    place: { file, line: 1 },
    remedy: `Give a comma-separated file whose first line names the columns ${[...new Set(wanted)].map((name) => `"${name}"`).join(' and ')}, or one JSON object a line with these keys.`,
  });
}
