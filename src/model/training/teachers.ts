import { basename } from 'node:path';
import { throwIfAborted } from '../../errors.ts';
import { readBytes } from '../../ingest/bytes.ts';
import { readRows } from '../../ingest/reader.ts';
import { fieldsOf } from '../predict-rows.ts';
import { THREE_CLASSES } from '../spec.ts';
import { placesOf } from '../table-columns.ts';
import { TEACHER_COLUMNS, type TeacherProbabilities, teacherProbabilitiesOf } from './text-rows.ts';

/** What teachers say of texts, by the id of a text. */
export interface Teachers {
  /** The mean over all files that have the id. */
  of(id: string): TeacherProbabilities | undefined;
  /** By file: rows, and those whose id is empty or whose probabilities don't add up to 1. */
  readonly files: readonly { readonly file: string; readonly rows: number; readonly unusable: number }[];
  /** Ids that nothing was asked about so far. */
  unasked(): number;
}

/**
 * Reads CSV files with an id and probabilities, in the columns p_negative, p_neutral, p_positive or negative, neutral,
 * positive. Errors: E_INPUT without these columns, E_FILE.
 */
export async function readTeachers(files: readonly string[], signal: AbortSignal): Promise<Teachers> {
  const sums = new Map<string, { numbers: TeacherProbabilities; count: number; asked: boolean }>();
  const told: Teachers['files'][number][] = [];
  for (const file of files) {
    let columns: readonly number[] | undefined;
    let [total, unusable] = [0, 0];
    for await (const rows of readRows(readBytes(file, () => undefined))) {
      throwIfAborted(signal);
      const records = columns === undefined ? rows.slice(1) : rows;
      columns ??= columnsOf(rows[0], file);
      for (const record of records) {
        const fields = fieldsOf(record);
        const [id = '', ...cells] = columns.map((place) => fields[place] ?? '');
        const numbers = teacherProbabilitiesOf(cells);
        total += 1;
        if (id.trim() === '' || numbers === undefined) {
          unusable += 1;
          continue;
        }
        const { numbers: before, count } = sums.get(id.trim()) ?? { numbers: [0, 0, 0] as const, count: 0 };
        const sum = [before[0] + numbers[0], before[1] + numbers[1], before[2] + numbers[2]] as const;
        sums.set(id.trim(), { numbers: sum, count: count + 1, asked: false });
      }
    }
    if (columns === undefined) columnsOf(undefined, file);
    told.push({ file: basename(file), rows: total, unusable });
  }
  return {
    of: (id) => {
      const found = sums.get(id);
      if (!found) return undefined;
      found.asked = true;
      const { numbers, count } = found;
      return [numbers[0] / count, numbers[1] / count, numbers[2] / count];
    },
    files: told,
    unasked: () => [...sums.values()].filter(({ asked }) => !asked).length,
  };
}

/** Places of the id and of the three probabilities. */
function columnsOf(header: Parameters<typeof placesOf>[0], file: string): readonly number[] {
  const bare = placesOf(header, ['id'], file);
  const names = TEACHER_COLUMNS.some((name) => bare.has(name)) ? TEACHER_COLUMNS : THREE_CLASSES;
  const places = placesOf(header, ['id', ...names], file);
  return ['id', ...names].map((name) => places.get(name) ?? -1);
}
