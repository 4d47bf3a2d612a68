import { randomOf } from '../model/training/random.ts';

/**
 * Draws a simple random sample without replacement in one pass over any number of posts: each post gets a number by chance from
 * the seed and its own number, and the smallest are the sample (a bottom-k sample; Cohen and Kaplan, PODC 2007). They come in the
 * order of these numbers, so that the first m of them are a random sample too.
 */
export function createDraw(size: number, seed: number) {
  let kept: { postId: number; chance: number }[] = [];
  let seen = 0;
  const cut = (): void => {
    kept.sort((a, b) => a.chance - b.chance || a.postId - b.postId);
    kept = kept.slice(0, size);
  };
  return {
    add(postId: number): void {
      seen += 1;
      const random = randomOf(seed, postId);
      kept.push({ postId, chance: random() + random() / 2 ** 32 });
      if (kept.length >= 4 * size + 1_000) cut();
    },
    /** The posts drawn, and how many there were. */
    end(): { postIds: number[]; population: number } {
      cut();
      return { postIds: kept.map(({ postId }) => postId), population: seen };
    },
  };
}
