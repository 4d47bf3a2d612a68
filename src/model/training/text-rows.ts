import { basename } from 'node:path';
import { readColumns } from '../table-columns.ts';

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
export type TeacherProbabilities = readonly [number, number, number];

/** The cells of a row as they stand in the file; or why it can't be read. */
export type TextRow =
  | {
      readonly text: string;
      readonly label: string;
      readonly id: string;
      /** The column's, or the file's name without its endings where that is empty or missing. */
      readonly source: string;
      readonly probabilities?: TeacherProbabilities | undefined;
      /** What the group column says, where one was asked for and the row has it. */
      readonly group?: string | undefined;
    }
  | { readonly skipped: string };

/** The columns of a teacher's probabilities: those that `monitor model predict` writes. */
export const TEACHER_COLUMNS = ['p_negative', 'p_neutral', 'p_positive'] as const;

interface ReadOptions {
  readonly columns: TextColumns;
  /** Whether a file may have no column of labels. */
  readonly unlabelled?: boolean;
  readonly onRead?: (bytes: number) => void;
}

/** The rows of a file as `readColumns` reads it, some hundred at a time. Errors: readColumns'. */
export async function* readTextRows(file: string, options: ReadOptions): AsyncGenerator<TextRow[]> {
  const { columns, unlabelled = false, onRead = () => undefined } = options;
  const { text, label, id = 'id', source = 'source', group } = columns;
  const fallback = basename(file).replace(/\.(csv|jsonl|ndjson|gz)\b.*$/i, '');
  const names = [text, label, id, source, ...TEACHER_COLUMNS, ...(group === undefined ? [] : [group])];
  const optional = new Set(names.filter((name) => name !== text && (unlabelled || name !== label)));
  for await (const rows of readColumns(file, names, optional, onRead))
    yield rows.map((row) => {
      if ('skipped' in row) return row;
      const [body = '', given = '', key = '', from = '', ...others] = row;
      const own = others[TEACHER_COLUMNS.length];
      return {
        text: body,
        label: given,
        id: key.trim(),
        source: from.trim() || fallback,
        probabilities: teacherProbabilitiesOf(others.slice(0, TEACHER_COLUMNS.length)),
        ...(own === undefined ? {} : { group: own }),
      };
    });
}

/** A teacher's probabilities, or undefined where the row has none that add up. */
export function teacherProbabilitiesOf(cells: readonly (string | undefined)[]): TeacherProbabilities | undefined {
  const [negative = Number.NaN, neutral = Number.NaN, positive = Number.NaN] = cells.map((text = '') =>
    text.trim() === '' ? Number.NaN : Number(text),
  );
  const sum = negative + neutral + positive;
  const usable = Math.min(negative, neutral, positive) >= 0 && Math.abs(sum - 1) < 0.01;
  return usable ? [negative / sum, neutral / sum, positive / sum] : undefined;
}
