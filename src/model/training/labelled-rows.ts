import { MonitorError } from '../../errors.ts';
import { readBytes } from '../../ingest/bytes.ts';
import { type RawRow, readRows } from '../../ingest/reader.ts';
import { fieldsOf } from '../predict-rows.ts';
import type { THREE_CLASSES } from '../spec.ts';
import { readJsonLines } from './json-lines.ts';

export type ClassName = (typeof THREE_CLASSES)[number];

/** A text as it stands in the file, and its class, with a teacher's probabilities where the file has them; or why it has none. */
export type LabelledRow =
  | {
      readonly text: string;
      readonly label: ClassName;
      readonly probabilities?: Probabilities | undefined;
      /** What the group column says, where one was asked for and the row has it. */
      readonly group?: string | undefined;
    }
  | { readonly skipped: string };

/** How sure a teacher is of negative, neutral and positive; the three add up to 1. */
export type Probabilities = readonly [number, number, number];

/** The columns of a teacher's probabilities: those that `monitor model predict` writes. */
const TEACHER_COLUMNS = ['p_negative', 'p_neutral', 'p_positive'] as const;

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
  /** A column to tell groups of rows apart by; a file need not have it. */
  readonly group?: string | undefined;
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
  const labelled = (text: string, label: string, teacher: readonly string[], group?: string): LabelledRow => {
    const known = classOf.get(label.trim().toLowerCase());
    if (known === undefined)
      return { skipped: label.trim() === '' ? 'no label' : `label "${label.trim().slice(0, 40)}"` };
    if (text.trim() === '') return { skipped: 'no text' };
    return { text, label: known, probabilities: probabilitiesOf(teacher), ...(group === undefined ? {} : { group }) };
  };
  const bytes = readBytes(file, onRead);
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(file)) {
    for await (const objects of readJsonLines(bytes))
      yield objects.map((object) => {
        if (object === undefined) return { skipped: 'not a JSON object' };
        const teacher = TEACHER_COLUMNS.map((column) => cell(object[column]));
        const group = columns.group === undefined ? undefined : object[columns.group];
        return labelled(
          cell(object[columns.text]),
          cell(object[columns.label]),
          teacher,
          group === undefined ? undefined : cell(group),
        );
      });
    return;
  }
  let places: Places | undefined;
  for await (const rows of readRows(bytes)) {
    const records: readonly RawRow[] = places === undefined ? rows.slice(1) : rows;
    places ??= placesOf(rows[0], columns, file);
    const { text, label, teacher, group } = places;
    yield records.map((record) => {
      if (record.problem?.code === 'R_ROW_SIZE') return { skipped: record.problem.reason };
      const fields = fieldsOf(record);
      return labelled(
        fields[text] ?? '',
        fields[label] ?? '',
        teacher.map((place) => fields[place] ?? ''),
        group === undefined ? undefined : (fields[group] ?? ''),
      );
    });
  }
  if (places === undefined) placesOf(undefined, columns, file);
}

function cell(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A teacher's probabilities, or undefined where the row has none that add up. */
function probabilitiesOf(cells: readonly string[]): Probabilities | undefined {
  const [negative = Number.NaN, neutral = Number.NaN, positive = Number.NaN] = cells.map((text) =>
    text.trim() === '' ? Number.NaN : Number(text),
  );
  const sum = negative + neutral + positive;
  const usable = Math.min(negative, neutral, positive) >= 0 && Math.abs(sum - 1) < 0.01;
  return usable ? [negative / sum, neutral / sum, positive / sum] : undefined;
}

/** Where the columns are. A column that is missing among the teacher's has no place. */
interface Places {
  readonly text: number;
  readonly label: number;
  readonly teacher: readonly number[];
  readonly group: number | undefined;
}

function placesOf(header: RawRow | undefined, columns: LabelledColumns, file: string): Places {
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
  const teacher = TEACHER_COLUMNS.map((column) => names.indexOf(column));
  const group = columns.group === undefined ? -1 : names.indexOf(columns.group.toLowerCase());
  return { text: place(columns.text), label: place(columns.label), teacher, group: group === -1 ? undefined : group };
}
