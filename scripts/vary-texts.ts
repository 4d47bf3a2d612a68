// Makes texts like given ones, for a teacher to label: parts of them, two joined, words replaced by near ones.
//   node scripts/vary-texts.ts --data tweets/train.csv.gz --vectors ./package --rows 33000 --out varied.csv
// The variations of a text go no further than its own words: hold out no row whose variations are learnt from.
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { writeFileAtomic } from '../src/files.ts';
import { randomOf } from '../src/model/training/random.ts';
import { readTextRows } from '../src/model/training/text-rows.ts';
import { readVectors, vectorsFile } from '../src/model/training/vectors.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    vectors: { type: 'string' },
    out: { type: 'string' },
    rows: { type: 'string', default: '33000' },
    seed: { type: 'string', default: '11' },
  },
});
const { data, vectors: folder, out } = values;
if (!data || !folder || !out) throw new Error('--data, --vectors and --out are needed');

/** Words are replaced only where they are frequent enough to have a vector worth trusting. */
const LEAST_COUNT = 15;
const NEIGHBOURS = 8;
const SWAPPED = 0.2;

const texts: string[] = [];
for await (const rows of readTextRows(data, { columns: { text: 'text', label: 'label' }, unlabelled: true }))
  for (const row of rows) if ('text' in row) texts.push(row.text);
const random = randomOf(Number(values.seed));
const whole = (below: number): number => Math.floor(random() * below);
const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const counts = new Map<string, number>();
for (const text of texts)
  for (const word of wordsOf(text.toLowerCase()))
    if (/^[a-z]{3,}$/.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
const frequent = new Set([...counts].filter(([, count]) => count >= LEAST_COUNT).map(([word]) => word));
const found = await readVectors(vectorsFile(folder), [...frequent], 100, () => undefined);
const known = [...found].map(([word, vector]) => {
  const length = Math.hypot(...vector);
  return { word, vector: vector.map((value) => value / length) };
});
const vectorOf = new Map(known.map(({ word, vector }) => [word, vector]));
const nearTo = new Map<string, string[]>();

/** The words with the most similar vectors, found when first asked for. */
function near(word: string): string[] {
  const kept = nearTo.get(word);
  if (kept) return kept;
  const own = vectorOf.get(word);
  if (!own) return [];
  const scored = known.map((other) => ({
    word: other.word,
    likeness: other.vector.reduce((sum, value, index) => sum + value * (own[index] ?? 0), 0),
  }));
  scored.sort((a, b) => b.likeness - a.likeness);
  const words = scored.slice(1, NEIGHBOURS + 1).map((other) => other.word);
  nearTo.set(word, words);
  return words;
}

function swapped(words: readonly string[]): string[] {
  return words.map((word) => {
    const others = random() < SWAPPED ? near(word.toLowerCase()) : [];
    return others[whole(others.length)] ?? word;
  });
}

function part(words: readonly string[]): string[] {
  const length = Math.max(3, Math.floor(words.length * (0.4 + 0.45 * random())));
  const begin = whole(Math.max(1, words.length - length + 1));
  return words.slice(begin, begin + length);
}

function joined(first: readonly string[], second: readonly string[]): string[] {
  const cut = (length: number): number => Math.floor(length / 3) + whole(Math.max(1, Math.floor(length / 3)));
  return [...first.slice(0, cut(first.length)), ...second.slice(cut(second.length))];
}

function variation(): string {
  const words = wordsOf(texts[whole(texts.length)] ?? '');
  const kind = random();
  if (kind < 0.4) return swapped(words).join(' ');
  if (kind < 0.7) return joined(words, wordsOf(texts[whole(texts.length)] ?? '')).join(' ');
  return swapped(part(words)).join(' ');
}

const rows = Array.from({ length: Number(values.rows) }, (_, index) => ({ id: `v${index}`, text: variation() }));
await writeFileAtomic(out, `${Papa.unparse(rows, { newline: '\n' })}\n`);
console.log(`${rows.length} texts written to ${out}`);
