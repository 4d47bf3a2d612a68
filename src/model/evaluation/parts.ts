import type { ScoredRows } from './scored-rows.ts';

/** Some of the rows, by their places in the file. */
export interface Part {
  readonly name: string;
  readonly places: readonly number[];
}

/** Groups that are measured each by itself; a column with more values is no column of groups. */
const MOST_GROUPS = 30;

/** Upper ends of the lengths, in words. */
const LENGTHS = [5, 10, 20, 40, 100, 200, 400, Number.POSITIVE_INFINITY];

/** The rows by the group column, the largest groups first; `more` is how many small ones were left out. */
export function byGroup(groups: readonly string[]): { parts: Part[]; more: number } {
  const places = new Map<string, number[]>();
  for (const [row, name] of groups.entries()) {
    const known = places.get(name);
    if (known === undefined) places.set(name, [row]);
    else known.push(row);
  }
  const parts = [...places].map(([name, rows]) => ({ name: name === '' ? '(empty)' : name, places: rows }));
  parts.sort((a, b) => b.places.length - a.places.length || (a.name < b.name ? -1 : 1));
  return { parts: parts.slice(0, MOST_GROUPS), more: Math.max(0, parts.length - MOST_GROUPS) };
}

/** The rows by their number of words, shortest first; lengths without rows are left out. */
export function byLength(words: ScoredRows['words']): Part[] {
  return LENGTHS.map((to, index) => {
    const from = index === 0 ? 0 : (LENGTHS[index - 1] ?? 0) + 1;
    const name = to === Number.POSITIVE_INFINITY ? `${from} or more` : `${Math.max(1, from)}–${to}`;
    const places = words.flatMap((count, row) => (count >= from && count <= to ? [row] : []));
    return { name, places };
  }).filter(({ places }) => places.length > 0);
}
