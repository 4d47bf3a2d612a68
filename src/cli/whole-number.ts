import { InvalidArgumentError } from 'commander';

/** Reads an option's value as a whole number between these ends. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(
      most === Number.MAX_SAFE_INTEGER
        ? `Give a whole number from ${least}.`
        : `Give a whole number from ${least} to ${most}.`,
    );
  };
}
