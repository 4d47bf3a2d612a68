import type { Rates } from '../model/calibration.ts';

type Means = Rates['means'];

/** A class's share as it follows from mean probabilities: constant + negative · mean p_negative + positive · mean p_positive. */
export interface ShareOfClass {
  readonly constant: number;
  readonly negative: number;
  readonly positive: number;
}

/** Below this a model doesn't tell its classes apart, and no mean says how many there are of each. */
const SINGULAR = 1e-6;

/**
 * How a class's share follows from the mean probabilities, when these are a mixture of the classes' own: 1 at that class's
 * means and 0 at the others' (barycentric coordinates). Null for a model that doesn't tell its classes apart.
 */
export function shareOfClass(means: Means, index: number): ShareOfClass | null {
  const at = (place: number): readonly [number, number] => means[place % means.length] ?? [0, 0];
  const own = at(index);
  const other = at(index + 1);
  if (means.length === 2) {
    const apart = own[1] - other[1];
    return Math.abs(apart) < SINGULAR ? null : { constant: -other[1] / apart, negative: 0, positive: 1 / apart };
  }
  const third = at(index + 2);
  const [x, y] = [third[0] - other[0], third[1] - other[1]];
  const twice = x * (own[1] - other[1]) - y * (own[0] - other[0]);
  if (Math.abs(twice) < SINGULAR) return null;
  return { constant: (y * other[0] - x * other[1]) / twice, negative: -y / twice, positive: x / twice };
}

/** A share at these mean probabilities; outside [0, 1] where they are no mixture of the classes'. */
export function shareAt({ constant, negative, positive }: ShareOfClass, pNegative: number, pPositive: number): number {
  return constant + negative * pNegative + positive * pPositive;
}

/**
 * The shares of the classes whose mixture of mean probabilities is nearest to those seen, each at least 0 and together 1
 * (PACC: Bella, Ferri, Hernández-Orallo, Ramírez-Quintana 2010). Exact: the mixture itself, or else the nearest point of an
 * edge, over all classes' probabilities. Null for a model that doesn't tell its classes apart.
 */
export function correctedPrevalence(means: Means, pNegative: number, pPositive: number): number[] | null {
  const shares: number[] = [];
  for (const index of means.keys()) {
    const share = shareOfClass(means, index);
    if (share === null) return null;
    shares.push(shareAt(share, pNegative, pPositive));
  }
  if (shares.every((share) => share >= 0)) return shares;
  if (shares.length === 2) return (shares[0] ?? 0) < 0 ? [0, 1] : [1, 0];
  const corners = means.map(([negative, positive]) => [negative, 1 - negative - positive, positive]);
  const seen = [pNegative, 1 - pNegative - pPositive, pPositive];
  let best = { distance: Number.POSITIVE_INFINITY, shares };
  for (const [from, to] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const [start = [], end = []] = [corners[from], corners[to]];
    const edge = minus(end, start);
    const way = Math.min(1, Math.max(0, dot(edge, minus(seen, start)) / dot(edge, edge)));
    const off = minus(
      minus(seen, start),
      edge.map((number) => way * number),
    );
    const candidate = [0, 0, 0];
    candidate[from] = 1 - way;
    candidate[to] = way;
    if (dot(off, off) < best.distance) best = { distance: dot(off, off), shares: candidate };
  }
  return best.shares;
}

const ROUNDS = 1_000;
const CLOSE = 1e-7;

/**
 * The shares of the classes under which all posteriors together are likeliest, when only the shares have changed since the
 * posteriors were calibrated (SLD: Saerens, Latinne, Decaestecker 2002, expectation maximisation). It needs every text's
 * posteriors, so it serves for files; days keep sums.
 */
export function saerensPrevalence(posteriors: readonly (readonly number[])[], prior: readonly number[]): number[] {
  let shares = prior.map(() => 1 / prior.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    const sums = prior.map(() => 0);
    for (const own of posteriors) {
      const weights = own.map((posterior, index) => ((shares[index] ?? 0) * posterior) / (prior[index] ?? 1));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [index, weight] of weights.entries()) sums[index] = (sums[index] ?? 0) + weight / total;
    }
    const next = sums.map((sum) => sum / posteriors.length);
    const moved = next.reduce((sum, share, index) => sum + Math.abs(share - (shares[index] ?? 0)), 0);
    shares = next;
    if (moved < CLOSE) break;
  }
  return shares;
}

function minus(a: readonly number[], b: readonly number[]): number[] {
  return a.map((number, index) => number - (b[index] ?? 0));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, number, index) => sum + number * (b[index] ?? 0), 0);
}
