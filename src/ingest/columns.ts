import { COLUMN_USES, type ColumnMapping, type ColumnUse, candidates } from './column-names.ts';
import { type NamedZone, zoneInName } from './zone-names.ts';

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
  /** The time of day, where the date's column has none. */
  time: number;
  /** The zone that the name of the date's or time's column says, as in `Date (UTC)`. */
  named: NamedZone;
  /** All other columns, kept as they came. */
  others: readonly { index: number; name: string }[];
}

/**
 * Finds the columns by the names that exports use, whatever their case, blanks and underscores, or by those that the config
 * maps; of several that could serve, the preferred one (see column-names.ts). Returns what is wrong when a mapped column, the
 * date or the text is not there.
 */
export function findColumns(header: readonly string[], mapping: ColumnMapping = {}): Columns | string {
  const names = header.map((name) => name.trim());
  const found = candidates(header, mapping);
  for (const use of COLUMN_USES)
    if (mapping[use] !== undefined && found[use].length === 0)
      return `the header has no column "${mapping[use]}", which the settings name for ${use}; it has ${describe(names)}`;
  const missing = (['created_at', 'text'] as const).filter((use) => found[use].length === 0);
  if (missing.length > 0)
    return `the header has no column ${missing.map((use) => `that is known as ${use}`).join(' and none ')}; it has ${describe(names)}`;
  const indexOf = (use: ColumnUse): number => found[use][0] ?? -1;
  const [createdAt, time] = [indexOf('created_at'), indexOf('time')];
  const used = new Set(COLUMN_USES.map(indexOf));
  const taken = new Set<string>();
  const others: { index: number; name: string }[] = [];
  for (const [index, written] of names.entries()) {
    if (used.has(index)) continue;
    const name = written === '' || taken.has(written) ? `${written || 'column'}_${index + 1}` : written;
    taken.add(name);
    others.push({ index, name });
  }
  const [ofDate, ofTime] = [zoneInName(names[createdAt] ?? ''), zoneInName(names[time] ?? '')];
  const named = (ofDate.zone ?? ofDate.unclear) ? ofDate : ofTime;
  return {
    ...{ width: header.length, createdAt, text: indexOf('text'), userId: indexOf('user_id') },
    ...{ id: indexOf('id'), brand: indexOf('brand'), time, named, others },
  };
}

function describe(names: readonly string[]): string {
  const listed = names.slice(0, 20).map((name) => name.slice(0, 40));
  return `${listed.join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`;
}
