/** A source of numbers in [0, 1) that depends on its seeds alone, so that any part of a training can be done again. */
export type Random = () => number;

/** SplitMix32 (a Weyl sequence through a 32-bit mixer), begun from a mix of the seeds. */
export function randomOf(...seeds: readonly number[]): Random {
  let state = 0;
  for (const seed of seeds) state = mix((state + 0x9e3779b9 + seed) | 0);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (mix(state) >>> 0) / 4_294_967_296;
  };
}

/** A bijection of 32-bit numbers in which every bit of the input changes half of the output's (murmur3's finaliser). */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The items in an order drawn by Fisher and Yates; the array itself stays. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [order[last], order[other]];
    if (a === undefined || b === undefined) continue;
    order[last] = b;
    order[other] = a;
  }
  return order;
}

/** Normally distributed numbers, mean 0 and variance 1 (Box and Muller). */
export function normalOf(random: Random): Random {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
