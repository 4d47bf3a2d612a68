import { decodeHTMLStrict } from 'entities/decode';

/** Tags that stand within a word as well as around one. */
const WITHIN_A_LINE = /^<\/?(?:a|abbr|b|em|font|i|mark|s|small|span|strong|sub|sup|u)[\s/>]/i;

/** A tag, a comment without tags in it, or a document type. A lone `<` and `<3` are none. */
const TAG = /<(?:\/?[a-z][a-z0-9]*(?:[\s/][^<>]*)?|![^<>]*)>/gi;

/**
 * The text of a piece of HTML: `<br />` and other tags that part words become blanks, `<b>` and its like nothing, and entities
 * that end in `;` their characters. Takes time in proportion to the text's length.
 */
export function stripHtml(text: string): string {
  const untagged = text.includes('<') ? text.replace(TAG, (tag) => (WITHIN_A_LINE.test(tag) ? '' : ' ')) : text;
  return untagged.includes('&') ? decodeHTMLStrict(untagged) : untagged;
}
