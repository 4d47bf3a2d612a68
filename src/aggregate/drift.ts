import type { Config } from '../config/schema.ts';
import { percent } from '../percent.ts';

/** What a day's input is compared by. */
export const DRIFT_SIGNS = ['scores', 'unknown_words', 'length', 'volume'] as const;
export type DriftSign = (typeof DRIFT_SIGNS)[number];

/** One day of a brand, or of several together. */
export interface InputDay {
  readonly n: number;
  /** Posts per twentieth of the score. */
  readonly histogram: readonly number[];
  /** Of a sample of the day's texts: their words, and those that the model does not know. */
  readonly texts: number;
  readonly tokens: number;
  readonly unknown: number;
}

/** A day beside the weeks before. What too few posts can't tell is null. */
export interface DriftMeasures {
  readonly posts: number;
  /** Median of the days before. */
  readonly usual_posts: number;
  readonly psi: number | null;
  readonly unknown_words: number | null;
  readonly usual_unknown_words: number | null;
  /** Mean words of a text. */
  readonly length: number | null;
  readonly usual_length: number | null;
}

/** Days before the one that is looked at, and how many of them must have posts. */
export const REFERENCE_DAYS = 28;
const LEAST_DAYS = 14;

/**
 * Population stability index of a histogram against an earlier one: Σ (a − b) · ln(a / b) over the shares of each bin
 * (Siddiqi, Credit Risk Scorecards, 2006), with half a post added to every bin. Chance alone makes it about
 * (bins − 1) · (1/n + 1/m) (Yurdakul and Naranjo, Journal of Risk Model Validation 14, 2020), which is taken off, so that a day
 * with fewer posts does not look stranger.
 */
export function stabilityIndex(now: readonly number[], before: readonly number[]): number {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const [n, m, bins] = [sum(now), sum(before), now.length];
  let index = 0;
  for (const [bin, count] of now.entries()) {
    const a = (count + 0.5) / (n + bins / 2);
    const b = ((before[bin] ?? 0) + 0.5) / (m + bins / 2);
    index += (a - b) * Math.log(a / b);
  }
  return Math.max(0, index - (bins - 1) * (1 / n + 1 / m));
}

/** Several days, or several brands' days, as one. */
export function addDays(days: readonly InputDay[]): InputDay {
  const sum = (value: (day: InputDay) => number) => days.reduce((total, day) => total + value(day), 0);
  return {
    n: sum(({ n }) => n),
    histogram: Array.from({ length: 20 }, (_, bin) => sum(({ histogram }) => histogram[bin] ?? 0)),
    texts: sum(({ texts }) => texts),
    tokens: sum(({ tokens }) => tokens),
    unknown: sum(({ unknown }) => unknown),
  };
}

/** The median number of posts of days that have any. */
export function usualPosts(days: readonly InputDay[]): number {
  const sorted = days.map(({ n }) => n).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * Compares a day with the days before it that have posts. Undefined when these are too few, or usually have too few posts: a
 * small brand never warns. A day with few posts on an otherwise busy brand is compared by its volume alone.
 */
export function compareDay(
  day: InputDay,
  before: readonly InputDay[],
  limits: Config['drift'],
): { measures: DriftMeasures; signs: DriftSign[] } | undefined {
  const usual = usualPosts(before);
  if (before.length < LEAST_DAYS || usual < limits.min_posts) return undefined;
  const reference = addDays(before);
  const enough = day.n >= limits.min_posts;
  const words = enough && day.tokens > 0 && reference.tokens > 0;
  const measures: DriftMeasures = {
    posts: day.n,
    usual_posts: usual,
    psi: enough ? stabilityIndex(day.histogram, reference.histogram) : null,
    unknown_words: words ? day.unknown / day.tokens : null,
    usual_unknown_words: words ? reference.unknown / reference.tokens : null,
    length: words ? day.tokens / day.texts : null,
    usual_length: words ? reference.tokens / reference.texts : null,
  };
  const { psi, unknown_words, usual_unknown_words, length, usual_length } = measures;
  const signs: DriftSign[] = [];
  if (psi !== null && psi > limits.psi) signs.push('scores');
  if (unknown_words !== null && unknown_words - (usual_unknown_words ?? 0) > limits.unknown_words)
    signs.push('unknown_words');
  if (length !== null && usual_length !== null && factor(length, usual_length) > limits.length) signs.push('length');
  if (factor(day.n, usual) > limits.volume) signs.push('volume');
  return { measures, signs };
}

/** How many times the one is the other, whichever is larger. */
function factor(a: number, b: number): number {
  return Math.max(a, b) / Math.max(Number.MIN_VALUE, Math.min(a, b));
}

/** `posts 2,310 (usually 400), unknown words 31 % (usually 8 %)` */
export function driftText(signs: readonly DriftSign[], measures: DriftMeasures): string {
  const shown = (share: number | null) => percent(share ?? 0, 0);
  const words: Record<DriftSign, string> = {
    scores: `scores spread otherwise than usual (PSI ${(measures.psi ?? 0).toFixed(2)})`,
    unknown_words: `unknown words ${shown(measures.unknown_words)} (usually ${shown(measures.usual_unknown_words)})`,
    length: `words in a post ${(measures.length ?? 0).toFixed(1)} (usually ${(measures.usual_length ?? 0).toFixed(1)})`,
    volume: `posts ${measures.posts.toLocaleString('en-US')} (usually ${measures.usual_posts.toLocaleString('en-US')})`,
  };
  return signs.map((sign) => words[sign]).join(', ');
}
