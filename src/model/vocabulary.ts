import { MonitorError, messageOf } from '../errors.ts';

const PAD_ID = 0;
export const UNKNOWN_ID = 1;
export const PAD = '<pad>';
export const UNKNOWN = '<unk>';

/** Reads vocab.json: `{"itos": [words by id]}`; other keys are ignored. Errors: E_MODEL_INVALID. */
export function parseVocabulary(bytes: Uint8Array, file: string): string[] {
  const invalid = (message: string) =>
    new MonitorError('E_MODEL_INVALID', message, {
      place: { file },
      remedy: `A vocabulary is JSON such as {"itos": ["${PAD}", "${UNKNOWN}", "the", …]}: every word once, at the place of its id.`,
    });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(`The vocabulary is not JSON: ${messageOf(cause)}`);
  }
  const words = wordsIn(json);
  if (words === undefined || words.length < 2) throw invalid('The vocabulary has no list of words under "itos".');
  if (words[PAD_ID] !== PAD || words[UNKNOWN_ID] !== UNKNOWN)
    throw invalid(
      `The vocabulary begins with "${words[PAD_ID]}", "${words[UNKNOWN_ID]}" instead of "${PAD}", "${UNKNOWN}".`,
    );
  if (new Set(words).size !== words.length) throw invalid('The vocabulary has a word twice.');
  return words;
}

/** Without a schema: every worker that starts checks tens of thousands of words. */
function wordsIn(json: unknown): string[] | undefined {
  if (typeof json !== 'object' || json === null || !('itos' in json) || !Array.isArray(json.itos)) return undefined;
  const words: unknown[] = json.itos;
  return words.every((word) => typeof word === 'string') ? words : undefined;
}

/** vocab.json with these words and nothing else. */
export function formatVocabulary(words: readonly string[]): string {
  return `${JSON.stringify({ itos: words })}\n`;
}
