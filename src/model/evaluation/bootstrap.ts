import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../errors.ts';
import { randomOf } from '../training/random.ts';

/** The ends of a 95 % interval; null where the rows are too few to tell. */
export type Interval = readonly [low: number, high: number] | null;

/** Below so many rows an interval from resampling says more than the rows know. */
export const LEAST_ROWS = 30;

/** Between two looks at the signal, row draws: some tens of milliseconds. */
const DRAWS_AT_A_TIME = 1_000_000;

export interface BootstrapOptions {
  /** How often the rows are drawn again; 0 for no intervals. */
  readonly resamples: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/**
 * Measures `resamples` samples of as many rows as there are, drawn with replacement (Efron, Annals of Statistics 7, 1979), and
 * gives what was measured, figure by figure. The same seed draws the same samples. Errors: E_INTERRUPTED.
 */
export async function resampled(
  rows: number,
  measure: (weights: Uint16Array) => Float64Array,
  { resamples, seed, signal }: BootstrapOptions,
): Promise<Float64Array[]> {
  const figures: Float64Array[] = [];
  const weights = new Uint16Array(rows);
  const often = Math.max(1, Math.ceil(DRAWS_AT_A_TIME / Math.max(1, rows)));
  for (let sample = 0; sample < resamples; sample += 1) {
    if (sample % often === 0) {
      await setImmediate();
      throwIfAborted(signal);
    }
    weights.fill(0);
    const random = randomOf(seed, sample);
    for (let draw = 0; draw < rows; draw += 1) {
      const row = (random() * rows) | 0;
      weights[row] = (weights[row] as number) + 1;
    }
    for (const [place, value] of measure(weights).entries()) {
      figures[place] ??= new Float64Array(resamples);
      (figures[place] as Float64Array)[sample] = value;
    }
  }
  return figures;
}

/**
 * The middle 95 % of resampled values, NaN left out. `around` takes away the part by which resampling itself moves a figure
 * away from the value measured: a calibration error only grows by noise, so that its percentiles lie too high.
 */
export function intervalOf(values: Float64Array | undefined, around?: number): Interval {
  const sorted = (values ?? new Float64Array()).filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length < 2) return null;
  const shift = around === undefined ? 0 : sorted.reduce((sum, value) => sum + value, 0) / sorted.length - around;
  const end = (share: number) => quantile(sorted, share) - shift;
  return around === undefined ? [end(0.025), end(0.975)] : [Math.max(0, end(0.025)), Math.max(0, end(0.975))];
}

/** The quantile of sorted values, linear between two of them (Hyndman and Fan's type 7). */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (place - Math.floor(place)) * (high - low);
}
