import type { NewPost } from '../../db/posts.ts';
import type { Zone } from '../calendar.ts';
import type { People } from '../privacy/people.ts';
import type { BrandRef, Matcher } from './brands.ts';
import type { Columns } from './columns.ts';
import { copyHash } from './copies.ts';
import { writtenDate } from './date-cells.ts';
import { type DateOrder, isPlausible, parseInstant } from './dates.ts';
import { createKeys, hash16 } from './identity.ts';
import type { LanguageFilter } from './language.ts';
import type { RawRow, RowProblem } from './reader.ts';
import { cleanField, cleanText } from './text.ts';

/** A post whose brands have no numbers yet. */
export type ReadPost = Omit<NewPost, 'brandIds'> & { brands: readonly BrandRef[] };

export interface RowSettings {
  columns: Columns;
  /** The zone that days are counted in. */
  zone: Zone;
  /** The zone of times without an offset, and the order of day and month in dates like 3/4/2026. */
  dates: { zone: Zone; order: DateOrder | undefined };
  /** The time that dates are held against, milliseconds since 1970 UTC. */
  nowMs: number;
  match: Matcher;
  /** Left out, posts of every language count. */
  otherLanguage?: LanguageFilter;
  people: People;
  /** Hears of each id or user id that a spreadsheet spoilt. */
  onSpoilt?: (value: string) => void;
}

/**
 * What a spreadsheet makes of a long number: `5.40E+17`. It stands for many ids, so it is none. Every program writes the plus;
 * `6e5` is a name, and `7e103942` a hash.
 */
const SPOILT = /^\d([.,]\d+)?E\+\d+$/i;

/**
 * Turns one file's records into posts, or tells why it can't. Feed it every record of the file, in order and from the first:
 * it counts identical ones.
 */
export function createRowReader({
  columns,
  zone,
  dates,
  nowMs,
  match,
  otherLanguage = () => null,
  people,
  onSpoilt,
}: RowSettings): (row: RawRow) => ReadPost | RowProblem {
  const nextKey = createKeys();
  const identifier = (field: string | undefined): string | null => {
    const value = cleanField(field);
    if (value === null || !SPOILT.test(value)) return value;
    onSpoilt?.(value);
    return null;
  };
  return ({ fields, problem, surplus }) => {
    if (problem) return problem;
    if (fields.length !== columns.width && !hasOnlyEmptySurplus(fields, columns.width))
      return { code: 'R_FIELDS', reason: `${fields.length} fields where the header has ${columns.width}` };
    const written = writtenDate(fields, columns);
    const atMs = parseInstant(written, dates.zone, dates.order);
    if (atMs === undefined)
      return { code: 'R_DATE', reason: `the date is none that is known or exists: "${written.slice(0, 40)}"` };
    if (!isPlausible(atMs, nowMs))
      return { code: 'R_DATE_RANGE', reason: `the date is before 2000 or in the future: "${written.slice(0, 40)}"` };
    const field = fields[columns.text] ?? '';
    // NUL can't be kept as text in every database, and no network reads it.
    const original = field.includes('\0') ? field.replaceAll('\0', '') : field;
    const body = cleanText(original);
    if (body === '') return { code: 'R_TEXT_EMPTY', reason: 'the text is empty' };
    const id = identifier(fields[columns.id]);
    const user = identifier(fields[columns.userId]);
    if (people.isForgotten(user)) return FORGOTTEN;
    const brand = cleanField(fields[columns.brand]);
    const language = otherLanguage(body);
    return {
      key: nextKey({ id, atMs, userId: people.identityOf(user), original }),
      atMs,
      day: zone.dayOf(atMs),
      userId: people.stored(user),
      extra: extraOf(fields, columns, people, surplus),
      body,
      original: original === body ? null : original,
      hash16: hash16(original),
      copy16: copyHash(body),
      brand,
      otherLanguage: language,
      brands: language === null ? match(body, brand ?? '') : [],
    };
  };
}

const FORGOTTEN: RowProblem = { code: 'R_FORGOTTEN', reason: 'the person who wrote it asked to be forgotten' };

function hasOnlyEmptySurplus(fields: readonly string[], width: number): boolean {
  return fields.length > width && fields.slice(width).every((field) => field.trim() === '');
}

/** The other columns that hold something, as a JSON object; null when none does. */
function extraOf(
  fields: readonly string[],
  columns: Columns,
  people: People,
  surplus: RawRow['surplus'] = [],
): string | null {
  const [only] = columns.others;
  // The one column that many exports have besides: an object made for it takes most of the time.
  if (only && columns.others.length === 1 && surplus.length === 0) {
    const value = keptOf(people, only.name, fields[only.index]);
    return value === undefined ? null : `{${JSON.stringify(only.name)}:${JSON.stringify(value)}}`;
  }
  const extra: [string, string][] = [];
  const keep = (name: string, written: string | undefined): void => {
    const value = keptOf(people, name, written);
    if (value !== undefined) extra.push([name, value]);
  };
  for (const { index, name } of columns.others) keep(name, fields[index]);
  for (const [name, value] of surplus) keep(name, value);
  return extra.length === 0 ? null : JSON.stringify(Object.fromEntries(extra));
}

function keptOf(people: People, name: string, written: string | undefined): string | undefined {
  return written === undefined || written === '' ? undefined : people.extra(name, written);
}
