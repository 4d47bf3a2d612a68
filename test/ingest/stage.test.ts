import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { sql } from 'kysely';
import Papa from 'papaparse';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../db/store.ts';
import { zoneOf } from '../../src/calendar.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/context.ts';
import { MonitorError } from '../../src/errors.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { cleanText } from '../../src/ingest/text.ts';
import { openOwn } from '../support/own-database.ts';
import { describeShared, sharedPath } from '../support/shared.ts';

let root: string;
let inbox: string;
let store: Store;
const opened: Store[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ingest-'));
  inbox = join(root, 'inbox');
  mkdirSync(inbox);
  store = await open('monitor');
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  rmSync(root, { recursive: true });
});

async function open(name: string): Promise<Store> {
  const each = await openOwn(join(root, name));
  opened.push(each);
  return each;
}

function contextOf(over: Partial<Context> = {}): Context {
  const brands = {
    spotify: { name: 'Spotify', match: { any: ['spotify', '@spotifycares'] } },
    acme: { name: 'Acme', match: { any: ['acme'] } },
  };
  return {
    store,
    config: configSchema.parse({ inbox, brands }),
    zone: zoneOf('Europe/Berlin'),
    clock: () => Date.UTC(2026, 2, 10),
    signal: new AbortController().signal,
    progress: { start: () => {}, advance: () => {}, finish: () => {} },
    log: pino({ level: 'silent' }),
    ...over,
  };
}

function put(name: string, content: string | Uint8Array): string {
  const path = join(inbox, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const TABLES = ['sources', 'files', 'rejects', 'texts', 'posts', 'brands', 'post_brands', 'dirty_days', 'settings'];

/** Every row of every table that ingest writes. */
async function dump(from: Store = store): Promise<Record<string, unknown[]>> {
  const tables: Record<string, unknown[]> = {};
  for (const table of TABLES)
    tables[table] = (await sql`select * from ${sql.table(table)} order by 1, 2`.execute(from.read.db)).rows;
  return tables;
}

const HEADER = 'created_at,text,user_id\n';

describe('ingest', () => {
  it('stores posts, counts duplicates, keeps rejects with line and text', async () => {
    put(
      'acme-export/posts.csv',
      `${HEADER}2026-03-01T10:00:00Z,"acme is\ngood",anna\n2026-03-01T10:00:00Z,"acme is\ngood",anna\nyesterday,"x, y",bert\n2026-03-02,"open,carl\n2026-03-02,fine,dora\n`,
    );
    const summary = await ingest(contextOf());
    expect(summary).toMatchObject({
      ...{ inboxFound: true, files: 1, unchanged: 0, failed: 0, rows: 5, stored: 2, duplicates: 1, rejected: 2 },
      rejectsByCode: { R_DATE: 1, R_QUOTE: 1 },
      perFile: [{ name: 'acme-export/posts.csv', source: 'acme-export', state: 'read', rows: 5 }],
    });
    const { files, rejects, posts, post_brands } = await dump();
    expect(files).toMatchObject([{ state: 'read', rows: 5, stored: 2, duplicates: 1, rejected: 2 }]);
    expect(
      (rejects as { row: number; line: number; code: string; raw: Buffer }[]).map(({ row, line, code, raw }) => [
        ...[row, line, code, raw.toString()],
      ]),
    ).toEqual([
      [3, 6, 'R_DATE', 'yesterday,"x, y",bert'],
      [4, 7, 'R_QUOTE', '2026-03-02,"open,carl'],
    ]);
    expect(posts).toHaveLength(2);
    expect(post_brands).toHaveLength(1);
  });

  it('reads a file once, whatever it is called', async () => {
    const content = `${HEADER}2026-03-01,hello,anna\n`;
    put('a.csv', content);
    await ingest(contextOf());
    const before = await dump();
    put('b.csv', content);
    expect(await ingest(contextOf())).toMatchObject({ files: 2, unchanged: 2, rows: 0, stored: 0 });
    expect(await dump()).toEqual(before);
  });

  it('adds only what is new from an export that overlaps, of people unknown too', async () => {
    const rows = ['2026-03-01 10:00,same,', '2026-03-01 10:00,same,', '2026-03-01 10:01,other,anna'];
    put('a.csv', `${HEADER}${rows.join('\n')}`);
    expect(await ingest(contextOf())).toMatchObject({ stored: 3, duplicates: 0 });
    put('b.csv', `${HEADER}${[rows[2], rows[0], rows[1], rows[0]].join('\n')}`);
    expect(await ingest(contextOf())).toMatchObject({ unchanged: 1, stored: 1, duplicates: 3 });
  });

  it('keeps sources apart', async () => {
    put('one/a.csv', `${HEADER}2026-03-01,hello,anna\n`);
    put('two/a.csv', `${HEADER}2026-03-01,hello,anna\n\n`);
    expect(await ingest(contextOf())).toMatchObject({ stored: 2, duplicates: 0 });
    expect((await dump())['texts']).toHaveLength(1);
  });

  it('counts nothing where there is no inbox', async () => {
    const config = configSchema.parse({ inbox: join(root, 'nowhere') });
    expect(await ingest(contextOf({ config }))).toMatchObject({ inboxFound: false, files: 0, rows: 0 });
  });

  it('reads files that are named', async () => {
    const path = join(root, 'elsewhere.csv');
    writeFileSync(path, `${HEADER}2026-03-01,hello,anna\n`);
    put('not-this.csv', `${HEADER}2026-03-01,bye,anna\n`);
    const summary = await ingest(contextOf(), { files: [path] });
    expect(summary).toMatchObject({ files: 1, stored: 1, perFile: [{ name: 'elsewhere.csv', source: 'inbox' }] });
  });

  it('fails a file that it can not use, says why, and reads the others', async () => {
    put('1-empty.csv', '');
    put('2-header.csv', 'when,what\n2026-03-01,hello\n');
    put('3-broken-header.csv', 'created_at,"text\n2026-03-01,hello\n');
    const good = gzipSync(`${HEADER}${'2026-03-01,hello,\n'.repeat(5000)}`);
    put('4-no-gzip.csv.gz', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('no gzip')]));
    put('5-cut.csv.gz', good.subarray(0, good.length - 8));
    put('6-good.csv.gz', good);
    const summary = await ingest(contextOf());
    expect(summary.perFile.map(({ state }) => state)).toEqual([...Array(5).fill('failed'), 'read']);
    expect(summary.perFile.map(({ reason }) => reason?.slice(0, 25))).toEqual([
      ...['the file is empty: it has', 'the header has no column ', 'the header is broken: a q'],
      ...['The gzip data is damaged ', 'The gzip data is damaged ', undefined],
    ]);
    expect(summary).toMatchObject({ failed: 5, rows: 10_000, stored: 5000, duplicates: 5000, rejected: 0 });
    const { files, rejects } = await dump();
    expect((files as { state: string }[]).map(({ state }) => state)).toEqual([...Array(5).fill('failed'), 'read']);
    expect((rejects as { row: number; code: string }[]).map(({ row, code }) => [row, code])).toEqual([
      [0, 'R_HEADER'],
      [0, 'R_HEADER'],
      [0, 'R_HEADER'],
      [0, 'R_DAMAGED'],
      [0, 'R_DAMAGED'],
    ]);
    expect(await ingest(contextOf())).toMatchObject({ files: 6, unchanged: 6, failed: 0 });
  });

  it('tries a file again that could not be opened', async () => {
    const path = join(root, 'gone.csv');
    expect(await ingest(contextOf(), { files: [path] })).toMatchObject({ failed: 1, rows: 0 });
    writeFileSync(path, `${HEADER}2026-03-01,hello,anna\n`);
    expect(await ingest(contextOf(), { files: [path] })).toMatchObject({ failed: 0, stored: 1 });
  });

  it('gives back the posts that were written, whatever characters they have', async () => {
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
          const source = `run-${run++}`;
          // A file is read once: no two tries may write the same.
          const records = posts.map(({ at, text, user }) => [user, new Date(at).toISOString(), text, source]);
          const path = put(
            `${source}/posts.csv`,
            Papa.unparse([['user_id', 'created_at', 'text', 'try'], ...records], { newline }),
          );
          const summary = await ingest(contextOf(), { files: [path] });
          expect(summary).toMatchObject({ rows: posts.length, stored: posts.length, rejected: 0, failed: 0 });
          const found = await store.read.db
            .selectFrom('posts as p')
            .innerJoin('sources as s', 's.source_id', 'p.source_id')
            .innerJoin('texts as t', 't.text_id', 'p.text_id')
            .select(['p.user_id', 'p.at_ms', 't.body', 't.original'])
            .where('s.name', '=', source)
            .orderBy('p.post_id')
            .execute();
          expect(found.map((row) => [row.user_id, row.at_ms, row.body, row.original ?? row.body])).toEqual(
            posts.map(({ at, text, user }) => [user, at, cleanText(text), text.replaceAll('\0', '')]),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('ingest that is interrupted', () => {
  it('goes on where it stopped and ends the same', async () => {
    const brands = ['Spotify', 'Other', 'OTHER', 'other', '', 'AT&T'];
    const line = (n: number): string =>
      n % 97 === 0
        ? `never,"row ${n}`
        : `2026-03-0${1 + (n % 9)} 10:00:00,"text ${n % 500} of\n${'a'.repeat(50)} acme ${n % 7}",${n % 3 === 0 ? `user${n % 50}` : ''},${brands[n % 6]}`;
    const lines = Array.from({ length: 18_000 }, (_, n) => line(n)).join('\n');
    const content = `created_at,text,user_id,brand\n${lines}\n`;
    put('a.csv', content);
    put('b/b.csv.gz', gzipSync(`${content}2026-03-09,last,,\n`));

    const undisturbed = await open('undisturbed.sqlite');
    const whole = await ingest(contextOf({ store: undisturbed }));
    expect(whole.rows).toBe(36_001);
    expect(whole.stored + whole.duplicates + whole.rejected).toBe(whole.rows);

    let stops = 0;
    const sum = { rows: 0, stored: 0, duplicates: 0, rejected: 0 };
    for (let batches = 0; ; batches = (batches + 1) % 3) {
      const stop = new AbortController();
      let left = batches;
      // Stops after so many stored batches, as a kill between two transactions would.
      const counting: Store = {
        ...store,
        transaction: async (work) => {
          const done = await store.transaction(work);
          if (left-- === 0) stop.abort();
          return done;
        },
      };
      try {
        const rest = await ingest(contextOf({ store: counting, signal: stop.signal }));
        if (rest.unchanged === 2) break;
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MonitorError);
        expect(thrown).toMatchObject({ code: 'E_INTERRUPTED' });
        stops += 1;
      }
    }
    expect(stops).toBeGreaterThan(4);
    expect(await dump()).toEqual(await dump(undisturbed));
    for (const file of (await dump())['files'] as (typeof sum)[]) {
      expect(file.stored + file.duplicates + file.rejected).toBe(file.rows);
      sum.rows += file.rows;
    }
    expect(sum.rows).toBe(whole.rows);
  });
});

describeShared('ingest of real exports', () => {
  it.each([
    ['posts', 'posts.csv.gz'],
    ['posts', 'posts_multibrand.csv.gz'],
    ['posts', 'sanders_posts.csv.gz'],
    ['posts', 'apple_posts.csv.gz'],
    ['posts', 'gop_debate_posts.csv.gz'],
    ['sentiment140', 'dated_20k.csv.gz'],
  ])('accounts for every row of %s/%s', async (folder, name) => {
    const { gunzipSync } = await import('node:zlib');
    const { readFileSync } = await import('node:fs');
    const path = sharedPath('data', folder, name);
    const counted = (parse(gunzipSync(readFileSync(path)), { columns: true, bom: true }) as unknown[]).length;
    const summary = await ingest(contextOf(), { files: [path] });
    expect(summary.rows).toBe(counted);
    expect(summary.stored + summary.duplicates + summary.rejected).toBe(counted);
    expect(summary.rejected).toBe(0);
    expect(await ingest(contextOf(), { files: [path] })).toMatchObject({ unchanged: 1, rows: 0 });
  });
});
