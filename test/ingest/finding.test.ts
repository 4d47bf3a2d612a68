import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { attributionHash } from '../../src/ingest/attribution.ts';
import { candidates } from '../../src/ingest/column-names.ts';
import { findColumns } from '../../src/ingest/columns.ts';
import { findDateOrder } from '../../src/ingest/date-order.ts';
import { badSources, describeBadSource } from '../../src/ingest/judge.ts';
import { settingsOf, withBrand } from '../../src/ingest/source.ts';
import { addFile, emptySummary, type FileSummary, unusableRows } from '../../src/ingest/summary.ts';

describe('day or month first', () => {
  it.each([
    ['nothing', [], undefined, undefined],
    ['a day above 12', ['3/4/2026', '13/4/2026'], 'dmy', undefined],
    ['a month above 12, which is a day', ['3/4/2026', '4/13/2026'], 'mdy', undefined],
    ['neither', ['4/4/2026', '3/4/2026', '5/6/2026'], undefined, '3/4/2026'],
    ['dates that are the same either way', ['4/4/2026'], 'dmy', undefined],
    ['dots', ['3.4.2026'], 'dmy', undefined],
    ['dots and others', ['3.4.2026', '3/4/2026'], undefined, '3.4.2026'],
    ['a mixture', ['13/4/2026', '4/13/2026', '3/4/2026'], undefined, '3/4/2026'],
    ['a mixture without any other', ['13/4/2026', '4/13/2026'], undefined, 'days on both sides'],
    [
      'one broken date among 20',
      [...new Array<string>(20).fill('13/4/2026'), '4/13/2026'],
      undefined,
      'days on both sides',
    ],
    ['one broken date among 21', [...new Array<string>(21).fill('13/4/2026'), '4/13/2026'], 'dmy', undefined],
    [
      'one broken date among 21 the other way',
      [...new Array<string>(21).fill('4/13/2026'), '13/4/2026'],
      'mdy',
      undefined,
    ],
    ['a twelve that may be a month', ['12/4/2026'], undefined, '12/4/2026'],
    ['a twelve in second place', ['4/12/2026'], undefined, '4/12/2026'],
    ['a thirteen after a twelve', ['12/13/2026'], 'mdy', undefined],
    ['a thirteen before a twelve', ['13/12/2026'], 'dmy', undefined],
    ['blanks around a date', [' 13/4/2026 '], 'dmy', undefined],
    ['no dates', ['2026-03-04', 'x', '13/14/2026'], undefined, undefined],
  ])('%s', (_, dates, order, ambiguous) => {
    expect(findDateOrder(dates)).toEqual({ order, ambiguous });
  });
});

describe('columns', () => {
  it('that the settings name must be there', () => {
    const header = Array.from({ length: 22 }, (_, index) => (index === 0 ? 'x'.repeat(50) : `c${index}`));
    expect(findColumns(header, { text: 'Body' })).toBe(
      `the header has no column "Body", which the settings name for text; it has ${'x'.repeat(40)}, ${header.slice(1, 20).join(', ')} and 2 more`,
    );
    expect(findColumns(['created at', 'Text', 'text'], { text: 'text' })).toMatchObject({ createdAt: 0, text: 2 });
    expect(findColumns(['WHEN (UTC)', 'text'], { created_at: 'when' })).toMatchObject({
      createdAt: 0,
      named: { zone: 'UTC' },
    });
    const twenty = header.slice(1, 21);
    expect(findColumns(twenty)).toBe(
      `the header has no column that is known as created_at and none that is known as text; it has ${twenty.join(', ')}`,
    );
    expect(findColumns(['date', 'time (ET)', 'text'])).toMatchObject({ time: 1, named: { zone: 'America/New_York' } });
  });
});

describe('the columns that could serve a use', () => {
  it('serve one use each, and those of the settings before others', () => {
    expect(candidates(['date', 'message', 'content'], { brand: 'message' })).toMatchObject({ text: [2], brand: [1] });
    expect(candidates(['Published Date', 'Published Time', 'text'])).toMatchObject({ created_at: [0], time: [1] });
    expect(candidates(['posted', 'clock', 'text'], { time: 'clock' })).toMatchObject({ created_at: [0], time: [1] });
    expect(candidates(['date', 'time', 'text'], { time: 'absent' })).toMatchObject({ time: [] });
    expect(candidates(['time', 'text'])).toMatchObject({ created_at: [0], time: [] });
    expect(candidates(['text'])).toMatchObject({ created_at: [], time: [] });
  });

  it.each([
    [['text', 'Text '], 'Text', 1],
    [['text', 'Text'], ' Text ', 1],
    [['Te_xt', 'text'], 'TEXT', 0],
    [['', 'body'], '??', undefined],
    [['(x)', 'body'], '(x)', 0],
  ])('of %j is %j that of the settings', (header, text, index) => {
    expect(candidates(header, { text }).text[0]).toBe(index);
  });

  it.each([
    ['Created At [Europe/Berlin] ', 'created_at'],
    ['Date (UTC) ', 'created_at'],
    ['created - UTC', 'created_at'],
    ['Ｔｅｘｔ', 'text'],
    ['"Tweet", __text__', 'text'],
  ] as const)('may be called %s', (name, use) => {
    expect(candidates([name])[use]).toEqual([0]);
  });

  it('are not told by what stands in brackets before a name', () => {
    expect(candidates(['(old) text', '[a] text']).text).toEqual([]);
  });
});

describe('rows that can’t be used', () => {
  const file = (change: Record<string, unknown> = {}) => ({
    ...{ fileId: 1, source: 'feed', name: 'a.csv', sha256: 'aa', rows: 100, unusable: 5, failed: false },
    ...change,
  });
  it('are too many beyond the limit, over all files of a source', () => {
    expect(badSources([file()], 0.05)).toEqual([]);
    expect(badSources([file({ unusable: 6 })], 0.05)).toEqual([
      { source: 'feed', rows: 100, rejected: 6, failed: 0, files: [{ name: 'a.csv', sha256: 'aa' }] },
    ]);
    const files = [
      file({ unusable: 9 }),
      file({ name: 'b.csv', unusable: 0 }),
      file({ source: 'other', unusable: 50 }),
    ];
    expect(badSources(files, 0.05).map(({ source }) => source)).toEqual(['other']);
    expect(badSources([file({ unusable: 90 }), file({ name: 'b.csv', unusable: 0 })], 0.05)).toMatchObject([
      { rows: 200, rejected: 90, files: [{ name: 'a.csv' }] },
    ]);
    expect(badSources([file({ unusable: 90 }), file({ name: 'b.csv', unusable: 0 })], 0.05)[0]?.files).toHaveLength(1);
    expect(badSources([file({ unusable: 0, rows: 0, failed: true })], 1)).toMatchObject([
      { failed: 1, files: [{ name: 'a.csv' }] },
    ]);
  });

  it('are told in a line', () => {
    const bad = { source: 'feed', rows: 300, rejected: 37, failed: 0, files: [] };
    expect(describeBadSource(bad)).toBe("feed: 37 of 300 rows (12.3 %) can't be used");
    expect(describeBadSource({ ...bad, failed: 1 })).toMatch(/used, 1 file not at all$/);
    expect(describeBadSource({ ...bad, rows: 0, rejected: 0, failed: 2 })).toBe(
      "feed: 0 of 0 rows can't be used, 2 files not at all",
    );
  });

  it('are counted over files', () => {
    const counts = { rows: 7, stored: 1, duplicates: 2, updated: 3, otherLanguage: 4, rejected: 5 };
    const summary = emptySummary(true);
    const states: FileSummary['state'][] = ['read', 'unchanged', 'failed', 'failed', 'waiting', 'waiting', 'waiting'];
    for (const state of states)
      addFile(summary, { name: 'a', source: 's', state, ...counts }, { R_DATE: 2, R_FORGOTTEN: 1 });
    expect(summary).toMatchObject({
      ...{ inboxFound: true, files: 7, unchanged: 1, failed: 2, waiting: 3, rulesChanged: false },
      ...{ rows: 49, stored: 7, duplicates: 14, updated: 21, otherLanguage: 28, rejected: 35 },
      rejectsByCode: { R_DATE: 14, R_FORGOTTEN: 7 },
    });
    expect(summary.perFile).toHaveLength(7);
    expect(unusableRows(summary)).toBe(28);
  });
});

describe('the settings of a source', () => {
  const config = configSchema.parse({
    ...{ time_zone: 'Europe/Berlin', max_file_mb: 3, brands: { acme: { name: 'Acme' }, other: {} } },
    sources: {
      feed: {
        delimiter: 'tab',
        encoding: 'windows-1252',
        date_order: 'mdy',
        time_zone: 'UTC',
        brand: 'acme',
        columns: { text: 'b' },
      },
      plain: { delimiter: ';', brand: 'other' },
    },
  });
  it('are its own, or those of all', () => {
    expect(settingsOf(config, 'feed')).toMatchObject({
      ...{ source: 'feed', delimiter: '\t', encoding: 'windows-1252', dateOrder: 'mdy', ownZone: true },
      ...{
        zone: { name: 'UTC' },
        brand: { slug: 'acme', name: 'Acme' },
        columns: { text: 'b' },
        maxBytes: 3 * 1024 * 1024,
      },
    });
    expect(settingsOf(config, 'plain')).toMatchObject({
      delimiter: ';',
      brand: { slug: 'other', name: 'other' },
      ownZone: false,
    });
    expect(settingsOf(config, 'constructor')).toMatchObject({
      ...{ delimiter: undefined, encoding: undefined, dateOrder: undefined, brand: undefined, columns: {} },
      zone: { name: 'Europe/Berlin' },
    });
  });

  it('add its brand to those that a text names, once', () => {
    const [acme, other] = [
      { slug: 'acme', name: 'Acme' },
      { slug: 'other', name: 'Other' },
    ];
    const match = () => [other];
    expect(withBrand(match, undefined)).toBe(match);
    expect(withBrand(match, acme)('', '')).toEqual([acme, other]);
    expect(withBrand(match, { ...other, name: 'x' })('', '')).toEqual([other]);
    expect(withBrand(() => [acme, other], other)('', '')).toEqual([acme, other]);
    expect(withBrand(() => [], other)('', '')).toEqual([other]);
  });
});

describe('the settings by which posts come to their brands', () => {
  it('have a hash of their own, whatever else is set', () => {
    const hash = (settings: Record<string, unknown>) => attributionHash(configSchema.parse(settings));
    const brands = { acme: { match: { any: ['acme'] } } };
    const plain = hash({ brands });
    // What can be set since, and isn't, leaves the hash that databases have from before.
    const rules = JSON.stringify([['acme', 'acme', [], { any: ['acme'], none: [] }]]);
    expect(plain).toBe(createHash('sha256').update(rules).digest('hex').slice(0, 32));
    expect(hash({ brands, window: 7, sources: { feed: { delimiter: ';' } } })).toBe(plain);
    expect(hash({ brands: { acme: { ...brands.acme, name: 'acme' } } })).toBe(plain);
    const others = [
      { brands: { acme: { ...brands.acme, name: 'Acme' } } },
      { brands: { acme: { match: { any: ['acme', 'x'] } } } },
      { brands: { acme: { ...brands.acme, aliases: ['ac'] } } },
      { brands, sources: { feed: { brand: 'acme' } } },
      { brands, sources: { other: { brand: 'acme' } } },
      { brands, language: 'en' },
    ].map(hash);
    expect(new Set([plain, ...others]).size).toBe(7);
  });
});
