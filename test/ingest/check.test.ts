import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { checkFile } from '../../src/ingest/check.ts';
import { HEADER, NOW_MS } from './support.ts';

const inbox = mkdtempSync(join(tmpdir(), 'check-'));
afterAll(() => rmSync(inbox, { recursive: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(inbox, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const check = (path: string, settings: Record<string, unknown> = {}, source?: string) =>
  checkFile(path, { config: configSchema.parse({ inbox, ...settings }), source, nowMs: NOW_MS });

describe('the check of a file', () => {
  it('tells how it would be read, and what would become of its first rows', async () => {
    const rows = '13/04/2026 9:05;Acme is great;Acme …;Anna\n1/2/26;x;y;z\n';
    const path = put('acme/a.csv', `Report\nDate;Full Text;Snippet;Author\n${rows}`);
    const settings = { time_zone: 'Europe/Berlin', brands: { acme: { match: { any: ['acme'] } } } };
    expect(await check(path, settings)).toEqual({
      ...{ file: path, source: 'acme', rows: 2, posts: 1, rejected: 1, rejects_by_code: { R_DATE: 1 } },
      ...{ brands: { acme: 1 }, without_brand: 0, other_language: {} },
      reading: {
        ...{ packing: 'none', format: 'csv', encoding: 'utf-8', delimiter: ';', titles: 1, date_order: 'dmy' },
        columns: [
          { use: 'created_at', column: 'Date', not_used: [] },
          { use: 'text', column: 'Full Text', not_used: ['Snippet'] },
          { use: 'user_id', column: 'Author', not_used: [] },
        ],
        ...{ others: ['Snippet'], time_zone: 'Europe/Berlin', notes: [] },
      },
      rejects: [{ row: 2, line: 4, code: 'R_DATE', reason: expect.stringContaining('1/2/26') }],
      samples: [
        {
          ...{ at: '2026-04-13T07:05:00.000Z', date: '13/04/2026 9:05', user_id: 'Anna' },
          ...{ key: expect.stringMatching(/^h:/), text: 'Acme is great', brands: ['acme'] },
        },
      ],
    });
  });

  it('tells why it would not be, and takes the settings of a source', async () => {
    const path = put('a.csv', `${HEADER}3/1/2026,hello,anna\n`);
    expect(await check(path)).toEqual({
      ...{ file: path, source: 'inbox', rows: 0, posts: 0, rejected: 0, rejects_by_code: {} },
      ...{ brands: {}, without_brand: 0, other_language: {}, rejects: [], samples: [] },
      problem: { code: 'R_DATE_ORDER', reason: expect.stringContaining('sources.inbox.date_order') },
    });
    const sources = { acme: { date_order: 'mdy', brand: 'acme' } };
    expect(await check(path, { brands: { acme: {} }, sources }, 'acme')).toMatchObject({
      ...{ source: 'acme', brands: { acme: 1 }, without_brand: 0 },
      samples: [{ at: '2026-03-01T00:00:00.000Z' }],
    });
  });

  it('counts brands and languages of all rows, and shows five posts and ten rejects', async () => {
    const rows = [
      '2026-03-01,acme and bolt,anna\n',
      '2026-03-01,neither,anna\n'.repeat(3),
      '2026-03-01,acme,anna\n'.repeat(2),
      '2026-03-01,La aerolínea perdió mi maleta otra vez y nadie contesta el teléfono,eva\n'.repeat(2),
      'soon,x,anna\n'.repeat(11),
      '2026-03-01,,anna\n',
    ];
    const brands = { acme: { match: { any: ['acme'] } }, bolt: { match: { any: ['bolt'] } } };
    const found = await check(put('b.csv', HEADER + rows.join('')), { brands, language: 'en' });
    expect(found).toMatchObject({
      ...{ rows: 20, posts: 8, rejected: 12, rejects_by_code: { R_DATE: 11, R_TEXT_EMPTY: 1 } },
      ...{ brands: { acme: 3, bolt: 1 }, without_brand: 3, other_language: { es: 2 } },
      reading: { date_order: null },
    });
    expect(found.samples.map(({ brands }) => brands)).toEqual([['acme', 'bolt'], [], [], [], ['acme']]);
    expect(found.rejects.map(({ row, line, code }) => [row, line, code])).toEqual(
      Array.from({ length: 10 }, (_, n) => [n + 9, n + 10, 'R_DATE']),
    );
  });

  it('ends after a thousand rows', async () => {
    expect(await check(put('c.csv', HEADER + '2026-03-01,a,b\n'.repeat(1001)))).toMatchObject({ rows: 1000 });
  });

  it('tells of objects, other encodings and ids that a spreadsheet spoilt', async () => {
    const path = put('d.jsonl', '{"created_at":"2026-03-01","text":"a","id":"1E+17"}\n');
    expect(await check(path)).toMatchObject({
      reading: {
        ...{ format: 'json-lines', delimiter: null },
        notes: ['1 ids that a spreadsheet rounded, such as 5.40E+17, were taken as missing'],
      },
    });
    const latin = put('e.csv', Buffer.from(`${HEADER}2026-03-01,caf\xe9,anna\n`, 'latin1'));
    expect(await check(latin)).toMatchObject({
      reading: { encoding: 'windows-1252', notes: ['it was read as windows-1252'] },
    });
  });

  it('tells of a damage, and what comes before it', async () => {
    const rows = Array.from({ length: 500 }, (_, n) => `2026-03-01,${Math.sin(n)},anna\n`).join('');
    const packed = gzipSync(HEADER + rows);
    expect(await check(put('f.csv.gz', packed.subarray(0, packed.length - 9)))).toMatchObject({
      ...{ rows: 500, reading: { packing: 'gzip' } },
      problem: { code: 'R_DAMAGED', reason: expect.stringContaining('gzip data is damaged') },
    });
  });

  it('fails where the file goes away while it is looked at', async () => {
    const path = put('gone.csv', `${HEADER}2026-03-01,a,anna\n`);
    const config = {
      ...configSchema.parse({ inbox }),
      // Asked for between planning and reading.
      get brands() {
        rmSync(path, { force: true });
        return {};
      },
    };
    await expect(checkFile(path, { config, nowMs: NOW_MS })).rejects.toMatchObject({ code: 'E_FILE' });
  });

  it('fails where there is no such file', async () => {
    await expect(check(join(inbox, 'none.csv'))).rejects.toMatchObject({ code: 'E_FILE' });
  });
});
