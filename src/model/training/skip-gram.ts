import { randomOf } from './random.ts';

/** Rates and sizes as in word2vec (Mikolov, Sutskever, Chen, Corrado and Dean 2013). */
const FIRST_RATE = 0.025;
const LAST_RATE = 0.0001;
/** Words that commonly stand anywhere are left out the more often the commoner they are than this share of all. */
const COMMON = 1e-3;
/** What counts are raised to before words that did not stand there are drawn by them. */
const FLATTENED = 0.75;
const DRAWS = 1 << 20;

export interface SkipGramOptions {
  /** Numbers of a vector. */
  readonly size: number;
  /** Most words on either side that a word is to foretell; how many is drawn anew for each. */
  readonly window: number;
  /** Words that did not stand there, drawn for each that did. */
  readonly negatives: number;
  readonly epochs: number;
  readonly seed: number;
  /** Hears every so many texts how many were read since it last heard. */
  readonly onTexts: (texts: number) => Promise<void>;
}

const TEXTS_PER_TURN = 2_000;

/**
 * Word vectors by skip-gram with negative sampling: of words that stand near the same words, the vectors come near each other.
 * `texts` are ids from 0 to counts.length − 1, `counts` how often each occurs. Gives words × size. The same input gives the same
 * numbers to the last bit.
 */
export async function skipGram(
  texts: readonly Int32Array[],
  counts: readonly number[],
  options: SkipGramOptions,
): Promise<Float32Array> {
  const { size, window, negatives, epochs, seed, onTexts } = options;
  const random = randomOf(seed);
  const inside = Float32Array.from({ length: counts.length * size }, () => (random() - 0.5) / size);
  const outside = new Float32Array(counts.length * size);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const keep = Float64Array.from(counts, (count) => {
    const ratio = (COMMON * all) / count;
    return Math.min(1, Math.sqrt(ratio) + ratio);
  });
  const table = drawingTable(counts);
  const change = new Float32Array(size);
  let [read, told] = [0, 0];
  const total = epochs * texts.length;

  for (let epoch = 0; epoch < epochs; epoch += 1)
    for (const text of texts) {
      const rate = Math.max(LAST_RATE, FIRST_RATE * (1 - read / total));
      const kept = text.filter((word) => random() < (keep[word] ?? 0));
      for (const [place, word] of kept.entries()) {
        const reach = 1 + Math.floor(random() * window);
        const last = Math.min(kept.length - 1, place + reach);
        for (let other = Math.max(0, place - reach); other <= last; other += 1) {
          if (other === place) continue;
          const from = (kept[other] ?? 0) * size;
          change.fill(0);
          for (let draw = 0; draw <= negatives; draw += 1) {
            const target = draw === 0 ? word : (table[Math.floor(random() * DRAWS)] ?? 0);
            if (draw > 0 && target === word) continue;
            const to = target * size;
            let product = 0;
            for (let at = 0; at < size; at += 1) product += (inside[from + at] ?? 0) * (outside[to + at] ?? 0);
            const step = ((draw === 0 ? 1 : 0) - 1 / (1 + Math.exp(-product))) * rate;
            for (let at = 0; at < size; at += 1) {
              change[at] = (change[at] ?? 0) + step * (outside[to + at] ?? 0);
              outside[to + at] = (outside[to + at] ?? 0) + step * (inside[from + at] ?? 0);
            }
          }
          for (let at = 0; at < size; at += 1) inside[from + at] = (inside[from + at] ?? 0) + (change[at] ?? 0);
        }
      }
      read += 1;
      if (read % TEXTS_PER_TURN !== 0 && read !== total) continue;
      await onTexts(read - told);
      told = read;
    }
  return inside;
}

/** Words as often as their flattened counts say, to draw from by one number. */
function drawingTable(counts: readonly number[]): Int32Array {
  const powers = counts.map((count) => count ** FLATTENED);
  const all = powers.reduce((sum, power) => sum + power, 0);
  const table = new Int32Array(DRAWS);
  let word = 0;
  let until = (powers[0] ?? 0) / all;
  for (let draw = 0; draw < DRAWS; draw += 1) {
    while (draw / DRAWS >= until && word < counts.length - 1) {
      word += 1;
      until += (powers[word] ?? 0) / all;
    }
    table[draw] = word;
  }
  return table;
}
