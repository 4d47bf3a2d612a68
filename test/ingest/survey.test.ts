import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../src/calendar.ts';
import { configSchema } from '../../src/config/schema.ts';
import { surveyFile } from '../../src/ingest/survey.ts';

const folder = mkdtempSync(join(tmpdir(), 'survey-'));
afterAll(() => rmSync(folder, { recursive: true }));
const NOW_MS = Date.UTC(2026, 5, 1);

function survey(content: string | Uint8Array, settings: Record<string, unknown> = {}, source = 'inbox') {
  const path = join(folder, 'export.csv');
  writeFileSync(path, content);
  return surveyFile({ path, name: 'export.csv' }, { config: configSchema.parse(settings), source, nowMs: NOW_MS });
}

describe('the survey of an export', () => {
  it('tells its days in any order, its brands and its tags, and passes over rows that can not be used', async () => {
    const rows = [
      '2026-03-05 10:00,hi @acme #late,Bolt',
      'soon,never @read,Never',
      '2026-03-01 23:30,more @Acme,Acme',
      '2026-03-09 10:00,again,Acme',
      '2026-03-07 10:00,nothing,',
      '2026-03-07 10:00,x #late @acme,Bolt',
      '2026-03-07 11:00,y,Bolt',
    ];
    expect(await survey(`created_at,text,brand\n${rows.join('\n')}\n`, { time_zone: 'Europe/Berlin' })).toMatchObject({
      ...{ rows: 7, posts: 6, firstDay: parseDay('2026-03-01'), lastDay: parseDay('2026-03-09') },
      columnBrands: [
        { name: 'Bolt', posts: 3 },
        { name: 'Acme', posts: 2 },
      ],
      tags: [
        { name: 'acme', posts: 3 },
        { name: 'late', posts: 2 },
      ],
      plan: { format: 'csv', header: ['created_at', 'text', 'brand'] },
    });
  });

  it('is of no days where no row can be used', async () => {
    const found = await survey('created_at,text\nsoon,a\n');
    expect(found).toMatchObject({ rows: 1, posts: 0, firstDay: null, lastDay: null, columnBrands: [], tags: [] });
  });

  it('takes the settings of its source and days of the zone', async () => {
    const content = 'created_at,text\n3/2/2026 0:30,a\n4/2/2026 0:30,a\n';
    expect(await survey(content)).toMatchObject({ code: 'R_DATE_ORDER' });
    const sources = { feed: { date_order: 'dmy', time_zone: 'Europe/Berlin' } };
    const found = await survey(content, { time_zone: 'UTC', sources }, 'feed');
    expect(found).toMatchObject({ firstDay: parseDay('2026-02-02'), lastDay: parseDay('2026-02-03') });
  });

  it('tells what is wrong with a file that is none', async () => {
    expect(await survey('when,what\n1,2\n')).toMatchObject({ code: 'R_HEADER' });
  });

  it('is of what comes before a damage', async () => {
    // Random enough to be more than one piece, so that something comes before the end that is missing.
    const rows = Array.from({ length: 5000 }, (_, n) => `2026-03-01,${Math.sin(n)}\n`).join('');
    const packed = gzipSync(`created_at,text\n${rows}`);
    const found = await survey(packed.subarray(0, packed.length - 5000));
    expect(found).toMatchObject({ firstDay: parseDay('2026-03-01'), plan: { packing: 'gzip' } });
    expect(found).toHaveProperty('rows', expect.any(Number));
    if ('code' in found) throw new Error(found.reason);
    expect(found.rows).toBeGreaterThan(1000);
    expect(found.rows).toBeLessThan(5000);
  });

  it('fails where the file goes away while it is looked at', async () => {
    const path = join(folder, 'gone.csv');
    writeFileSync(path, 'created_at,text\n2026-03-01,a\n');
    let left = 4;
    const file = {
      name: 'gone.csv',
      get path(): string {
        left -= 1;
        return left < 0 ? join(folder, 'none') : path;
      },
    };
    const asked = { config: configSchema.parse({}), source: 'inbox', nowMs: NOW_MS };
    await expect(surveyFile(file, asked)).rejects.toMatchObject({ code: 'E_FILE' });
    expect(left).toBe(-1);
  });

  it('tells a thousand values of a brand column apart', async () => {
    const brands = Array.from({ length: 1001 }, (_, n) => `2026-03-01,a,b${n}\n`);
    // Values that are known already are still counted.
    const rows = [...brands, '2026-03-01,a,b999\n', '2026-03-01,a,b1000\n'].join('');
    const found = await survey(`created_at,text,brand\n${rows}`);
    if ('code' in found) throw new Error(found.reason);
    expect(found.columnBrands).toHaveLength(1000);
    expect(found.columnBrands.slice(0, 2)).toEqual([
      { name: 'b999', posts: 2 },
      { name: 'b0', posts: 1 },
    ]);
  });
});
