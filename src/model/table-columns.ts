import { MonitorError } from '../errors.ts';
import { readBytes } from '../ingest/bytes.ts';
import { readRows } from '../ingest/reader.ts';
import { fieldsOf } from './predict-rows.ts';
import { readJsonLines } from './training/json-lines.ts';

/**
 * Some columns of a CSV (comma, header line) or JSONL file, `.gz` read as gzip: of each row the cells in the order of `names`,
 * some hundred rows at a time. `optional` names columns that may be missing, whose cells are then undefined.
 * `onRead` hears how many bytes were read. Errors: E_INPUT for a missing column or damaged gzip data, E_FILE.
 */
export async function* readColumns(
  file: string,
  names: readonly string[],
  optional: ReadonlySet<string>,
  onRead: (bytes: number) => void,
): AsyncGenerator<(string | undefined)[][]> {
  const bytes = readBytes(file, onRead);
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(file)) {
    // An object may leave out what it has no value for, so that a column is missing only when no object has it.
    const seen = new Set<string>();
    for await (const objects of readJsonLines(bytes))
      yield objects.map((object) => {
        for (const name of Object.keys(object ?? {})) seen.add(name);
        return names.map((name) => {
          const value = object?.[name];
          if (value === undefined || value === null) return undefined;
          return typeof value === 'object' ? JSON.stringify(value) : String(value);
        });
      });
    const lacking = names.find((name) => !seen.has(name) && !optional.has(name));
    if (lacking !== undefined) throw missing(file, lacking, [...seen], 1);
    return;
  }
  let places: number[] | undefined;
  for await (const rows of readRows(bytes)) {
    const header = places === undefined ? rows[0] : undefined;
    if (header !== undefined) {
      const found = fieldsOf(header).map((name) => name.trim().toLowerCase());
      places = names.map((name) => found.indexOf(name.trim().toLowerCase()));
      const lacking = names.find((name, index) => places?.[index] === -1 && !optional.has(name));
      if (lacking !== undefined) throw missing(file, lacking, found, 1);
    }
    yield (header === undefined ? rows : rows.slice(1)).map((row) => {
      const fields = fieldsOf(row);
      return (places ?? []).map((place) => (place === -1 ? undefined : (fields[place] ?? '')));
    });
  }
  if (places === undefined) throw missing(file, names[0] ?? '', [], 1);
}

function missing(file: string, name: string, found: readonly string[], line: number): MonitorError {
  const has =
    found.length === 0 ? 'The file is empty' : `There is no column "${name}". The columns: ${found.join(', ')}`;
  return new MonitorError('E_INPUT', `${has}.`, {
    place: { file, line },
    remedy: 'Give a comma-separated file whose first line names the columns, or one JSON object a line.',
  });
}
