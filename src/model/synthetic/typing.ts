import type { Sentiment } from '../../sentiment.ts';
import type { Random } from '../training/random.ts';

/** One of the values, each as likely as the other. */
export type Pick = <Value>(values: readonly Value[]) => Value;

/** What people hang on to a sentence, by its mood. */
export const EMOJI: Readonly<Record<Sentiment, readonly string[]>> = {
  positive: ['😊', '😍', '❤️', '🙌', '👍', '🥰', '✨', '👏'],
  negative: ['😡', '😤', '😞', '👎', '🙄', '🤬', '😠'],
  neutral: ['🤔', '👀', '🙂', '🙋'],
};

/** Slips of the fingers. */
export const SLIPS: readonly (readonly [RegExp, string])[] = [
  [/\bthe\b/, 'teh'],
  [/\breally\b/, 'realy'],
  [/\bbecause\b/, 'becuase'],
  [/\bservice\b/, 'servcie'],
  [/\bmorning\b/, 'mornign'],
  [/\bcancelled\b/, 'canceled'],
  [/\bquestion\b/, 'qestion'],
  [/\bexcellent\b/, 'excelent'],
  [/\bdisappointed\b/, 'dissapointed'],
  [/\byou\b/, 'u'],
  [/\band\b/, 'nad'],
];

/** What a person's hand makes of a sentence of a mood: shouting, slips, drawn-out words, emoji that now and then don't fit. */
export function asTyped(sentence: string, mood: Sentiment, random: Random, pick: Pick): string {
  const chance = (share: number): boolean => random() < share;
  let text = sentence;
  if (mood !== 'neutral' && chance(0.25)) text = text.replace(/\.$/, () => pick(['!', '!!', '!!!', '...']));
  else if (chance(0.2)) text = text.replace(/\.$/, '');
  if (chance(0.08)) {
    const [right, wrong] = pick(SLIPS);
    text = text.replace(right, wrong);
  }
  if (chance(0.05)) text = text.replace(/\b(so|very|really|love|bad|good)\b/, drawnOut);
  if (chance(0.12)) text = text.toLowerCase();
  else if (chance(0.03)) text = text.toUpperCase();
  // Irony and habit: one emoji in eight is another mood's.
  if (chance(0.25)) text += ` ${pick(EMOJI[chance(0.125) ? pick(MOODS) : mood])}`;
  if (chance(0.04)) text += ` https://pic.example/${Math.floor(random() * 60_466_176).toString(36)}`;
  return text;
}

const MOODS = ['negative', 'neutral', 'positive'] as const;

/** `so` becomes `sooo`: the first vowel again. */
function drawnOut(word: string): string {
  return word.replace(/[aeiou]/, (vowel) => vowel.repeat(4));
}
