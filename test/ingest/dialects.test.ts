import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../src/ingest/stage.ts';
import { cleanText } from '../../src/ingest/text.ts';
import { type Intake, openIntake } from './support.ts';

const encoders = {
  'utf-8': (text: string) => Buffer.from(text),
  'utf-8 with mark': (text: string) => Buffer.from(`\ufeff${text}`),
  'utf-16le': (text: string) => Buffer.from(text, 'utf16le'),
  'utf-16le with mark': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16be with mark': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  // Of the characters that are used here, Latin-1 has the same ones at the same places.
  'windows-1252': (text: string) => Buffer.from(text, 'latin1'),
} as const;
const packers = { none: (bytes: Buffer) => bytes, gz: gzipSync, zst: zstdCompressSync } as const;

const pad = (n: number): string => String(n).padStart(2, '0');
const parts = (ms: number) => {
  const at = new Date(ms);
  return {
    ...{ y: at.getUTCFullYear(), m: at.getUTCMonth() + 1, d: at.getUTCDate() },
    ...{ h: at.getUTCHours(), min: pad(at.getUTCMinutes()), s: pad(at.getUTCSeconds()) },
  };
};
const dateWriters: Record<string, (ms: number) => string> = {
  iso: (ms) => new Date(ms).toISOString(),
  'iso, local': (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' '),
  'rfc 2822': (ms) => new Date(ms).toUTCString(),
  seconds: (ms) => String(ms / 1000),
  milliseconds: (ms) => String(ms),
  'D/M/YYYY': (ms) => {
    const { y, m, d, h, min, s } = parts(ms);
    return `${d}/${m}/${y} ${h}:${min}:${s}`;
  },
  'M/D/YYYY AM': (ms) => {
    const { y, m, d, h, min, s } = parts(ms);
    return `${m}/${d}/${y} ${h % 12 || 12}:${min}:${s} ${h < 12 ? 'AM' : 'PM'}`;
  },
  'DD-MM-YYYY HH.MM': (ms) => {
    const { y, m, d, h, min, s } = parts(ms);
    return `${pad(d)}-${pad(m)}-${y} ${pad(h)}.${min}.${s}`;
  },
};

const names = {
  at: ['created_at', 'Date', 'Created At', 'PUBLISHED', 'timestamp'],
  text: ['text', 'Full Text', 'Message', 'content', 'Tweet'],
  user: ['user_id', 'Author ID', 'Author', 'screen_name'],
  id: ['id', 'Tweet Id', 'Post ID'],
};

const LETTERS = [...'abcdefg éüßñ,;\t|"\n&<\'=', '\r\n', '🙂', '漢', '\u0301'];
const LATIN = LETTERS.filter((letter) => /^[\n-\xff]+$/.test(letter));

const dialect = fc.record({
  encoding: fc.constantFrom(...(Object.keys(encoders) as (keyof typeof encoders)[])),
  packing: fc.constantFrom(...(Object.keys(packers) as (keyof typeof packers)[])),
  form: fc.constantFrom(',', ';', '\t', '|', 'jsonl'),
  newline: fc.constantFrom('\n', '\r\n'),
  quotes: fc.boolean(),
  date: fc.constantFrom(...Object.keys(dateWriters)),
  order: fc.shuffledSubarray(['at', 'text', 'user', 'id'] as const, { minLength: 4 }),
  title: fc.boolean(),
  at: fc.constantFrom(...names.at),
  text: fc.constantFrom(...names.text),
  user: fc.constantFrom(...names.user),
  id: fc.constantFrom(...names.id),
});

const post = (letters: string[]) =>
  fc.record({
    at: fc.integer({ min: Date.UTC(2020, 0, 1) / 1000, max: Date.UTC(2026, 0, 1) / 1000 }).map((s) => s * 1000),
    text: fc.string({ unit: fc.constantFrom(...letters), maxLength: 40 }).map((text) => `x${text}y`),
    user: fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/),
  });

describe('posts written in any dialect', () => {
  let intake: Intake;
  beforeAll(async () => {
    intake = await openIntake();
  });
  afterAll(() => intake.close());

  it('are read back the same', { timeout: 120_000 }, async () => {
    const cases = dialect.chain((how) =>
      fc.tuple(
        fc.constant(how),
        fc.array(post(how.encoding === 'windows-1252' ? LATIN : LETTERS), { minLength: 1, maxLength: 20 }),
      ),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ([how, posts]) => {
        run += 1;
        // The first says which way round days and months are.
        const rows = [{ at: Date.UTC(2024, 0, 31, 12), text: `first é of run ${run}`, user: 'z' }, ...posts].map(
          (row, index) => ({ ...row, id: `${run}-${index}` }),
        );
        const source = `run-${run}`;
        const extension = `${how.form === 'jsonl' ? 'jsonl' : 'csv'}${how.packing === 'none' ? '' : `.${how.packing}`}`;
        const bytes = packers[how.packing](encoders[how.encoding](write(how, rows)));
        const path = intake.put(`${source}/posts.${extension}`, bytes);
        const summary = await ingest(intake.context(), { files: [path] });
        expect(summary).toMatchObject({ failed: 0, rows: rows.length, stored: rows.length, rejected: 0 });
        const found = await intake.posts(source);
        expect(found.map(({ at, user, original, text, key }) => [at, user, original, text, key])).toEqual(
          rows.map(({ at, user, text, id }) => [new Date(at).toISOString(), user, text, cleanText(text), `id:${id}`]),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are read back the same, whatever characters they have', async () => {
    const field = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => cleanText(text) !== '');
    const post = fc.record({
      at: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2026, 0, 1) }),
      text: field,
      user: fc.stringMatching(/^[a-z0-9_]{1,10}$/),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(post, { selector: ({ user }) => user, minLength: 1, maxLength: 30 }),
        fc.constantFrom('\n', '\r\n'),
        async (posts, newline) => {
          const source = `any-${run++}`;
          // A file is read once: no two tries may write the same.
          const records = posts.map(({ at, text, user }) => [user, new Date(at).toISOString(), text, source]);
          const path = intake.put(
            `${source}/posts.csv`,
            Papa.unparse([['user_id', 'created_at', 'text', 'try'], ...records], { newline }),
          );
          const summary = await ingest(intake.context(), { files: [path] });
          expect(summary).toMatchObject({ rows: posts.length, stored: posts.length, rejected: 0, failed: 0 });
          const found = await intake.posts(source);
          expect(found.map((row) => [row.user, row.at, row.text, row.original])).toEqual(
            posts.map(({ at, text, user }) => [
              ...[user, new Date(at).toISOString(), cleanText(text), text.replaceAll('\0', '')],
            ]),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

function write(
  how: typeof dialect extends fc.Arbitrary<infer Dialect> ? Dialect : never,
  rows: { at: number; text: string; user: string; id: string }[],
): string {
  const written = rows.map((row) => ({ ...row, at: (dateWriters[how.date] ?? String)(row.at) }));
  if (how.form === 'jsonl')
    return written
      .map((row) => JSON.stringify(Object.fromEntries(how.order.map((part) => [how[part], row[part]]))) + how.newline)
      .join('');
  const csv = Papa.unparse(
    [how.order.map((part) => how[part]), ...written.map((row) => how.order.map((part) => row[part]))],
    {
      ...{ delimiter: how.form, newline: how.newline, quotes: how.quotes },
    },
  );
  return how.title ? `Posts of last week${how.newline}${csv}` : csv;
}
