import type { TokenizerSpec } from '../spec.ts';
import { tokensToCount } from '../tokenizer.ts';
import { commonPieces } from '../tokenizers/pieces.ts';
import { PAD, UNKNOWN } from '../vocabulary.ts';
import type { Recipe } from './recipe.ts';

interface VocabularyOptions {
  readonly tokenizer: TokenizerSpec;
  readonly vocabulary: Recipe['vocabulary'];
}

/**
 * The words of a vocabulary, commonest first, after `<pad>` and `<unk>`; of equally common ones the one that came first.
 * Counted over whole texts, also where the network reads only their beginning. Behind them the pieces that all words are made
 * of, where some are asked for.
 */
export function buildVocabulary(texts: Iterable<string>, recipe: VocabularyOptions): string[] {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of tokensToCount(recipe.tokenizer, text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  counts.delete(PAD);
  counts.delete(UNKNOWN);
  const common = [...counts].filter(([, count]) => count >= recipe.vocabulary.min_count);
  // A stable sort keeps the order of first occurrence among equals.
  common.sort(([, a], [, b]) => b - a);
  const words = common.slice(0, recipe.vocabulary.size).map(([word]) => word);
  return [PAD, UNKNOWN, ...words, ...commonPieces(counts, recipe.vocabulary.pieces ?? 0)];
}
