/** A share of one as readers see it, with a space that does not break: `41.2 %`. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}\u00a0%`;
}

/** A share that somebody wrote in the settings, with as few digits as it needs: `45 %`, `97.5 %`. */
export function writtenPercent(share: number): string {
  return `${Number((100 * share).toFixed(6))}\u00a0%`;
}
