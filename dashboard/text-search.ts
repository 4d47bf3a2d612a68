/** The texts of some posts in one string, as it is searched: a string a post costs more memory, and more time to look at. */
export interface FoldedTexts {
  readonly joined: string;
  /** Where each ends, with the mark behind it. */
  readonly ends: Uint32Array;
  /** The place of the first post. */
  readonly first: number;
}

/** No text has it. */
const END = '\0';

/** Texts as they are searched; `first` is the place of the first. */
export function foldTexts(texts: readonly string[], first: number): FoldedTexts {
  const folded = texts.map((text) => foldText(text) + END);
  let end = 0;
  const ends = Uint32Array.from(folded, (text) => {
    end += text.length;
    return end;
  });
  return { joined: folded.join(''), ends, first };
}

/** A one for each post, in the order in which they were read, whose text has the words. */
export function withWords(texts: readonly FoldedTexts[], words: string, total: number): Uint8Array {
  const found = new Uint8Array(total);
  for (const { joined, ends, first } of texts) {
    let post = 0;
    for (let at = joined.indexOf(words); at >= 0; ) {
      while ((ends[post] ?? Number.POSITIVE_INFINITY) <= at) post += 1;
      found[first + post] = 1;
      at = joined.indexOf(words, ends[post]);
    }
  }
  return found;
}

/** A text without case and styles of letters. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(END, '');
}
