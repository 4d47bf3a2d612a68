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

/** Reads an option's value as a number of which `fits` is true; `what` names it in the message. */
export function numberThat(fits: (value: number) => boolean, what: string): (value: string) => number {
  return (value) => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (fits(number)) return number;
    throw new InvalidArgumentError(`Give ${what}.`);
  };
}

/** Reads an option's value as a share or probability that is neither 0 nor 1. */
export const properShare = numberThat((share) => share > 0 && share < 1, 'a number between 0 and 1');

/** Reads an option's value as a list, with commas between its parts. */
export function listOf<Part>(part: (value: string) => Part): (value: string) => Part[] {
  return (value) => value.split(',').map((text) => part(text.trim()));
}

/** Collects the values of an option that may be given again. One that must be given has no default, or none would be missed. */
export function appended(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
