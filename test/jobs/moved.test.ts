import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forget } from '../../jobs/forget.ts';
import { periodReport } from '../../jobs/period-report.ts';
import { OVERVIEW_WIDTH } from '../../reports/overview.ts';
import { lastPeriod } from '../../reports/period-model.ts';
import type { AlertContent } from '../../src/alerts/alert-content.ts';
import { parseDay } from '../../src/calendar.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

const NEWEST = '2026-03-12';
const models = mkdtempSync(join(tmpdir(), 'monitor-moved-'));
let job: JobFolder;

beforeAll(async () => {
  const model = await makeTinyModel(models);
  job = makeJobFolder(
    {
      model: { use: model },
      brands: {
        acme: { name: 'Acme', team: 'care', alerts: [{ below: 0.5, min_posts: 5, window: 2 }] },
        pellimo: { name: 'Pellimo' },
      },
      // Late enough that what the mail will say still waits.
      teams: { care: { to: ['care@acme.example'], send_after: '23:00' } },
      mail: { from: 'monitor@acme.example', handles: 'keep' },
    },
    await inProcessPool(model),
  );
  job.drop('posts.csv', posts());
  await job.nightly('2026-03-13');
});
afterAll(() => {
  job?.remove();
  rmSync(models, { recursive: true, force: true });
});

const fileOf = (name: string): string => join(job.folder, 'data', 'reports', NEWEST, name);
const page = (): string => readFileSync(fileOf('sentiment_daily_report.html'), 'utf8');
const table = (name: string) =>
  parse(readFileSync(fileOf(name), 'utf8'), { columns: true }) as Record<string, string>[];

describe('what moved a day', () => {
  it('is told where the mean left that of the week before, copies together, and not where it may be chance', () => {
    const { document } = parseHTML(page());
    const acme = [...document.querySelectorAll('#acme .quotes li')].map(({ textContent }) => textContent);
    expect(acme[0]).toMatch(/^baggage lost my phone −0\.\d{4}, 12 times$/);
    expect(document.querySelector('#acme')?.textContent).toMatch(
      /More often in negative posts than the week before the alert: baggage \d/,
    );
    expect(document.querySelector('#pellimo .quotes')).toBeNull();
  });

  it('is told by the mail as by the page: the same posts, the same words', async () => {
    const told = await job.session(({ store }) => store.read.db.selectFrom('notifications').selectAll().execute());
    const mail = told.map(({ content }) => (JSON.parse(content) as { alert: AlertContent }).alert)[0];
    const { document } = parseHTML(page());
    const textsOf = (selector: string) =>
      [...document.querySelectorAll(selector)].map(({ textContent }) => textContent);
    expect(mail?.quotes.map(({ text }) => text)).toEqual(textsOf('#acme .quotes q'));
    expect(mail?.terms.map(({ term }) => term)).toEqual(textsOf('#acme .quotes + p b'));
    expect(mail?.terms.map(({ term }) => term)).toContain('baggage');
  });

  it('adds up: all posts of a side make the difference', () => {
    const rows = table('sentiment_daily_details.csv').filter(({ brand, what }) => brand === 'acme' && what === 'moved');
    const value = Object.fromEntries(rows.map(({ measure, value }) => [measure, Number(value)]));
    expect((value['mean_pos'] ?? 0) - (value['mean_pos_before'] ?? 0)).toBeCloseTo(value['difference'] ?? 0, 5);
    expect(value['difference']).toBeLessThan(0);
  });
});

describe('the report', () => {
  it('has every number of the page in its tables', () => {
    const tables = [table('sentiment_daily_report.csv'), table('sentiment_daily_details.csv')];
    const written = allowed(tables);
    const { document } = parseHTML(page());
    // Quotes are texts of others; the legend and the notes at the end hold no figures of the data.
    for (const element of document.querySelectorAll('head, svg, q, footer, .legend, .kicker, h1, thead, summary'))
      element.remove();
    let text = String(document.body.innerHTML).replace(/<[^>]*>|&#\d+;/g, ' ');
    for (const { value } of tables[1] ?? []) if (value?.includes(':')) text = text.replaceAll(value, ' ');
    const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
    text = text
      .replace(new RegExp(`\\b\\d{1,2} (${months})( \\d{4})?`, 'g'), ' ')
      .replace(/(last|best) \d+ days|\d+ (in|alerts?) |in \d+ sure|about \d+ brands|over \d+ days/g, ' ')
      .replace(/tiny\S*|@\w{8}/g, ' ');
    const numbers = text.match(/\d[\d,.]*\d|\d/g) ?? [];
    expect(numbers.length).toBeGreaterThan(150);
    expect([...new Set(numbers)].filter((number) => !written.has(number))).toEqual([]);
  });

  it('is a Parquet file with the records of the CSV', async () => {
    const rows = await parquetOf(fileOf('sentiment_daily_report.parquet'));
    const csv = table('sentiment_daily_report.csv');
    expect(rows).toHaveLength(csv.length);
    expect(rows.map(({ mean_pos }) => Number(mean_pos).toFixed(6))).toEqual(csv.map(({ mean_pos }) => mean_pos));
  });

  it('of a week has its records in Parquet as in CSV, and a plot that shows something', async () => {
    const period = lastPeriod('week', parseDay('2026-03-09') ?? 0);
    const { csv, plot } = await job.session((session) => periodReport(session, period));
    const [table = ''] = csv;
    const records = parse(readFileSync(table, 'utf8'), { columns: true }) as Record<string, string>[];
    const rows = await parquetOf(table.replace(/csv$/, 'parquet'));
    expect(rows.map(({ brand, total, mean_pos }) => [brand, String(total), Number(mean_pos).toFixed(6)])).toEqual(
      records.map(({ brand, total, mean_pos }) => [brand, total, Number(mean_pos).toFixed(6)]),
    );
    expect(records.map(({ total }) => total)).toEqual(['420', '420']);
    const { width, values } = pictureOf(readFileSync(plot));
    expect(width).toBe(2 * OVERVIEW_WIDTH);
    expect(values.size).toBeGreaterThan(50);
  });

  it('quotes nobody who was forgotten', async () => {
    expect(page()).toContain('baggage lost my phone');
    const done = await job.session((session) => forget(session, 'copycat0'));
    expect(done).toMatchObject({ posts: 1, pages: 1 });
    expect(page()).not.toContain('>baggage lost my phone<');
    expect(page()).toContain('removed on request');
  });
});

function parquetOf(file: string): Promise<Record<string, unknown>[]> {
  const bytes = readFileSync(file);
  return parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
}

/** A PNG's width in pixels, and the values that its bytes of colour have. */
function pictureOf(png: Buffer): { width: number; values: Set<number> } {
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  return { width: png.readUInt32BE(16), values: new Set(inflateSync(Buffer.concat(data))) };
}

/** Every way in which a page may write the numbers of a table: counts, decimals, percents, and shares of a record's counts. */
function allowed(tables: readonly (readonly Record<string, string>[])[]): Set<string> {
  const written = new Set<string>();
  const add = (value: number): void => {
    written.add(String(value)).add(String(value).replace(/\B(?=(\d{3})+$)/g, ','));
    for (const digits of [2, 3, 4]) written.add(Math.abs(value).toFixed(digits));
    for (const digits of [0, 1, 2]) written.add((Math.abs(value) * 100).toFixed(digits));
  };
  const shares = (values: readonly number[]): void => {
    for (const part of values) for (const of of values) if (of > 0 && part <= of) add(part / of);
  };
  let posts = 0;
  for (const record of tables[0] ?? []) {
    const values = Object.values(record)
      .filter((value) => value !== '')
      .map(Number)
      .filter(Number.isFinite);
    values.forEach(add);
    shares(['total', 'positives', 'negatives', 'neutrals'].map((name) => Number(record[name])));
    if (record['day'] === NEWEST) posts += Number(record['total']);
  }
  // The page's first sentence adds up the newest day.
  add(posts);
  const groups = new Map<string, number[]>();
  for (const { brand, what, name, measure, value } of tables[1] ?? []) {
    if (value === undefined || !Number.isFinite(Number(value))) continue;
    add(Number(value));
    const key = what === 'input' ? 'input' : `${brand} ${what} ${name} ${measure?.slice(0, 5)}`;
    groups.set(key, [...(groups.get(key) ?? []), Number(value)]);
  }
  for (const values of groups.values()) shares(values);
  return written;
}

function posts(): string {
  const rows = ['id,created_at,text,user_id,brand'];
  for (let day = 1; day <= 12; day += 1)
    for (let index = 0; index < 60; index += 1) {
      const falls = day === 12;
      const calm = index % 2 === 0 ? 'great love best' : 'worst late';
      const acme =
        falls && index < 12 ? 'baggage lost my phone' : falls && index < 40 ? `baggage ${index} my phone` : undefined;
      const at = `2026-03-${String(day).padStart(2, '0')}T${String(index % 24).padStart(2, '0')}:00:00Z`;
      const user = acme !== undefined && index < 12 ? `copycat${index}` : `u${index}`;
      rows.push(`a${day}-${index},${at},${acme ?? `${calm} flight ${day * 100 + index}`},${user},acme`);
      rows.push(`p${day}-${index},${at},${calm} phone ${day * 100 + index},u${index},pellimo`);
    }
  rows.push('broken,never,text,u,acme');
  return rows.join('\n');
}
