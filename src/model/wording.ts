import type { NewScore } from '../../db/scores.ts';
import type { StoredText } from '../../db/texts.ts';
import type { Model } from './artifact.ts';
import type { Probabilities } from './probabilities.ts';

/** Which of a text's two forms a model reads. */
export function wordingOf({ tokenizer }: Model['spec']): (text: StoredText) => string {
  return tokenizer.reads === 'original' ? ({ body, original }) => original ?? body : ({ body }) => body;
}

/** The scores of a page of texts, from a pool's answer in the same order. */
export function newScores(page: readonly StoredText[], result: Probabilities): NewScore[] {
  return page.map(({ text_id }, index) => ({
    textId: text_id,
    pNegative: result[2 * index] ?? Number.NaN,
    pPositive: result[2 * index + 1] ?? Number.NaN,
  }));
}
