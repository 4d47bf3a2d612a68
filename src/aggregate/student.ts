/**
 * Quantile of Student's t distribution for a probability above one half and a whole number of degrees of freedom.
 * Found by bisection on the distribution function, which for whole degrees is a finite sum of cosines
 * (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4); beyond 200 degrees a Cornish-Fisher
 * expansion around the normal quantile (26.7.5) is exact to nine digits and quicker.
 */
export function studentQuantile(probability: number, degrees: number): number {
  const key = `${probability}/${degrees}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const quantile = degrees > 200 ? expansion(probability, degrees) : bisect(probability, degrees);
  if (cache.size < 1_000) cache.set(key, quantile);
  return quantile;
}

const cache = new Map<string, number>();

/** P(|T| ≤ t). */
function twoSided(t: number, degrees: number): number {
  const theta = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(theta);
  const odd = degrees % 2 === 1;
  if (degrees === 1) return (2 / Math.PI) * theta;
  let term = odd ? cosine : 1;
  let sum = term;
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}

function bisect(probability: number, degrees: number): number {
  const target = 2 * probability - 1;
  let low = 0;
  let high = 1;
  while (twoSided(high, degrees) < target) high *= 2;
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (twoSided(middle, degrees) < target) low = middle;
    else high = middle;
  }
  return high;
}

function expansion(probability: number, degrees: number): number {
  const z = normalQuantile(probability);
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3;
}

/** Normal quantile by Newton steps on the series of the error function (Abramowitz and Stegun, 7.1.5). */
function normalQuantile(probability: number): number {
  const known = normalQuantiles.get(probability);
  if (known !== undefined) return known;
  let z = 1;
  for (let step = 0; step < 30; step += 1) {
    const density = Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
    z -= (normalBelow(z) - probability) / density;
  }
  if (normalQuantiles.size < 1_000) normalQuantiles.set(probability, z);
  return z;
}

const normalQuantiles = new Map<number, number>();

export function normalBelow(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 1; k < 200; k += 1) {
    term *= -(z ** 2) / (2 * k);
    sum += term / (2 * k + 1);
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}
