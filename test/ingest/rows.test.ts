import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../src/calendar.ts';
import { createMatcher } from '../../src/ingest/brands.ts';
import { findColumns } from '../../src/ingest/columns.ts';
import { copyHash } from '../../src/ingest/copies.ts';
import { hash16 } from '../../src/ingest/identity.ts';
import { createRowReader } from '../../src/ingest/rows.ts';
import { createPeople } from '../../src/privacy/people.ts';

const EVERYONE = createPeople('keep', new Uint8Array(32), new Set());
const zone = zoneOf('Europe/Berlin');
const nowMs = Date.UTC(2026, 2, 10);

function readOne(header: string[], fields: string[]): unknown {
  const columns = findColumns(header);
  if (typeof columns === 'string') return columns;
  const dates = { zone, order: undefined };
  const read = createRowReader({ columns, zone, dates, nowMs, match: createMatcher({}), people: EVERYONE });
  return read({ row: 1, line: 2, fields, raw: '', problem: undefined });
}

const codeOf = (header: string[], fields: string[]): unknown => {
  const outcome = readOne(header, fields);
  return typeof outcome === 'object' && outcome !== null && 'code' in outcome ? outcome.code : 'ok';
};

describe('columns', () => {
  it('are found by name, whatever their order, case and blanks', () => {
    expect(findColumns([' Text', ' lang ', 'CREATED_AT ', 'Brand', '', 'lang', 'text'])).toEqual({
      ...{ width: 7, createdAt: 2, text: 0, userId: -1, id: -1, brand: 3, time: -1, named: {} },
      others: [
        { index: 1, name: 'lang' },
        { index: 4, name: 'column_5' },
        { index: 5, name: 'lang_6' },
        { index: 6, name: 'text' },
      ],
    });
  });

  it('say what is missing', () => {
    expect(findColumns(['when', 'what'])).toBe(
      'the header has no column that is known as created_at and none that is known as text; it has when, what',
    );
    expect(findColumns(['created_at', 'what'])).toMatch(/no column that is known as text; it has created_at, what$/);
  });
});

describe('columns of common exports', () => {
  const uses = (header: string[]): (string | undefined)[] => {
    const columns = findColumns(header);
    if (typeof columns === 'string') return [columns];
    return [columns.createdAt, columns.text, columns.userId, columns.id, columns.brand].map((index) => header[index]);
  };

  it.each([
    [
      ['Tweet Id', 'Text', 'Name', 'Screen Name', 'Created At'],
      ['Created At', 'Text', 'Screen Name', 'Tweet Id', undefined],
    ],
    [
      ['Date', 'Title', 'Snippet', 'Full Text', 'Author', 'X Author ID', 'Resource Id', 'Query Name'],
      ['Date', 'Full Text', 'X Author ID', 'Resource Id', undefined],
    ],
    [
      ['Timestamp (ET)', 'Network', 'Message ID', 'Message', 'Profile'],
      ['Timestamp (ET)', 'Message', undefined, 'Message ID', undefined],
    ],
    [
      ['Date', 'Headline', 'URL', 'Opening Text', 'Hit Sentence', 'Influencer', 'Document ID'],
      ['Date', 'Hit Sentence', 'Influencer', 'Document ID', undefined],
    ],
    [
      ['published', 'title', 'content', 'author_id', 'brand'],
      ['published', 'content', 'author_id', undefined, 'brand'],
    ],
    [
      ['"CREATED-AT"', ' tweet_text ', 'user.id_str', 'comment id', 'post id'],
      ['"CREATED-AT"', ' tweet_text ', 'user.id_str', 'comment id', undefined].map((name) => name),
    ],
  ])('%j', (header, expected) => {
    expect(uses(header)).toEqual(expected);
  });

  it('say when their times are UTC', () => {
    expect(findColumns(['Date (UTC)', 'text'])).toMatchObject({ createdAt: 0, named: { zone: 'UTC' } });
    expect(findColumns(['created_utc', 'body'])).toMatchObject({ createdAt: 0, named: { zone: 'UTC' } });
    expect(findColumns(['Date (ET)', 'text'])).toMatchObject({ createdAt: 0, named: { zone: 'America/New_York' } });
  });

  it('come from the settings first, whatever else would do', () => {
    const header = ['Veröffentlicht', 'text', 'Beitrag', 'Date'];
    expect(findColumns(header, { created_at: 'veröffentlicht', text: 'Beitrag' })).toMatchObject({
      ...{ createdAt: 0, text: 2 },
      others: [
        { index: 1, name: 'text' },
        { index: 3, name: 'Date' },
      ],
    });
    expect(findColumns(header, { text: 'Inhalt' })).toBe(
      'the header has no column "Inhalt", which the settings name for text; it has Veröffentlicht, text, Beitrag, Date',
    );
  });
});

describe('rows', () => {
  it('become posts', () => {
    const post = readOne(
      ['id', 'created_at', 'text', 'user_id', 'brand', 'likes', 'place'],
      [' 9007199254740993 ', '2026-03-01 00:30:00', ' so &amp;amp; so\0 ', ' anna', 'Acme', '3', ''],
    );
    expect(post).toEqual({
      key: 'id:9007199254740993',
      atMs: Date.UTC(2026, 1, 28, 23, 30),
      day: Date.UTC(2026, 2, 1) / 86_400_000,
      userId: 'anna',
      extra: '{"likes":"3"}',
      body: 'so & so',
      original: ' so &amp;amp; so ',
      hash16: hash16(' so &amp;amp; so '),
      copy16: copyHash('so so'),
      brand: 'Acme',
      otherLanguage: null,
      brands: [{ slug: 'acme', name: 'Acme' }],
    });
  });

  it('have no id where a spreadsheet rounded it', () => {
    const header = ['id', 'created_at', 'text', 'user_id'];
    expect(readOne(header, ['5.40E+17', '2026-03-01', 'a', '1,2E+9'])).toMatchObject({
      key: expect.stringMatching(/^h:/),
      userId: null,
    });
    for (const [id, user] of [
      ['5e', 'E+9'],
      ['7e103942', '6e5'],
    ] as const)
      expect(readOne(header, [id, '2026-03-01', 'a', user])).toMatchObject({ key: `id:${id}`, userId: user });
  });

  it('that are rejected say why, with no more of the date than one can look at', () => {
    const reason = (fields: string[]) => readOne(['created_at', 'text', 'user_id'], fields);
    expect(reason(['2026-03-01', 'x', 'u', 'v'])).toEqual({
      code: 'R_FIELDS',
      reason: '4 fields where the header has 3',
    });
    expect(reason(['x'.repeat(50), 'x', 'u'])).toEqual({
      code: 'R_DATE',
      reason: `the date is none that is known or exists: "${'x'.repeat(40)}"`,
    });
    expect(reason(['01 Jan 1999 10:00:00 +0000 (Coordinated Universal Time)', 'x', 'u'])).toEqual({
      code: 'R_DATE_RANGE',
      reason: 'the date is before 2000 or in the future: "01 Jan 1999 10:00:00 +0000 (Coordinated "',
    });
    expect(reason(['2026-03-01', ' ', 'u'])).toEqual({ code: 'R_TEXT_EMPTY', reason: 'the text is empty' });
  });

  it('keep what stands in other columns and in names beyond them, but nothing that is empty', () => {
    const extra = (header: string[], fields: string[], surplus: [string, string][] = []) => {
      const columns = findColumns(['created_at', 'text', ...header]);
      if (typeof columns === 'string') throw new Error(columns);
      const dates = { zone, order: undefined };
      const read = createRowReader({ columns, zone, dates, nowMs, match: () => [], people: EVERYONE });
      const row = { row: 1, line: 2, raw: '', problem: undefined, surplus };
      return read({ ...row, fields: ['2026-03-01', 'x', ...fields] });
    };
    expect(extra(['likes'], [''])).toMatchObject({ extra: null });
    expect(extra(['likes'], ['3'])).toMatchObject({ extra: '{"likes":"3"}' });
    expect(extra(['likes'], ['3'], [['late', '4']])).toMatchObject({ extra: '{"likes":"3","late":"4"}' });
    expect(extra([], [], [['late', '4']])).toMatchObject({ extra: '{"late":"4"}' });
    expect(extra(['likes', 'place'], ['3', 'x "y"'])).toMatchObject({ extra: '{"likes":"3","place":"x \\"y\\""}' });
    expect(extra(['likes', 'place'], ['', ''])).toMatchObject({ extra: null });
    expect(extra(['likes', 'place'], ['', 'x'])).toMatchObject({ extra: '{"place":"x"}' });
  });

  it('tell nothing of who wrote them where people are not kept, and still are told apart', () => {
    const columns = findColumns(['id', 'created_at', 'text', 'user_id', 'author_name']);
    if (typeof columns === 'string') throw new Error(columns);
    const spoilt: string[] = [];
    const settings = { columns, zone, dates: { zone, order: undefined }, nowMs, match: createMatcher({}) };
    const people = createPeople('drop', new Uint8Array(32), new Set());
    const read = createRowReader({ ...settings, people, onSpoilt: (value) => spoilt.push(value) });
    const posts = ['anna', 'bert', 'anna', '1E+9'].map((user) =>
      read({ row: 1, line: 2, fields: ['5.40E+17', '2026-03-01', 'x', user, user], raw: '', problem: undefined }),
    );
    for (const post of posts) expect(post).toMatchObject({ userId: null, extra: null });
    const keys = posts.map((post) => 'key' in post && post.key);
    expect(keys).toEqual([keys[0], keys[1], keys[0], keys[3]]);
    expect(new Set(keys).size).toBe(3);
    expect(spoilt).toEqual(['5.40E+17', '5.40E+17', '5.40E+17', '5.40E+17', '1E+9']);
  });

  it('of people who asked to be forgotten, and of another language, are told apart', () => {
    const columns = findColumns(['created_at', 'text', 'user_id', 'brand']);
    if (typeof columns === 'string') throw new Error(columns);
    const people = { ...EVERYONE, isForgotten: (user: string | null) => user === 'anna' };
    const otherLanguage = (text: string) => (text === 'hola' ? 'es' : null);
    const dates = { zone, order: undefined };
    const read = createRowReader({ columns, zone, dates, nowMs, match: createMatcher({}), people, otherLanguage });
    const post = (text: string, user: string) =>
      read({ row: 1, line: 2, fields: ['2026-03-01', text, user, 'Acme'], raw: '', problem: undefined });
    expect(post('hello', 'anna')).toEqual({
      code: 'R_FORGOTTEN',
      reason: 'the person who wrote it asked to be forgotten',
    });
    expect(post('hello', 'bert')).toMatchObject({ otherLanguage: null, brands: [{ slug: 'acme' }] });
    expect(post('hola', 'bert')).toMatchObject({ otherLanguage: 'es', brands: [], brand: 'Acme' });
  });

  it('keep the problem that they came with', () => {
    const columns = findColumns(['created_at', 'text']);
    if (typeof columns === 'string') throw new Error(columns);
    const dates = { zone, order: undefined };
    const read = createRowReader({ columns, zone, dates, nowMs, match: () => [], people: EVERYONE });
    const problem = { code: 'R_QUOTE', reason: 'a quote' };
    expect(read({ row: 1, line: 2, fields: ['2026-03-01', 'x'], raw: '', problem })).toEqual(problem);
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
