import type { NewPost } from '../../db/posts.ts';
import type { Zone } from '../calendar.ts';
import type { People } from '../privacy/people.ts';
import type { BrandRef, Matcher } from './brands.ts';
import type { Columns } from './columns.ts';
import { copyHash } from './copies.ts';
import { isPlausible, parseInstant } from './dates.ts';
import { createKeys, hash16 } from './identity.ts';
import type { RawRow, RowProblem } from './reader.ts';
import { cleanField, cleanText } from './text.ts';

/** A post whose brands have no numbers yet. */
export type ReadPost = Omit<NewPost, 'brandIds'> & { brands: readonly BrandRef[] };

export interface RowSettings {
  columns: Columns;
  zone: Zone;
  /** The time that dates are held against, milliseconds since 1970 UTC. */
  nowMs: number;
  match: Matcher;
  people: People;
}

/**
 * Turns one file's records into posts, or tells why it can't. Feed it every record of the file, in order and from the first:
 * it counts identical ones.
 */
export function createRowReader({
  columns,
  zone,
  nowMs,
  match,
  people,
}: RowSettings): (row: RawRow) => ReadPost | RowProblem {
  const nextKey = createKeys();
  return ({ fields, problem }) => {
    if (problem) return problem;
    if (fields.length !== columns.width && !hasOnlyEmptySurplus(fields, columns.width))
      return { code: 'R_FIELDS', reason: `${fields.length} fields where the header has ${columns.width}` };
    const written = fields[columns.createdAt] ?? '';
    const atMs = parseInstant(written, zone);
    if (atMs === undefined)
      return { code: 'R_DATE', reason: `created_at is no date that is known or exists: "${written.slice(0, 40)}"` };
    if (!isPlausible(atMs, nowMs))
      return { code: 'R_DATE_RANGE', reason: `created_at is before 2000 or in the future: "${written.slice(0, 40)}"` };
    const field = fields[columns.text] ?? '';
    // NUL can't be kept as text in every database, and no network reads it.
    const original = field.includes('\0') ? field.replaceAll('\0', '') : field;
    const body = cleanText(original);
    if (body === '') return { code: 'R_TEXT_EMPTY', reason: 'the text is empty' };
    const id = cleanField(fields[columns.id]);
    const user = cleanField(fields[columns.userId]);
    if (people.isForgotten(user)) return FORGOTTEN;
    const brand = cleanField(fields[columns.brand]);
    return {
      key: nextKey({ id, atMs, userId: people.identityOf(user), original }),
      atMs,
      day: zone.dayOf(atMs),
      userId: people.stored(user),
      extra: columns.others.length === 0 ? null : extraOf(fields, columns, people),
      body,
      original: original === body ? null : original,
      hash16: hash16(original),
      copy16: copyHash(body),
      brand,
      brands: match(body, brand ?? ''),
    };
  };
}

const FORGOTTEN: RowProblem = { code: 'R_FORGOTTEN', reason: 'the person who wrote it asked to be forgotten' };

function hasOnlyEmptySurplus(fields: readonly string[], width: number): boolean {
  return fields.length > width && fields.slice(width).every((field) => field.trim() === '');
}

/** The other columns that hold something, as a JSON object; null when none does. */
function extraOf(fields: readonly string[], columns: Columns, people: People): string | null {
  const extra: [string, string][] = [];
  for (const { index, name } of columns.others) {
    const written = fields[index];
    if (written === undefined || written === '') continue;
    const value = people.extra(name, written);
    if (value !== undefined) extra.push([name, value]);
  }
  return extra.length === 0 ? null : JSON.stringify(Object.fromEntries(extra));
}
