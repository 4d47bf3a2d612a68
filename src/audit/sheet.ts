import { MonitorError } from '../errors.ts';
import { DELIMITERS, type Delimiter, recordsOf } from '../ingest/reader.ts';
import { fieldsOf } from '../model/predict-rows.ts';
import type { Sentiment } from '../sentiment.ts';

/** The columns of a file to be labelled. It has nothing of what a model says, which would sway the one who labels. */
export const SHEET_COLUMNS = ['key', 'created_at', 'text', 'label'] as const;

/** What people write for each label, in any case. Numbers are not taken: 1 is positive to some and neutral to others. */
const LABELS: ReadonlyMap<string, Sentiment> = new Map([
  ...(['negative', 'neutral', 'positive'] as const).map((label) => [label, label] as const),
  ['neg', 'negative'],
  ['neu', 'neutral'],
  ['pos', 'positive'],
]);

/** A row's place in its sample. */
export function keyOf(code: string, place: number): string {
  return `${code}-${place}`;
}

export interface SheetRow {
  readonly line: number;
  readonly code: string;
  readonly place: number;
  /** Null where none was written yet. */
  readonly label: Sentiment | null;
}

export interface Sheet {
  readonly rows: readonly SheetRow[];
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * Reads a labelled file, also as spreadsheets write it (`;` or tabs, columns moved or added): only `key` and `label` count.
 * Rows with another key or label are told with their line. Errors: E_INPUT for a file without the two columns or without any key.
 */
export function readSheet(content: string, file: string): Sheet {
  const text = content.replace(/^\ufeff/, '');
  const delimiter = DELIMITERS.find((each) => ['key', 'label'].every((name) => headerOf(text, each).includes(name)));
  const no = (message: string): MonitorError =>
    new MonitorError('E_INPUT', message, {
      place: { file },
      remedy: 'Give a file that `monitor audit sample` wrote, with the column "label" filled in and "key" as it was.',
    });
  if (delimiter === undefined) throw no('The file has no columns "key" and "label".');
  const header = headerOf(text, delimiter);
  const [keyAt, labelAt] = [header.indexOf('key'), header.indexOf('label')];
  const rows: SheetRow[] = [];
  const rejected: { line: number; reason: string }[] = [];
  for (const record of recordsOf(text, delimiter, true).slice(1)) {
    const fields = fieldsOf(record, delimiter);
    const key = (fields[keyAt] ?? '').trim();
    const written = (fields[labelAt] ?? '').trim();
    const label = LABELS.get(written.toLowerCase());
    const [, code, place] = /^([0-9a-f]{10})-([1-9]\d{0,6})$/.exec(key) ?? [];
    if (code === undefined) {
      if (fields.some((field) => field.trim() !== ''))
        rejected.push({ line: record.line, reason: `"${key.slice(0, 40)}" is no key of a sample` });
    } else if (written !== '' && label === undefined)
      rejected.push({ line: record.line, reason: `"${written.slice(0, 40)}" is no label` });
    else rows.push({ line: record.line, code, place: Number(place), label: label ?? null });
  }
  if (rows.length === 0 && !rejected.some(({ reason }) => reason.endsWith('is no label')))
    throw no('No row of the file has a key of a sample.');
  return { rows, rejected };
}

/** The names of the columns, if this is what parts them. Looks at the start only: the rest is read once they are known. */
function headerOf(text: string, delimiter: Delimiter): string[] {
  const [header] = recordsOf(text.slice(0, 65_536), delimiter, true);
  return header === undefined ? [] : fieldsOf(header, delimiter).map((name) => name.trim().toLowerCase());
}
