import { expect } from 'vitest';

const TOLERANCE = 1e-5;

/** Expects as many numbers, each this near to its counterpart. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = TOLERANCE) {
  expect(actual.length).toBe(expected.length);
  const differences = Array.from(actual, (value, index) => Math.abs(value - (expected[index] ?? Number.NaN)));
  expect(Math.max(0, ...differences)).toBeLessThan(tolerance);
}
