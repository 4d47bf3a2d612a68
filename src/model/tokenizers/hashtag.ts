/**
 * The words of a hashtag's body, in the case they were typed in: cut at underscores, between letters and digits, and where
 * camel case starts a new word. "iPhone" is one word: a single small letter at the start doesn't count as one.
 */
export function hashtagWords(body: string): string[] {
  const words: string[] = [];
  for (const [part] of body.matchAll(/\p{N}+|[^\p{N}_]+/gu)) {
    let start = 0;
    for (const match of part.matchAll(/(?<=\p{Ll}\p{Ll})\p{Lu}|\p{Lu}(?=\p{Ll}{2})/gu)) {
      if (match.index <= start || (match.index === 1 && /\p{Ll}/u.test(part.charAt(0)))) continue;
      words.push(part.slice(start, match.index));
      start = match.index;
    }
    words.push(part.slice(start));
  }
  return words;
}
