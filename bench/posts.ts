import { closeSync, openSync, writeSync } from 'node:fs';
import { normalOf, randomOf } from '../src/model/training/random.ts';

/** Words of a post as real ones have them: half of them below 17, a few up to 100. */
const MEDIAN_WORDS = 17;
const SPREAD = 0.55;
const LONGEST = 100;
/** The last two words of a text are its number written with so many digits, which keeps texts apart. */
const DIGITS = 5_000;

/**
 * Words of invented posts, one post after the other, no two the same: as many words as real posts have, common ones as often as
 * in a language (Zipf's law). `words` are sorted by frequency. The same seed gives the same posts.
 */
export function* inventedPosts(posts: number, words: readonly string[], seed: number): Generator<string[]> {
  const random = randomOf(seed, 0);
  const normal = normalOf(randomOf(seed, 1));
  const drawn = () => words[Math.floor(Math.exp(random() * Math.log(words.length)))] ?? '';
  for (let post = 0; post < posts; post += 1) {
    const length = Math.max(3, Math.min(LONGEST, Math.round(MEDIAN_WORDS * Math.exp(SPREAD * normal()))));
    const text = Array.from({ length: length - 2 }, drawn);
    text.push(words[Math.floor(post / DIGITS) % DIGITS] ?? '', words[post % DIGITS] ?? '');
    yield text;
  }
}

/** Writes invented posts as an export, row by row: two thirds of them about a brand, evenly over a month. */
export function writeExport(path: string, posts: number, words: readonly string[], seed: number): void {
  const file = openSync(path, 'w');
  const stepMs = (30 * 86_400_000) / posts;
  let lines = ['id,created_at,text,user_id'];
  let row = 0;
  for (const text of inventedPosts(posts, words, seed)) {
    const at = new Date(Date.UTC(2026, 0, 1) + Math.floor(row * stepMs)).toISOString();
    const about = row % 3 === 0 ? '@AcmeAir ' : row % 3 === 1 ? '#OtherPhone ' : '';
    lines.push(`${1_800_000_000_000_000_000n + BigInt(row)},${at},"${about}${text.join(' ')}",user${row % 20_011}`);
    row += 1;
    if (lines.length < 10_000 && row < posts) continue;
    writeSync(file, `${lines.join('\n')}\n`);
    lines = [];
  }
  closeSync(file);
}
