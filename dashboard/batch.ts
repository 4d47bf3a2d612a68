import Papa from 'papaparse';
import { csvOf } from '../reports/daily-csv.ts';
import { MonitorError } from '../src/errors.ts';
import type { Prediction } from '../src/model/predict-texts.ts';
import { LIMITS } from './limits.ts';

/** The texts of a small CSV, from its column `text`. Errors: E_INPUT. */
export function textsOfCsv(content: string): string[] {
  const { data, meta } = Papa.parse<Record<string, string>>(content.replace(/^\ufeff/, ''), {
    header: true,
    skipEmptyLines: 'greedy',
    preview: LIMITS.texts + 1,
  });
  if (!(meta.fields ?? []).includes('text'))
    throw new MonitorError('E_INPUT', 'The file has no column "text".', {
      remedy: 'Give a CSV file whose first line names a column "text".',
    });
  return checked(data.map(({ text = '' }) => text));
}

/** The texts of lines; empty lines are none. Errors: E_INPUT. */
export function textsOfLines(content: string): string[] {
  return checked(content.split(/\r?\n/).filter((line) => line.trim() !== ''));
}

function checked(texts: string[]): string[] {
  const long = texts.findIndex((text) => text.length > LIMITS.characters);
  const problem =
    texts.length === 0
      ? 'There is no text.'
      : texts.length > LIMITS.texts
        ? `There are more than ${LIMITS.texts} texts.`
        : long >= 0
          ? `Text ${long + 1} has more than ${LIMITS.characters} characters.`
          : undefined;
  if (problem === undefined) return texts;
  throw new MonitorError('E_INPUT', problem, {
    remedy: '`monitor model predict --input posts.csv --output scored.csv` takes files of any size.',
  });
}

/** Predictions as CSV, six decimals each. */
export function predictionsCsv(predictions: readonly Prediction[]): string {
  return csvOf(
    ['text', 'predicted', 'score', 'p_negative', 'p_neutral', 'p_positive'],
    predictions.map(({ text, predicted, score, pNegative, pNeutral, pPositive }) => [
      ...[text, predicted],
      ...[score, pNegative, pNeutral, pPositive].map((value) => value.toFixed(6)),
    ]),
  );
}
