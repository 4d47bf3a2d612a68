import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../src/calendar.ts';
import { createMatcher } from '../../src/ingest/brands.ts';
import { findColumns } from '../../src/ingest/columns.ts';
import { createRowReader } from '../../src/ingest/rows.ts';
import { createPeople } from '../../src/privacy/people.ts';

const EVERYONE = createPeople('keep', new Uint8Array(32), new Set());
const zone = zoneOf('Europe/Berlin');
const nowMs = Date.UTC(2026, 2, 10);

function readOne(header: string[], fields: string[]): unknown {
  const columns = findColumns(header);
  if (typeof columns === 'string') return columns;
  const read = createRowReader({ columns, zone, nowMs, match: createMatcher({}), people: EVERYONE });
  return read({ row: 1, line: 2, fields, raw: '', problem: undefined });
}

const codeOf = (header: string[], fields: string[]): unknown => {
  const outcome = readOne(header, fields);
  return typeof outcome === 'object' && outcome !== null && 'code' in outcome ? outcome.code : 'ok';
};

describe('columns', () => {
  it('are found by name, whatever their order, case and blanks', () => {
    expect(findColumns([' Text', 'lang', 'CREATED_AT ', 'Brand', '', 'lang', 'text'])).toEqual({
      ...{ width: 7, createdAt: 2, text: 0, userId: -1, id: -1, brand: 3 },
      others: [
        { index: 1, name: 'lang' },
        { index: 4, name: 'column_5' },
        { index: 5, name: 'lang_6' },
        { index: 6, name: 'text' },
      ],
    });
  });

  it('say what is missing', () => {
    expect(findColumns(['date', 'message'])).toBe(
      'the header has no column created_at and no column text; it has date, message',
    );
    expect(findColumns(['created_at', 'body'])).toMatch(/no column text; it has created_at, body$/);
  });
});

describe('rows', () => {
  it('become posts', () => {
    const post = readOne(
      ['id', 'created_at', 'text', 'user_id', 'brand', 'likes', 'place'],
      [' 9007199254740993 ', '2026-03-01 00:30:00', ' so &amp;amp; so\0 ', ' anna', 'Acme', '3', ''],
    );
    expect(post).toMatchObject({
      key: 'id:9007199254740993',
      atMs: Date.UTC(2026, 1, 28, 23, 30),
      day: Date.UTC(2026, 2, 1) / 86_400_000,
      userId: 'anna',
      extra: '{"likes":"3"}',
      body: 'so & so',
      original: ' so &amp;amp; so ',
      brands: [{ slug: 'acme', name: 'Acme' }],
    });
  });

  it('keep an original only where cleaning changed it', () => {
    expect(readOne(['created_at', 'text'], ['2026-03-01', 'as it is'])).toMatchObject({
      ...{ body: 'as it is', original: null, userId: null, extra: null, brands: [] },
    });
  });

  const header = ['created_at', 'text', 'user_id'];
  it.each([
    ['ok', ['2026-03-01', 'x', 'u']],
    ['ok', ['2026-03-01', 'x', 'u', '', ' ']],
    ['R_FIELDS', ['2026-03-01', 'x', 'u', '', 'more']],
    ['R_FIELDS', ['2026-03-01', 'x']],
    ['R_DATE', ['2026-02-30', 'x', 'u']],
    ['R_DATE', ['03/01/2026', 'x', 'u']],
    ['R_DATE', ['', 'x', 'u']],
    ['R_DATE_RANGE', ['1999-12-31T23:59:59Z', 'x', 'u']],
    ['R_DATE_RANGE', ['2026-03-12T00:00:01Z', 'x', 'u']],
    ['ok', ['2026-03-12T00:00:00Z', 'x', 'u']],
    ['R_TEXT_EMPTY', ['2026-03-01', ' \u0000&nbsp;', 'u']],
  ])('%s: %j', (code, fields) => {
    expect(codeOf(header, fields)).toBe(code);
  });
});
