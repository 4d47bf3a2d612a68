/**
 * McNemar's exact test (Psychometrika 12, 1947; the binomial form): the chance that, were both models equally good, the rows that
 * only one of them gets right would be split at least as unevenly as this. Two-sided, at most 1.
 */
export function mcNemar(onlyA: number, onlyB: number): number {
  const total = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  // log of C(total, k) / 2^total, from one k to the next: the terms themselves may be too small for a number.
  let logTerm = -total * Math.LN2;
  let sum = 0;
  for (let k = 0; k <= fewer; k += 1) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(total - k) - Math.log(k + 1);
  }
  return Math.min(1, 2 * sum);
}
