/** A word or pair of words that became more frequent. */
export interface GrownTerm {
  readonly term: string;
  /** Texts with it and all texts, now and before. */
  readonly now: number;
  readonly nowOf: number;
  readonly before: number;
  readonly beforeOf: number;
}

const MOST_TERMS = 6;
const FEWEST_TEXTS = 4;
/** Thousands of terms are looked at: a lower bar would let chance in. */
const LEAST_Z = 3;
/** Texts that the prior weighs as much as. */
const PRIOR_TEXTS = 20;

/**
 * The terms whose share of texts grew most, surest first. Sureness is the z-score of the log odds ratio with a prior of
 * all texts together (Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 16, 2008), which keeps rare words and
 * everyday words out. Of a pair and its words, only the one that says it is kept.
 */
export function grownTerms(
  now: readonly string[],
  before: readonly string[],
  ownWords: readonly string[],
): GrownTerm[] {
  const own = new Set(ownWords.flatMap((words) => wordsOf(words)).map((word) => word.replace('#', '')));
  const [counts, known] = [countTerms(now, own), countTerms(before, own)];
  const found: { term: GrownTerm; z: number }[] = [];
  for (const [term, count] of counts) {
    if (count < FEWEST_TEXTS) continue;
    const other = known.get(term) ?? 0;
    const z = zScore(count, now.length, other, before.length);
    if (z >= LEAST_Z)
      found.push({ term: { term, now: count, nowOf: now.length, before: other, beforeOf: before.length }, z });
  }
  // Of a pair and a word that are always together, the pair says more.
  const words = ({ term }: { term: GrownTerm }): number => term.term.split(' ').length;
  found.sort((a, b) => b.z - a.z || words(b) - words(a) || (a.term.term < b.term.term ? -1 : 1));
  const chosen: GrownTerm[] = [];
  for (const { term } of found) {
    if (chosen.length === MOST_TERMS) break;
    if (!chosen.some((other) => overlaps(other.term, term.term))) chosen.push(term);
  }
  return chosen;
}

function zScore(a: number, allA: number, b: number, allB: number): number {
  const prior = (PRIOR_TEXTS * (a + b)) / (allA + allB);
  const logOdds = (count: number, all: number): number =>
    Math.log((count + prior) / (all + PRIOR_TEXTS - count - prior));
  return (logOdds(a, allA) - logOdds(b, allB)) / Math.sqrt(1 / (a + prior) + 1 / (b + prior));
}

function overlaps(a: string, b: string): boolean {
  const words = new Set(a.split(' '));
  return b.split(' ').some((word) => words.has(word));
}

/** In how many texts each term is. */
function countTerms(texts: readonly string[], own: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const terms = new Set<string>();
    let last: string | undefined;
    for (const word of wordsOf(text)) {
      const isPlain = STOP_WORDS.has(word) || own.has(word.replace('#', '')) || /^\p{N}+$/u.test(word);
      if (isPlain) {
        last = undefined;
        continue;
      }
      terms.add(word);
      if (last !== undefined) terms.add(`${last} ${word}`);
      last = word;
    }
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}

/** Words and hashtags in small letters, without links and mentions. A very long text is cut. */
function wordsOf(text: string): string[] {
  const plain = text
    .slice(0, 2000)
    .toLowerCase()
    .replace(/https?:\/\/\S+|@\w+|\bwww\.\S+/g, ' ');
  return plain.match(/#?[\p{L}\p{N}][\p{L}\p{N}'’]+/gu)?.map((word) => word.replace(/’/g, "'").slice(0, 40)) ?? [];
}

const STOP_WORDS = new Set(
  `about after again all also am an and any are as at be because been before being but by can can't could did didn't do does
  doesn't doing don't for from get gets getting go going got had has have having he her here him his how i'd i'll i'm i've if
  im in into is isn't it it's its just let like me more most my no nor not now of off on one only or other our out over own
  rt same she should so some such than that that's the their them then there these they this those through to too u under
  until up ur very via was wasn't we were what when where which while who why will with won't would you you're your`.split(
    /\s+/,
  ),
);
