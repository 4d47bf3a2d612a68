import { MonitorError } from '../../errors.ts';
import { readBytes } from '../../ingest/bytes.ts';
import { type RawRow, readRows } from '../../ingest/reader.ts';
import { fieldsOf } from '../predict-rows.ts';
import type { THREE_CLASSES } from '../spec.ts';
import { readJsonLines } from './json-lines.ts';

export type ClassName = (typeof THREE_CLASSES)[number];

/** A text as it stands in the file, and its class; or why it has none. */
export type LabelledRow = { readonly text: string; readonly label: ClassName } | { readonly skipped: string };

/** Labels that need no mapping. */
export const USUAL_LABELS: Readonly<Record<string, ClassName>> = {
  negative: 'negative',
  neutral: 'neutral',
  positive: 'positive',
  neg: 'negative',
  pos: 'positive',
  '0': 'negative',
  '1': 'positive',
};

export interface LabelledColumns {
  readonly text: string;
  readonly label: string;
}

/**
 * The rows of a CSV (comma, header line) or JSONL file (by its name: `.jsonl` or `.ndjson`), `.gz` read as gzip, some hundred
 * at a time. A row with an empty text or a label that is not in the map is told as skipped, with the reason.
 * `onRead` hears how many bytes of the file were read. Errors: E_INPUT without the two columns or for damaged gzip data, E_FILE.
 */
export async function* readLabelled(
  file: string,
  columns: LabelledColumns = { text: 'text', label: 'label' },
  labels: Readonly<Record<string, ClassName>> = USUAL_LABELS,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<LabelledRow[]> {
  const classOf = new Map(Object.entries(labels));
  const labelled = (text: string, label: string): LabelledRow => {
    const known = classOf.get(label.trim().toLowerCase());
    if (known === undefined)
      return { skipped: label.trim() === '' ? 'no label' : `label "${label.trim().slice(0, 40)}"` };
    return text.trim() === '' ? { skipped: 'no text' } : { text, label: known };
  };
  const bytes = readBytes(file, onRead);
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(file)) {
    for await (const objects of readJsonLines(bytes))
      yield objects.map((object) => {
        if (object === undefined) return { skipped: 'not a JSON object' };
        return labelled(cell(object[columns.text]), cell(object[columns.label]));
      });
    return;
  }
  let places: { text: number; label: number } | undefined;
  for await (const rows of readRows(bytes)) {
    const records: readonly RawRow[] = places === undefined ? rows.slice(1) : rows;
    places ??= placesOf(rows[0], columns, file);
    const { text, label } = places;
    yield records.map((record) => {
      if (record.problem?.code === 'R_ROW_SIZE') return { skipped: record.problem.reason };
      const fields = fieldsOf(record);
      return labelled(fields[text] ?? '', fields[label] ?? '');
    });
  }
  if (places === undefined) placesOf(undefined, columns, file);
}

function cell(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function placesOf(header: RawRow | undefined, columns: LabelledColumns, file: string): { text: number; label: number } {
  const names = header === undefined ? [] : fieldsOf(header).map((name) => name.trim().toLowerCase());
  const place = (column: string): number => {
    const found = names.indexOf(column.toLowerCase());
    if (found !== -1) return found;
    const has =
      names.length === 0 ? 'The file is empty' : `The file has no column "${column}". Its columns: ${names.join(', ')}`;
    throw new MonitorError('E_INPUT', `${has}.`, {
      place: { file, line: 1 },
      remedy: `Give a comma-separated file whose first line names the columns "${columns.text}" and "${columns.label}".`,
    });
  };
  return { text: place(columns.text), label: place(columns.label) };
}
