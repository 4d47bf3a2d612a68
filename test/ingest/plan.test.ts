import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { MonitorError } from '../../src/errors.ts';
import { type FileContent, isBomb, isDamage, planFile, readPlanned } from '../../src/ingest/plan.ts';
import { settingsOf } from '../../src/ingest/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Given {
  name?: string;
  size?: number;
  feed?: Record<string, unknown>;
  maxMb?: number;
}

function put(content: string | Uint8Array, { name = 'a.csv', size }: Given): FileContent {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return { path, name, ...(size === undefined ? {} : { size }) };
}

function plan(content: string | Uint8Array, given: Given = {}) {
  const { feed = {}, maxMb = 1024 } = given;
  const config = configSchema.parse({ time_zone: 'Europe/Berlin', max_file_mb: maxMb, sources: { feed } });
  return planFile(put(content, given), settingsOf(config, 'feed'));
}

/** The rows that a file's plan gives: number, line and fields. */
async function rows(content: string | Uint8Array, given: Given = {}) {
  const found = await plan(content, given);
  if ('code' in found) throw new Error(found.reason);
  const all: unknown[] = [];
  for await (const some of readPlanned(put(content, given), found, () => {}))
    for (const { row, line, fields } of some) all.push([row, line, fields]);
  return all;
}

const HEADER = 'created_at,text\n';

describe('how a file is going to be read', () => {
  it('is found out from its bytes', async () => {
    expect(await plan(gzipSync('Title\nDate;Text;x\n2026-03-01;a;b\n'))).toMatchObject({
      ...{ packing: 'gzip', format: 'csv', broken: 0, titles: 1, header: ['Date', 'Text', 'x'], dateOrder: undefined },
      dialect: { encoding: 'utf-8', newline: 'lf', delimiter: ';' },
      ...{ columns: { createdAt: 0, text: 1, width: 3 }, zone: { name: 'Europe/Berlin' } },
    });
  });

  it('counts what is not in the encoding, unless the settings name it', async () => {
    expect(await plan(Buffer.from('date,text,größe\n', 'latin1'))).toMatchObject({ header: ['date', 'text', 'größe'] });
    const bytes = Buffer.concat([Buffer.from(`${HEADER}2026-03-01,éé`), Buffer.from([0xff, 0x0a])]);
    expect(await plan(bytes)).toMatchObject({ broken: 1, dialect: { encoding: 'utf-8' } });
    expect(await plan(bytes, { feed: { encoding: 'windows-1252' } })).toMatchObject({
      ...{ broken: 0, dialect: { encoding: 'windows-1252' } },
    });
  });

  it('numbers rows from the header on, whatever stands above it and however lines end', async () => {
    const expected = [
      [1, 4, ['2026-03-01', 'a']],
      [2, 5, ['2026-03-02', 'b']],
    ];
    const text = `Report\nof May\n${HEADER}2026-03-01,a\n2026-03-02,b\n`;
    expect(await rows(text)).toEqual(expected);
    expect(await rows(text.replaceAll('\n', '\r\n'))).toEqual(expected);
    expect(await rows(text.replaceAll('\n', '\r'))).toEqual(expected);
    // One line of nothing but CRs at its end is no file of CR lines.
    expect(await plan('created_at,text\r\r')).toMatchObject({ dialect: { newline: 'lf' } });
  });

  it('takes objects for JSON Lines, whatever the file is called', async () => {
    const line = '{"created_at":"2026-03-01","text":"a"}\n';
    for (const name of ['a.jsonl', 'a.NDJSON.gz', 'a.csv']) {
      expect(await plan(` \n${line}`, { name })).toMatchObject({
        format: 'json-lines',
        titles: 0,
        dialect: { delimiter: ',' },
      });
      expect(await rows(line, { name })).toEqual([[1, 1, ['2026-03-01', 'a']]]);
    }
    expect(await plan(`\ufeff${line}`, { name: 'a.jsonl' })).toMatchObject({ format: 'json-lines' });
    expect(await plan(`${HEADER}2026-03-01,{\n`, { name: 'a.jsonl' })).toMatchObject({ format: 'csv' });
    expect(await plan('{"created_at":"2026-03-01","body":{"x":1}}\n', { name: 'a.jsonl' })).toEqual({
      code: 'R_HEADER',
      reason: 'its objects have no column that is known as text; it has created_at, body.x',
    });
  });

  it('looks for names of objects in the first 256 KiB, and never at half an object', async () => {
    const line = `{"created_at":"2026-03-01","text":"${'a'.repeat(8000)}"}\n`;
    const late = '{"created_at":"2026-03-01","text":"b","late":1}\n';
    const header = ['created_at', 'text'];
    expect(await plan(line.repeat(33) + late)).toMatchObject({ header });
    expect(await plan(line.repeat(30) + late)).toMatchObject({ header: [...header, 'late'] });
  });

  it('looks at no more of a file than it had when it was listed', async () => {
    const text = `${HEADER}13/1/2026,a\n`;
    const given = { size: text.length };
    expect(await plan(`${text}${'1/13/2026,a\n'.repeat(30)}\xff`, given)).toMatchObject({
      dateOrder: 'dmy',
      broken: 0,
    });
    expect(await rows(`${text}1/1/2026,a\n`, given)).toHaveLength(1);
  });

  it.each([
    ['Date (ET)', {}, 'America/New_York'],
    ['Date', {}, 'Europe/Berlin'],
    ['Date (ET)', { time_zone: 'Asia/Tokyo' }, 'Asia/Tokyo'],
    ['Date (EST)', { time_zone: 'Asia/Tokyo' }, 'Asia/Tokyo'],
  ])('reads times of %s with %j in the zone %3$s', async (name, feed, zone) => {
    expect(await plan(`${name},text\n2026-03-01,a\n`, { feed })).toMatchObject({ zone: { name: zone } });
  });
});

describe('day and month', () => {
  it('are told by the first thousand dates that can be read, or by the settings', async () => {
    const open = (count: number) => `${HEADER}${'3/4/2026,a\n'.repeat(count)}`;
    expect(await plan(`${open(999)}13/4/2026,a\n`)).toMatchObject({ dateOrder: 'dmy' });
    expect(await plan(`${open(1000)}13/4/2026,a\n`)).toMatchObject({ code: 'R_DATE_ORDER' });
    expect(await plan(open(1), { feed: { date_order: 'mdy' } })).toMatchObject({ dateOrder: 'mdy' });
    // Rows that are rejected have no say: one with too few fields, one with a broken quote.
    expect(await plan(`${open(1)}13/4/2026\n13/4/2026,"a"b\n`)).toMatchObject({ code: 'R_DATE_ORDER' });
  });

  it('that are told by nothing are asked about, with the setting to answer with', async () => {
    expect(await plan(`${HEADER}${' '.repeat(40)}3/4/2026,a\n`)).toEqual({
      code: 'R_DATE_ORDER',
      reason: `its dates don't tell whether day or month comes first (${' '.repeat(40)}); set sources.feed.date_order to dmy or mdy`,
    });
    expect(await plan(`${HEADER}3/4/2026,a\n`)).toEqual({
      code: 'R_DATE_ORDER',
      reason:
        "its dates don't tell whether day or month comes first (3/4/2026); set sources.feed.date_order to dmy or mdy",
    });
  });
});

describe('a file that can not be read as a whole', () => {
  it('has a zone that must be asked about', async () => {
    expect(await plan('Date (EST),text\n2026-03-01,a\n')).toEqual({
      code: 'R_TIME_ZONE',
      reason:
        'the name of its date column says a time zone that is not certain (EST); set sources.feed.time_zone, such as America/New_York',
    });
    const long = `Date (Europe/${'x'.repeat(60)}),text\n2026-03-01,a\n`;
    expect(await plan(long)).toMatchObject({ reason: expect.stringContaining(`(Europe/${'x'.repeat(33)});`) });
  });

  it('is larger than the settings allow', async () => {
    const content = `${HEADER}2026-03-01,`.padEnd(1_048_576, 'x');
    expect(await plan(content, { maxMb: 1 })).toMatchObject({ format: 'csv' });
    expect(await plan(`${content}x`, { maxMb: 1 })).toEqual({
      code: 'R_FILE_SIZE',
      reason: 'the file is larger than max_file_mb allows, 1 MB',
    });
    expect(await plan(gzipSync(`${content}x`), { maxMb: 1 })).toMatchObject({ code: 'R_FILE_SIZE' });
  });

  it('has no header, and says when its name promises what it is not', async () => {
    const missing = 'the header has no column that is known as created_at and none that is known as text; it has a, b';
    expect(await plan('a,b\n')).toEqual({ code: 'R_HEADER', reason: missing });
    expect(await plan('a,b\n', { name: 'a.csv.GZ' })).toEqual({
      code: 'R_HEADER',
      reason: `${missing} (its name ends in .GZ, its content is not packed)`,
    });
    expect(await plan('a,b\n', { name: 'a.gz.csv' })).toEqual({ code: 'R_HEADER', reason: missing });
    expect(await plan(gzipSync('a,b\n'), { name: 'a.csv.gz' })).toEqual({ code: 'R_HEADER', reason: missing });
  });

  it('is damaged before its header ends; after that it is read up to the damage', async () => {
    expect(await plan(gzipSync(HEADER).subarray(0, 12))).toEqual({
      code: 'R_DAMAGED',
      reason: expect.stringContaining('The gzip data is damaged or cut short'),
    });
    // Numbers that don't repeat: several pieces come before the one that is cut.
    const text = Array.from({ length: 5000 }, (_, n) => `13/4/2026,${Math.sin(n)}\n`).join('');
    const packed = gzipSync(HEADER + text);
    expect(await plan(packed.subarray(0, packed.length - 5000))).toMatchObject({ dateOrder: 'dmy' });
  });

  it.each([1, 2, 3])('that goes away while it is looked at is an error, whenever that is: %d', async (looks) => {
    let left = looks;
    const file = {
      ...put(`${HEADER}13/4/2026,a\n`, {}),
      get path(): string {
        left -= 1;
        return join(folder, left < 0 ? 'none' : 'file');
      },
    };
    const settings = settingsOf(configSchema.parse({}), 'feed');
    await expect(planFile(file, settings)).rejects.toMatchObject({ code: 'E_FILE' });
  });

  it('unpacks to more than five hundred times its size and 100 MiB', () => {
    const mib = 2 ** 20;
    expect(isBomb(100 * mib, 1)).toBe(false);
    expect(isBomb(100 * mib + 1, 1)).toBe(true);
    expect(isBomb(1000 * mib, 2 * mib)).toBe(false);
    expect(isBomb(1000 * mib + 1, 2 * mib)).toBe(true);
  });

  it('that is not there is an error, since it may be there another time', async () => {
    const settings = settingsOf(configSchema.parse({}), 'feed');
    await expect(planFile({ path: join(folder, 'none'), name: 'none' }, settings)).rejects.toMatchObject({
      code: 'E_FILE',
    });
  });
});

it('damage is only what packed data has', () => {
  const errors = (['E_INPUT', 'E_FILE'] as const).map((code) => new MonitorError(code, 'x', { remedy: 'y' }));
  expect(errors.map(isDamage)).toEqual([true, false]);
  expect(isDamage(Object.assign(new Error('x'), { code: 'E_INPUT' }))).toBe(false);
});
