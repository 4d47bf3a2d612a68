import type { Explanation, Piece } from '../model/explain.ts';
import type { Prediction } from '../model/predict-texts.ts';

/** How a terminal takes it: with colours or without, and its columns; undefined for no limit. */
interface Style {
  readonly colour: boolean;
  readonly width: number | undefined;
}

/** A prediction for programs; explained, with its words. */
export function predictionDocument(prediction: Prediction | Explanation): unknown {
  const { text, pNegative, pNeutral, pPositive, score, predicted } = prediction;
  const document = { text, predicted, score, p_negative: pNegative, p_neutral: pNeutral, p_positive: pPositive };
  if (!('pieces' in prediction)) return document;
  return { ...document, tokens: prediction.pieces, ...(prediction.more ? { more_tokens: true } : {}) };
}

export function predictionHeader(): string {
  return 'class     negative  neutral  positive  score             text';
}

/** A prediction in one line; explained, with its words marked and the strongest of them in a second line. */
export function predictionText(prediction: Prediction | Explanation, { colour, width }: Style): string {
  const { pNegative, pNeutral, pPositive, score, predicted } = prediction;
  const bar = '█'.repeat(Math.round(score * 10)).padEnd(10, '·');
  const numbers = [
    ...[predicted.padEnd(8), pNegative.toFixed(2).padStart(8), pNeutral.toFixed(2).padStart(7)],
    ...[pPositive.toFixed(2).padStart(8), `${score.toFixed(2)} ${bar}`],
  ].join('  ');
  if ('pieces' in prediction) return `${numbers}\n${explained(prediction, colour)}`;
  const text = printable(prediction.text);
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, width - numbers.length - 3);
  const letters = Array.from(text);
  return `${numbers}  ${letters.length > room ? `${letters.slice(0, room - 1).join('')}…` : text}`;
}

/** Less than this moves nothing that people would see. */
const SLIGHT = 0.01;
const [GREEN, RED, RESET] = ['\u001b[32m', '\u001b[31m', '\u001b[0m'];

function explained({ text, pieces, more }: Explanation, colour: boolean): string {
  const paint = (piece: Piece, words: string) => (colour ? `${piece.effect > 0 ? GREEN : RED}${words}${RESET}` : words);
  let marked = '';
  let position = 0;
  for (const piece of pieces) {
    marked += printable(text.slice(position, piece.start));
    const token = printable(piece.token);
    marked += Math.abs(piece.effect) < SLIGHT ? token : paint(piece, `[${token} ${signed(piece.effect)}]`);
    position = piece.end;
  }
  marked += printable(text.slice(position));
  return `  ${marked}${more ? '  (of the rest no word was looked at)' : ''}`;
}

function signed(effect: number): string {
  return `${effect < 0 ? '−' : '+'}${Math.abs(effect).toFixed(2)}`;
}

/** A text in one line that gives the terminal no orders. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ');
}
