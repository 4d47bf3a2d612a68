/** The 0.975 quantile of the standard normal distribution: what 95 % lie within on either side. */
export const NORMAL_95 = 1.959963984540054;

/**
 * Wilson's interval of a share seen in `size` draws (JASA 22, 1927), within [0, 1] and around the share itself. `size` need not
 * be whole: a design effect or a finite population makes it another one. `quantile` is that of an end, 95 % unless told otherwise.
 */
export function wilsonInterval(
  share: number,
  size: number,
  quantile = NORMAL_95,
): readonly [low: number, high: number] {
  const shrink = 1 + quantile ** 2 / size;
  const centre = (share + quantile ** 2 / (2 * size)) / shrink;
  const half = (quantile / shrink) * Math.sqrt((share * (1 - share)) / size + quantile ** 2 / (4 * size ** 2));
  return [Math.max(0, Math.min(share, centre - half)), Math.min(1, Math.max(share, centre + half))];
}
