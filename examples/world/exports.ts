import { crc32 } from 'node:zlib';
import { tzOffset } from '@date-fns/tz';
import { type Day, formatDay, parseDay } from '../../src/calendar.ts';
import { columnDays, TIME_ZONE, VOICES, type WorldPost, type WorldSize } from './posts.ts';

/** An export as it lands in the inbox. */
export interface WorldFile {
  name: string;
  bytes: Uint8Array;
  /** Rows after the header, the bad ones among them. */
  rows: number;
}

/** A row that no post can be made of, and the reason's code. Rows count from 1 after the header. */
export interface BadRow {
  file: string;
  row: number;
  code: 'R_DATE' | 'R_DATE_RANGE' | 'R_FIELDS' | 'R_TEXT_EMPTY';
}

interface Form {
  header: string;
  lineEnd: string;
  row(post: WorldPost): string[];
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** The offset of the zone at an instant, in minutes. */
function offsetAt(atMs: number): number {
  return tzOffset(TIME_ZONE, new Date(atMs));
}

/** `2026-09-01T08:14:09`, as clocks show it that are so many minutes ahead of UTC. */
function wallClock(atMs: number, offset: number): string {
  return new Date(atMs + offset * 60_000).toISOString().slice(0, 19);
}

/** The name in the brand column; empty for a post on none or on two, which are left to the match rules. */
function brandColumn({ brands }: WorldPost): string {
  return brands.length === 1 ? (VOICES.find(({ slug }) => slug === brands[0])?.name ?? '') : '';
}

/** The three forms that the exports come in: a tool's own, the same in UTC from its archive, and a bare one. */
const withOffset: Form = {
  header: 'id,created_at,text,user_id,brand',
  lineEnd: '\n',
  row: (post) => {
    const offset = offsetAt(post.atMs);
    const created = `${wallClock(post.atMs, offset)}+${pad(Math.floor(offset / 60))}:${pad(offset % 60)}`;
    return [post.id, created, post.text, post.userId, brandColumn(post)];
  },
};
const inUtc: Form = {
  header: 'id,created_at,text,user_id,brand',
  lineEnd: '\r\n',
  row: (post) => [post.id, `${wallClock(post.atMs, 0)}Z`, post.text, post.userId, brandColumn(post)],
};
const bare: Form = {
  header: 'user_id,text,created_at',
  lineEnd: '\n',
  row: (post) => [post.userId, post.text, wallClock(post.atMs, offsetAt(post.atMs)).replace('T', ' ')],
};

interface BadLine {
  /** The share of the file's good rows that come before it. */
  after: number;
  code: BadRow['code'];
  line: string;
}

/** The bad lines of each file. */
const BAD_LINES: readonly (readonly BadLine[])[] = [
  [
    {
      after: 0.1,
      code: 'R_DATE',
      line: '910000000000000001,2026-09-31T10:05:00+02:00,Great coffee today.,41000017,Brindlecup',
    },
    { after: 0.3, code: 'R_TEXT_EMPTY', line: '910000000000000002,2026-09-04T12:00:00+02:00,,41000023,Pellimo' },
    { after: 0.5, code: 'R_FIELDS', line: '910000000000000003,2026-09-05T08:30:00+02:00,Love the new seats' },
    {
      after: 0.7,
      code: 'R_FIELDS',
      line: '910000000000000004,2026-09-07T18:11:00+02:00,Great flight, great crew, great price,41000031,Larkovia Air',
    },
    {
      after: 0.9,
      code: 'R_DATE_RANGE',
      line: '910000000000000005,1970-01-01T00:00:00Z,My phone is back.,41000037,Pellimo',
    },
  ],
  [
    { after: 0.2, code: 'R_DATE', line: '910000000000000006,yesterday,The coffee was cold.,41000041,Brindlecup' },
    { after: 0.5, code: 'R_TEXT_EMPTY', line: '910000000000000007,2026-09-15T09:00:00Z,"   ",41000047,Larkovia Air' },
    { after: 0.8, code: 'R_FIELDS', line: '910000000000000008' },
  ],
  [
    { after: 0.3, code: 'R_DATE', line: '41000053,Great coffee at Brindlecup.,2026-02-30 09:15:00' },
    { after: 0.6, code: 'R_TEXT_EMPTY', line: '41000059,&nbsp;,2026-09-23 11:40:00' },
  ],
  [
    { after: 0.5, code: 'R_DATE', line: '41000061,Larkovia cancelled my flight.,' },
    { after: 0.8, code: 'R_DATE_RANGE', line: '41000067,Larkovia lost my bag.,1999-12-31 23:59:00' },
  ],
];

function csvField(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/**
 * A gzip member of stored blocks (RFC 1952, RFC 1951 section 3.2.4), without a time or a system in its header.
 * Not compressed, because a compressor's bytes differ between versions and processors, and these files must not.
 */
function gzipStored(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)];
  for (let start = 0; start === 0 || start < bytes.length; start += 0xffff) {
    const block = bytes.subarray(start, start + 0xffff);
    const head = new DataView(new ArrayBuffer(5));
    head.setUint8(0, start + 0xffff >= bytes.length ? 1 : 0);
    head.setUint16(1, block.length, true);
    head.setUint16(3, ~block.length & 0xffff, true);
    parts.push(new Uint8Array(head.buffer), block);
  }
  const tail = new DataView(new ArrayBuffer(8));
  tail.setUint32(0, crc32(bytes), true);
  tail.setUint32(4, bytes.length, true);
  return Buffer.concat([...parts, new Uint8Array(tail.buffer)]);
}

interface ExportPlan {
  /** First and last day, counted from 0. */
  from: number;
  to: number;
  form: Form;
  compressed: boolean;
}

/** One export of the posts, its bad lines put in. */
function exportFile(
  posts: readonly WorldPost[],
  first: Day,
  { from, to, form, compressed }: ExportPlan,
  badLines: readonly BadLine[],
): { file: WorldFile; badRows: BadRow[] } {
  const firstDay = formatDay(first + from);
  const lastDay = formatDay(first + to);
  const name = `posts_${firstDay}_${lastDay}.csv${compressed ? '.gz' : ''}`;
  const inside = posts.filter(({ day }) => day >= firstDay && day <= lastDay);
  const lines = inside.map((post) => form.row(post).map(csvField).join(','));
  const badRows = badLines.map(({ after, code, line }, index) => {
    const before = Math.floor(inside.length * after) + index;
    lines.splice(before, 0, line);
    return { file: name, row: before + 1, code };
  });
  const text = new TextEncoder().encode([form.header, ...lines, ''].join(form.lineEnd));
  return { file: { name, bytes: compressed ? gzipStored(text) : text, rows: lines.length }, badRows };
}

/**
 * The world's posts as four exports. Two have ids and a brand column and share a day, two have neither and share a day;
 * files of different forms do not overlap, because a post with an id and the same post without one are two to any reader.
 */
export function worldFiles(posts: readonly WorldPost[], size: WorldSize): { files: WorldFile[]; badRows: BadRow[] } {
  const first = parseDay(size.start) ?? 0;
  const third = Math.floor(size.days / 3);
  const bareFrom = columnDays(size);
  const middle = Math.floor((bareFrom + size.days) / 2);
  const plans: ExportPlan[] = [
    { from: 0, to: third, form: withOffset, compressed: false },
    { from: third, to: bareFrom - 1, form: inUtc, compressed: true },
    { from: bareFrom, to: middle, form: bare, compressed: false },
    { from: middle, to: size.days - 1, form: bare, compressed: false },
  ];
  const exported = plans.map((plan, index) => exportFile(posts, first, plan, BAD_LINES[index] ?? []));
  return { files: exported.map(({ file }) => file), badRows: exported.flatMap(({ badRows }) => badRows) };
}
