import { expect, it } from 'vitest';
import { type Dropout, dropoutMask, dropWords } from '../../../src/model/network/dropout.ts';

const dropout: Dropout = { word: 0.1, embedding: 0.3, state: 0.5, seed: 1, step: 0 };
const SIZE = 100_000;

/** Five standard errors of a share of so many. */
const near = (share: number) => 5 * Math.sqrt((share * (1 - share)) / SIZE);

it('leaves out the share that it is told', () => {
  for (const stream of ['embedding', 'state'] as const) {
    const mask = dropoutMask(stream, SIZE, dropout) ?? new Float32Array();
    const zeros = mask.filter((value) => value === 0).length / SIZE;
    expect(Math.abs(zeros - dropout[stream])).toBeLessThan(near(dropout[stream]));
    expect([...new Set(mask)].sort()).toEqual([0, Math.fround(1 / (1 - dropout[stream]))]);
  }
  const ids = dropWords(new Int32Array(SIZE).fill(7), new Float32Array(SIZE), 1, dropout);
  expect(Math.abs(ids.filter((id) => id === 1).length / SIZE - 0.1)).toBeLessThan(near(0.1));
});

it('draws anew for each step, seed and stream', () => {
  const half = { ...dropout, word: 0.5, embedding: 0.5 };
  const masks = [
    dropoutMask('state', SIZE, half),
    dropoutMask('state', SIZE, { ...half, step: 1 }),
    dropoutMask('state', SIZE, { ...half, seed: 2 }),
    dropoutMask('embedding', SIZE, half),
  ];
  for (const [index, one] of masks.entries())
    for (const other of masks.slice(index + 1)) {
      const agreeing = (one ?? new Float32Array()).filter((value, place) => value === other?.[place]).length / SIZE;
      expect(Math.abs(agreeing - 0.5)).toBeLessThan(near(0.5));
    }
});

it('neither replaces padding nor anything at rate 0', () => {
  const ids = Int32Array.of(5, 6, 0, 0);
  const all = { ...dropout, word: 1 };
  expect([...dropWords(ids, Float32Array.of(0, 0, 1, 1), 1, all)]).toEqual([1, 1, 0, 0]);
  const none = { ...dropout, word: 0, embedding: 0 };
  expect(dropWords(ids, new Float32Array(4), 1, none)).toBe(ids);
  expect(dropoutMask('embedding', 10, none)).toBeUndefined();
});
