import { scoreOf } from '../aggregate/day-stats.ts';
import type { Delimiter, RawRow } from '../ingest/reader.ts';
import type { Model } from './artifact.ts';
import { classify, neutralOf } from './probabilities.ts';

/** What predictions are called in a CSV. */
const PREDICTION_COLUMNS = ['p_negative', 'p_neutral', 'p_positive', 'score', 'predicted'] as const;

/** Where things are in the rows of a CSV. */
export interface PredictColumns {
  /** Of the output: the input's own columns, then those of the predictions that it does not have. */
  readonly header: readonly string[];
  /** How many columns the input has. */
  readonly own: number;
  readonly text: number;
  /** The places of `PREDICTION_COLUMNS` in the output. */
  readonly predictions: readonly number[];
}

/** The columns of a CSV with this header, or undefined when none is named `text` (in any case, with blanks around it). */
export function columnsOf(names: readonly string[]): PredictColumns | undefined {
  const text = names.findIndex((name) => name.trim().toLowerCase() === 'text');
  if (text === -1) return undefined;
  const header = [...names, ...PREDICTION_COLUMNS.filter((name) => !names.includes(name))];
  return { header, own: names.length, text, predictions: PREDICTION_COLUMNS.map((name) => header.indexOf(name)) };
}

/** An input row with its predictions. Cells beyond the header's columns go to the end, so that the others stay in theirs. */
export function outputRow(
  columns: PredictColumns,
  model: Pick<Model, 'spec'>,
  fields: readonly string[],
  pNegative: number,
  pPositive: number,
): string[] {
  const row = columns.header.map((_, index) => (index < columns.own ? (fields[index] ?? '') : ''));
  const predictions = [
    pNegative,
    neutralOf(pNegative, pPositive),
    pPositive,
    scoreOf(pNegative, pPositive),
    classify(model, pNegative, pPositive),
  ];
  for (const [index, place] of columns.predictions.entries()) row[place] = String(predictions[index]);
  return [...row, ...fields.slice(columns.own)];
}

/** The cells of a record; of one with broken quotes, as many as can be told. */
export function fieldsOf(record: RawRow, delimiter: Delimiter = ','): readonly string[] {
  return record.problem === undefined ? record.fields : lenientFields(record.raw, delimiter);
}

/**
 * The cells of one line whose quotes are broken, read as forgiving programs do: what follows a closing quote belongs to the
 * cell, and a quote that is never closed ends with the line.
 */
function lenientFields(line: string, delimiter: Delimiter): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  let fresh = true;
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (quoted && character === '"' && line[index + 1] === '"') {
      field += '"';
      index += 1;
    } else if (quoted && character === '"') quoted = false;
    else if (!quoted && fresh && character === '"') {
      quoted = true;
      fresh = false;
    } else if (!quoted && character === delimiter) {
      fields.push(field);
      field = '';
      fresh = true;
    } else {
      field += character;
      fresh = false;
    }
  }
  return [...fields, field];
}
