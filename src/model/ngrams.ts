/**
 * The hash of an n-gram of word ids, the same in plain numbers and in an ONNX graph's 64-bit integers: it begins with n, and
 * each id makes of h the remainder of h · FACTOR + id. Both constants are primes below 2^24, so that a product of the two and
 * an id stays below 2^53.
 */
export const HASH_FACTOR = 10_368_899;
export const HASH_MODULUS = 16_777_213;

/** How many n-grams of one up to so many words a text of this length has: what `scale: unit` divides by the root of. */
export function ngramsIn(length: number, words: number): number {
  let count = 0;
  for (let own = 1; own <= words; own += 1) count += Math.max(0, length - own + 1);
  return count;
}

/** The buckets of a text's n-grams of so many words, one for each place where such a run of words begins; -1 for the others. */
export function bucketsOf(ids: Int32Array, words: number, buckets: number): Int32Array {
  return ids.map((_, start) => {
    if (start + words > ids.length) return -1;
    let hash = words;
    for (let place = start; place < start + words; place += 1)
      hash = (hash * HASH_FACTOR + (ids[place] ?? 0)) % HASH_MODULUS;
    return hash % buckets;
  });
}
