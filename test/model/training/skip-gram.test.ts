import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { learnVectors } from '../../../src/model/training/learn-vectors.ts';
import { randomOf } from '../../../src/model/training/random.ts';
import { readVectors } from '../../../src/model/training/vectors.ts';
import { silent, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
const file = join(folder, 'posts.csv');

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Texts of two kinds, of words that begin with x and of words that begin with z. */
function writePosts(): void {
  const random = randomOf(5);
  const letter = () => LETTERS[Math.floor(random() * LETTERS.length)];
  const lines = Array.from({ length: 3_000 }, (_, row) => {
    const first = row % 2 === 0 ? 'x' : 'z';
    return Array.from({ length: 12 }, () => `${first}o${letter()}`).join(' ');
  });
  writeFileSync(file, `text\n${lines.join('\n')}\nrare once\n`);
}

const options = {
  ...{ data: [file], textColumn: 'text', size: 10, epochs: 5, window: 3, minCount: 5, seed: 1 },
  ...{ signal: new AbortController().signal, progress: silent },
};

function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b) return Number.NaN;
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, number, at) => sum + number * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('word vectors from unlabelled texts', () => {
  it('bring words near each other that stand near each other, in a file that a training reads', async () => {
    writePosts();
    const out = join(folder, 'vectors.txt');
    expect(await learnVectors({ ...options, out })).toEqual({ words: 52, texts: 3_001 });
    const vectors = await readVectors(out, ['xob', 'xop', 'zob', 'once'], 10, () => undefined);
    expect(vectors.has('once')).toBe(false);
    const near = cosine(vectors.get('xob'), vectors.get('xop'));
    expect(near).toBeGreaterThan(cosine(vectors.get('xob'), vectors.get('zob')) + 0.3);
    const again = join(folder, 'again.txt');
    await learnVectors({ ...options, out: again });
    expect(readFileSync(again)).toEqual(readFileSync(out));
  });

  it('are refused of texts with too few words, and stop on the signal', async () => {
    const out = join(folder, 'none.txt');
    await expect(learnVectors({ ...options, out, minCount: 1_000_000 })).rejects.toMatchObject({ code: 'E_INPUT' });
    await expect(learnVectors({ ...options, out, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'E_INTERRUPTED',
    });
  });
});
