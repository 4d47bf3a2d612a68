import { extname } from 'node:path';
import type { Zone } from '../calendar.ts';
import { zoneOf } from '../calendar.ts';
import { MonitorError } from '../errors.ts';
import { type Packing, packingOf, readBytes } from './bytes.ts';
import { type Columns, findColumns } from './columns.ts';
import { findDateOrder } from './date-order.ts';
import type { DateOrder } from './dates.ts';
import { type FoundTable, findTable, jsonHeader } from './dialect.ts';
import { createEncodingProbe, type FoundEncoding } from './encoding.ts';
import { readJsonLines } from './json-lines.ts';
import { type Dialect, decode, type RawRow, type RowProblem, readRows } from './reader.ts';
import type { SourceSettings } from './source.ts';

/** Characters that are looked at for the delimiter and the header. */
const HEAD = 262_144;
/** Rows whose dates are looked at for their order. */
const DATED_ROWS = 1000;
/** Unpacking to more than this is suspicious when the ratio is too. */
const BOMB_BYTES = 100 * 1_048_576;
const BOMB_RATIO = 500;

/** How a file is going to be read. */
export interface Plan {
  packing: Packing;
  format: 'csv' | 'json-lines';
  dialect: Dialect;
  /** Places that are not in the file's encoding and become U+FFFD. */
  broken: number;
  /** Records above the header. */
  titles: number;
  header: readonly string[];
  columns: Columns;
  /** Day or month first; undefined when no date of the first rows leaves that open. */
  dateOrder: DateOrder | undefined;
  /** The zone of times without an offset. */
  zone: Zone;
}

/** A file to look at: where it is, and how many of its bytes count. */
export interface FileContent {
  path: string;
  name: string;
  size?: number;
}

/**
 * Looks through a file and decides how to read it: all of its bytes for the encoding and the limits, its start for delimiter and
 * columns, its first rows for the order of day and month. Returns what is wrong when it can't be read as a whole.
 * The same bytes and settings always make the same plan. Errors: E_FILE.
 */
export async function planFile(file: FileContent, settings: SourceSettings): Promise<Plan | RowProblem> {
  const packing = await packingOf(file.path);
  const found = await examine(file, settings.maxBytes);
  if ('code' in found) return found;
  const encoding = settings.encoding ?? found.encoding;
  const head = await headOf(file, encoding);
  const newline = !head.text.includes('\n') && /\r[^\r]/.test(head.text) ? 'cr' : 'lf';
  const text = newline === 'cr' ? head.text.replaceAll('\r', '\n') : head.text;

  const format = formatOf(text, head.whole, settings);
  if (typeof format.columns === 'string')
    return found.damage === undefined
      ? { code: 'R_HEADER', reason: format.columns + packedName(file.name, packing) }
      : { code: 'R_DAMAGED', reason: found.damage };
  const { delimiter, columns, ...rest } = format;
  const dialect: Dialect = { encoding, newline, delimiter };
  const broken = settings.encoding === undefined ? found.broken : 0;
  const plan = { packing, dialect, broken, ...rest, columns };
  const { unclear } = columns.named;
  if (unclear !== undefined && !settings.ownZone)
    return {
      code: 'R_TIME_ZONE',
      reason: `the name of its date column says a time zone that is not certain (${unclear.slice(0, 40)}); set sources.${settings.source}.time_zone, such as America/New_York`,
    };
  const zone = zoneOfPlan(columns, settings);
  if (settings.dateOrder) return { ...plan, dateOrder: settings.dateOrder, zone };
  const { order, ambiguous } = findDateOrder(await firstDates(file, plan));
  if (ambiguous !== undefined)
    return {
      code: 'R_DATE_ORDER',
      reason: `its dates don't tell whether day or month comes first (${ambiguous.slice(0, 40)}); set sources.${settings.source}.date_order to dmy or mdy`,
    };
  return { ...plan, dateOrder: order, zone };
}

/** The zone of times without an offset: the source's own, the one that the column's name says, or the config's. */
export function zoneOfPlan(columns: Columns, settings: Pick<SourceSettings, 'ownZone' | 'zone'>): Zone {
  return columns.named.zone !== undefined && !settings.ownZone ? zoneOf(columns.named.zone) : settings.zone;
}

/** By what is in it, whatever it is called: no header of a table is an object. */
function formatOf(text: string, whole: boolean, settings: SourceSettings): FoundTable & Pick<Plan, 'format'> {
  const names = jsonHeader(text, whole);
  if (names === undefined) return { format: 'csv', ...findTable(text, whole, settings) };
  const columns = findColumns(names, settings.columns);
  return {
    ...{ format: 'json-lines', delimiter: ',', titles: 0, header: names },
    columns: typeof columns === 'string' ? columns.replace('the header has', 'its objects have') : columns,
  };
}

/** The file's rows as planned, from row 1 on. Errors: those of `readBytes`. */
export async function* readPlanned(
  { path, size }: FileContent,
  plan: Pick<Plan, 'format' | 'dialect' | 'titles' | 'header'>,
  onRead: (bytes: number) => void,
): AsyncGenerator<RawRow[]> {
  const bytes = readBytes(path, onRead, size);
  if (plan.format === 'json-lines') {
    yield* readJsonLines(decode(bytes, plan.dialect), plan.header);
    return;
  }
  // Title lines and the header are records too: the first that counts is row 1.
  for await (const rows of readRows(bytes, plan.dialect)) {
    for (const row of rows) row.row -= plan.titles;
    yield rows.filter(({ row }) => row > 0);
  }
}

async function examine(
  { path, size }: FileContent,
  maxBytes: number,
): Promise<(FoundEncoding & { damage?: string }) | RowProblem> {
  const probe = createEncodingProbe();
  let read = 0;
  let unpacked = 0;
  try {
    for await (const piece of readBytes(path, (bytes) => (read += bytes), size)) {
      probe.push(piece);
      unpacked += piece.length;
      if (unpacked > maxBytes)
        return {
          code: 'R_FILE_SIZE',
          reason: `the file is larger than max_file_mb allows, ${maxBytes / 1_048_576} MB`,
        };
      if (isBomb(unpacked, read))
        return {
          code: 'R_RATIO',
          reason: `the file unpacks to more than ${BOMB_RATIO} times its size, as no export does`,
        };
    }
  } catch (thrown) {
    // What comes before the damage is going to be read.
    if (!isDamage(thrown)) throw thrown;
    return { ...probe.result(), damage: thrown.message };
  }
  return probe.result();
}

/** Whether what was unpacked of so many bytes is more than any export makes. */
export function isBomb(unpacked: number, read: number): boolean {
  return unpacked > BOMB_BYTES && unpacked > read * BOMB_RATIO;
}

async function headOf(
  { path, size }: FileContent,
  encoding: Dialect['encoding'],
): Promise<{ text: string; whole: boolean }> {
  let text = '';
  try {
    for await (const more of decode(
      readBytes(path, () => {}, size),
      { encoding, newline: 'lf' },
    )) {
      text += more;
      if (text.length >= HEAD) return { text, whole: false };
    }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
  }
  return { text, whole: true };
}

async function firstDates(file: FileContent, plan: Omit<Plan, 'dateOrder' | 'zone'>): Promise<string[]> {
  const dates: string[] = [];
  try {
    for await (const rows of readPlanned(file, plan, () => {}))
      for (const { fields } of rows) {
        // A row with a problem has none.
        if (fields.length >= plan.columns.width) dates.push(fields[plan.columns.createdAt] ?? '');
        if (dates.length >= DATED_ROWS) return dates;
      }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
  }
  return dates;
}

/** Packed data that is damaged; every other error is one of reading. */
export function isDamage(thrown: unknown): thrown is MonitorError {
  return thrown instanceof MonitorError && thrown.code === 'E_INPUT';
}

function packedName(name: string, packing: Packing): string {
  return packing === 'none' && /\.(gz|zst)$/i.test(name)
    ? ` (its name ends in ${extname(name)}, its content is not packed)`
    : '';
}
