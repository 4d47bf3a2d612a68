import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src/model/in-order.ts';

async function* numbers(count: number) {
  for (let number = 0; number < count; number += 1) yield number;
}

describe('inOrder', () => {
  it('yields in order whichever is done first, and never works on more than it may', async () => {
    let running = 0;
    let most = 0;
    const work = async (number: number) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < (number % 3) * 5; turn += 1) await Promise.resolve();
      running -= 1;
      return number * 10;
    };
    const seen: number[] = [];
    for await (const { item, result } of inOrder(numbers(10), work, 2)) {
      expect(result).toBe(item * 10);
      seen.push(item);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(2);
  });

  it('throws an error in its turn', async () => {
    const seen: number[] = [];
    const work = (number: number) => (number === 2 ? Promise.reject(new Error('two')) : Promise.resolve(number));
    await expect(async () => {
      for await (const { item } of inOrder(numbers(5), work, 3)) seen.push(item);
    }).rejects.toThrow('two');
    expect(seen).toEqual([0, 1]);
  });
});
