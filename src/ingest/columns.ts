/** Where a file has what: indices into its records. */
export interface Columns {
  /** Number of columns of the header. */
  width: number;
  createdAt: number;
  text: number;
  /** Columns that a file may do without are -1 then. */
  userId: number;
  id: number;
  brand: number;
  /** All other columns, kept as they came. */
  others: readonly { index: number; name: string }[];
}

/**
 * Finds the columns by the names of the header, whatever their case and outer blanks; of two with one name the first counts.
 * Returns what is wrong when there is no `created_at` or no `text`.
 */
export function findColumns(header: readonly string[]): Columns | string {
  const names = header.map((name) => name.trim());
  const known = names.map((name) => name.toLowerCase());
  const [createdAt, text, userId, id, brand] = ['created_at', 'text', 'user_id', 'id', 'brand'].map((name) =>
    known.indexOf(name),
  ) as [number, number, number, number, number];
  const missing = [...(createdAt < 0 ? ['created_at'] : []), ...(text < 0 ? ['text'] : [])];
  if (missing.length > 0)
    return `the header has no column ${missing.join(' and no column ')}; it has ${describe(names)}`;
  const used = new Set([createdAt, text, userId, id, brand]);
  const taken = new Set<string>();
  const others: { index: number; name: string }[] = [];
  for (const [index, written] of names.entries()) {
    if (used.has(index)) continue;
    const name = written === '' || taken.has(written) ? `${written || 'column'}_${index + 1}` : written;
    taken.add(name);
    others.push({ index, name });
  }
  return { width: header.length, createdAt, text, userId, id, brand, others };
}

function describe(names: readonly string[]): string {
  const listed = names.slice(0, 20).map((name) => name.slice(0, 40));
  return `${listed.join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`;
}
