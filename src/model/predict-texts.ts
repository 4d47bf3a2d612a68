import { scoreOf } from '../aggregate/day-stats.ts';
import type { Sentiment } from '../sentiment.ts';
import type { Model } from './artifact.ts';
import { judge, neutralOf, type Probabilities } from './probabilities.ts';
import { cleanerOf } from './tokenizer.ts';

/** What a model says of a text. */
export interface Prediction {
  readonly text: string;
  readonly pNegative: number;
  readonly pNeutral: number;
  readonly pPositive: number;
  /** p_positive + p_neutral / 2 */
  readonly score: number;
  readonly predicted: Sentiment;
}

/** A text's prediction from its raw probabilities. */
export function predictionOf(
  model: Pick<Model, 'spec'>,
  text: string,
  rawNegative: number,
  rawPositive: number,
): Prediction {
  const { pNegative, pPositive, predicted } = judge(model, rawNegative, rawPositive);
  const pNeutral = neutralOf(pNegative, pPositive);
  return { text, pNegative, pNeutral, pPositive, score: scoreOf(pNegative, pPositive), predicted };
}

/** What a model says of each of these texts, in their order. Errors: those of `score`. */
export async function predictTexts(
  model: Pick<Model, 'spec'>,
  texts: readonly string[],
  score: (texts: readonly string[]) => Promise<Probabilities>,
): Promise<Prediction[]> {
  const scores = await score(texts.map(cleanerOf(model.spec.tokenizer)));
  return texts.map((text, index) =>
    predictionOf(model, text, scores[2 * index] ?? Number.NaN, scores[2 * index + 1] ?? Number.NaN),
  );
}
