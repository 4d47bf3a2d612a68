/** A word, or two in a row, that became more frequent. */
export interface GrownTerm {
  readonly term: string;
  /** Texts with it and all texts, now and before. */
  readonly now: number;
  readonly nowOf: number;
  readonly before: number;
  readonly beforeOf: number;
}

const MOST = 5;
const FEWEST_TEXTS = 4;
/** Standard errors: of thousands of terms, chance lets few through. */
const LEAST_Z = 3.5;

/**
 * The terms whose share of the texts grew, surest first: by the z-score of the difference of two shares, each with half a text
 * added so that a term that was never seen has an error too. Words of the brand itself, everyday words, links and mentions don't
 * count. Of terms that share a word, the first is kept.
 */
export function grownTerms(
  now: readonly string[],
  before: readonly string[],
  ownWords: readonly string[],
): GrownTerm[] {
  if (now.length === 0 || before.length === 0) return [];
  const own = new Set(ownWords.flatMap(wordsOf));
  const [counts, known] = [countTerms(now, own), countTerms(before, own)];
  const found = [...counts].flatMap(([term, count]) => {
    const earlier = known.get(term) ?? 0;
    const z = zScore([count, now.length], [earlier, before.length]);
    if (count < FEWEST_TEXTS || z < LEAST_Z) return [];
    return [{ z, term, now: count, nowOf: now.length, before: earlier, beforeOf: before.length }];
  });
  found.sort((a, b) => b.z - a.z || b.term.length - a.term.length || (a.term < b.term ? -1 : 1));
  const words = new Set<string>();
  const chosen: GrownTerm[] = [];
  for (const { z: _, ...grown } of found) {
    const parts = grown.term.split(' ');
    if (chosen.length === MOST) break;
    if (parts.some((word) => words.has(word))) continue;
    for (const word of parts) words.add(word);
    chosen.push(grown);
  }
  return chosen;
}

function zScore([a, allA]: readonly [number, number], [b, allB]: readonly [number, number]): number {
  const [p, q] = [(a + 0.5) / (allA + 1), (b + 0.5) / (allB + 1)];
  return (p - q) / Math.sqrt((p * (1 - p)) / (allA + 1) + (q * (1 - q)) / (allB + 1));
}

/** In how many texts each term is. */
function countTerms(texts: readonly string[], own: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const terms = new Set<string>();
    let last = '';
    for (const word of wordsOf(text)) {
      const tells = word.length > 2 && !EVERYDAY.has(word) && !own.has(word);
      if (tells) terms.add(word);
      if (tells && last !== '') terms.add(`${last} ${word}`);
      last = tells ? word : '';
    }
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}

/** Words in small letters, without links, mentions and numbers; of a very long text its beginning. */
function wordsOf(text: string): string[] {
  const plain = text
    .slice(0, 2_000)
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/https?:\/\/\S+|@\w+/g, ' ');
  return plain.match(/\p{L}[\p{L}\p{N}']*/gu) ?? [];
}

const EVERYDAY = new Set(
  `about after again all already also and any are aren't because been before being but can can't could day did didn't does doesn't
  doing don't even ever every for from get getting gets going got had has have having he'd her here him his how i'd i'll i'm
  i've into isn't it's its just like made make may more most much must myself never not now off one only other our out over own
  really same she should since some still such than that that's the their them then there these they they're this those through too
  today under until very via want was wasn't were what when where which while who why will with won't would you you're
  your`.split(/\s+/),
);
