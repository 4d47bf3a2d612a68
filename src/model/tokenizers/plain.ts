import { stripHtml } from './html.ts';
import { isStopWord } from './stop-words.ts';

/** What `words`, version 2, leaves out or alters. */
export interface PlainOptions {
  readonly lower_case: boolean;
  readonly strip_html: boolean;
  readonly drop_punctuation: boolean;
  readonly drop_stop_words: boolean;
}

const LETTERS = String.raw`[\p{L}\p{N}_][\p{L}\p{N}\p{M}_]*`;
const PICTURE = String.raw`\p{Extended_Pictographic}[\p{Emoji_Modifier}\p{M}]*`;

/**
 * A word, with its combining marks and the apostrophes within it; or an emoji with its joiners, or a flag; or a run of one mark.
 * What is left over is blanks, controls and joiners, which are no tokens.
 */
const TOKEN = new RegExp(
  String.raw`(${LETTERS}(?:['’]${LETTERS})*)|(${PICTURE}(?:\u200d${PICTURE})*|\p{Regional_Indicator}{2})|([\p{P}\p{S}])\3*`,
  'gu',
);

/** A run of marks is told by up to so many of them: `!`, `!!` and `!!!` differ, more says no more. */
const LONGEST_RUN = 3;

/**
 * Tokeniser `words`, version 2: words, emoji and punctuation marks in their order. Stop words are compared in small letters,
 * whatever `lower_case` says. Emoji are not punctuation. The patterns and the list of stop words are part of the network:
 * a change is a new version.
 */
export function* plainTokens(text: string, options: PlainOptions): Generator<string> {
  const stripped = options.strip_html ? stripHtml(text) : text;
  for (const [found, word, emoji] of stripped.matchAll(TOKEN)) {
    if (word !== undefined) {
      const straight = word.replaceAll('’', "'");
      const lower = straight.toLowerCase();
      if (!(options.drop_stop_words && isStopWord(lower))) yield options.lower_case ? lower : straight;
    } else if (emoji !== undefined) yield emoji;
    else if (!options.drop_punctuation) yield Array.from(found).slice(0, LONGEST_RUN).join('');
  }
}
